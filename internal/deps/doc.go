// Package deps knows what the Python side of a Go module depends on, and when a
// lock beside go.mod says so.
//
// # Sources
//
// Everything that is listed beside go.mod counts, and adds up:
//
//   - requirements.txt, with what it includes;
//   - [project] dependencies of pyproject.toml;
//   - [tool.llgo-py] dependencies of pyproject.toml, those in the tables of one
//     operating system for that system only;
//   - the pip packages that Go packages of the program pin in their llpkg.cfg,
//     unless the module itself asks for the same distribution: who builds the
//     program decides.
//
// --py-requirement is for one build and no part of it.
//
// # The lock
//
// pylock.toml (PEP 751) beside go.mod has the exact version and the hashes of
// every distribution, for one minor version of Python and every platform. Its
// table [tool.llgo-py] repeats the sources line by line, without credentials. A
// lock is stale when these lines differ, which says at once what changed; times
// say nothing after a checkout. A pylock.toml without that table was written by
// another tool: it is used as it is and never overwritten.
package deps
