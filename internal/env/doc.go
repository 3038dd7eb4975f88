// Package env assembles environments: directories like a prefix (bin, lib, share, …)
// whose files are links to entries of the store.
//
// # On the disk
//
// Below the directory that store.Dir names, so that hard links reach the store:
//
//	envs/<name>/current -> generations/<n>        the one link that everybody follows
//	envs/<name>/generations/<n>/environment.json  what was asked for, what came with it, what was decided
//	envs/<name>/generations/<n>/{bin,lib,share,…} the files
//	envs/<name>/work/                             a generation that is being made
//	envs/.locks/<name>, envs/.trash/              changes in order; what is being removed
//
// A generation never changes. Every change makes a new one and then renames current;
// at every moment, and after a kill or a power cut, current leads to a complete
// generation: the old one or the new. Going back is renaming current again. The store
// knows each generation as a root, from before the first link to it is made until
// after the last is gone, so that its gc keeps what any generation uses.
//
// # What is in it
//
// The entries that were asked for with all of their files; the libraries that those
// were resolved against, their files below lib/ and share/; and the plain files that
// go with an entry of that version: data entries of the same origin. They come and go
// with the program, so man pages, translations and completions are never of another
// version. What is only read to build with comes for development (workspaces).
//
// How entries of a kind are laid out is a [Layer]; those of Python are internal/pyenv's,
// and so is a [Completion], which brings byte code along.
//
// Libraries lie flat in lib/. Native files of the store look for theirs in $ORIGIN,
// $ORIGIN/<file name>_deps and $ORIGIN/common_libs, so a directory with native files
// gets a link common_libs to lib/, and a file whose libraries are not all those of
// lib/ (another version was asked for elsewhere) gets a directory <file name>_deps
// with its own.
//
// # Conflicts
//
// Two entries may have a file of the same path. Equal content is no conflict. For
// the rest there is one rule, [Rule]; what it decided is in environment.json.
package env
