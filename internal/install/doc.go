// Package install puts programs of the store into a directory WHERE, from which they
// run: by hand one would copy them there, and this does no more.
//
// # What is in WHERE
//
//	jq-1.6                     the program; versions lie side by side
//	jq -> jq-1.6               the version that is used: the one installed last
//	jq-1.6_deps/               libraries of this program alone
//	common_libs/               libraries that any program in WHERE may use
//	share/man/man1/jq-1.6.1.gz man pages and completions of shells, named like the
//	share/man/man1/jq.1.gz     program, and a link like the program's. If WHERE is
//	                           called bin they go to ../share, where man and shells
//	                           look for what goes with a bin
//	.llgo-py/jq,1.6.json       what was placed, and from which entry of the store
//
// Files are hard links to the store's objects, or copies where that cannot be; no
// file leads into the store, so the directory can be copied to another machine.
//
// # Where a library goes
//
// Native files of the store look for libraries in $ORIGIN, $ORIGIN/<file name>_deps
// and $ORIGIN/common_libs, in this order, and only for what they need themselves:
// what their libraries need, those look for. So a library in common_libs/ finds only
// what is there as well. The rule:
//
//   - A library of another entry goes into common_libs/. One that is part of the
//     program's own entry goes into <program>_deps/.
//   - It goes into <program>_deps/ all the same if common_libs/ has another file of
//     that name, or if that holds for anything it needs, directly or not.
//   - What is found equal in an environment that was named (--libs) becomes, in
//     <program>_deps/, a link to it. The link follows the environment's changes; if
//     those take the library away, installing again puts one from the store there.
//   - <program>_deps/ has a link common_libs to ../common_libs, through which its
//     libraries find those that are there.
//
// Another file by the name of a library in WHERE itself would be found first: that is
// an error, for whoever put it there to decide.
//
// Which version of a library a program gets was decided when its entry was resolved;
// of each SONAME there is one in a process: the one that is met first, breadth first,
// as the loader does.
//
// # How
//
// Everything is decided first: [Installer.Plan] reads and changes nothing. Applying a
// plan writes the record with what is to come, places each file under a name of its
// own and renames it, writes the record anew, and switches the links last, each by a
// rename. So at every moment each program in WHERE is whole, and jq leads to one that
// is. Whatever is killed when: who comes next reads in the record what was meant, and
// finishes that. A lock in WHERE, which dies with its process, keeps several apart.
//
// Nothing is overwritten that did not come from here, and uninstall leaves what was
// changed since, what was there before, and what another record lists.
package install
