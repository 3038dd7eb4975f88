// Package bundle writes the onedir tree of a packaged program:
//
//	<dir>/app                              the program
//	<dir>/python/bin/python3.14            an interpreter for child processes; python3 and python link to it
//	<dir>/python/lib/libpython3.14.so.1.0  under its SONAME
//	<dir>/python/lib/lib*.so*              other native libraries
//	<dir>/python/lib/python3.14/…          modules, lib-dynload/, site-packages/
//	<dir>/python/manifest.json             every file: sha256, size, mode, origin
//
// There is no libpython3.14.so link: it is for compilers, which do not run here;
// what loads libpython asks for the SONAME. lib-dynload is there even when empty,
// because CPython takes it as the mark of its exec_prefix and warns without it; so is
// site-packages where modules of the module file belong there, for site.py.
//
// # Layout farm
//
// With [Farm] the places of packages and shared objects are others, below python/ as
// well, because one name can be replaced in one step and six cannot:
//
//	python/site-packages/p1, p2, …     what comes from each directory of sys.path
//	python/reals/r/                    every shared object, once
//	python/symlinks/                   links to them, by the names the loader asks for
//	python/ld_library_paths/l/         the same for dlopen by a bare name, and for child processes
//	python/lib/python3.14/             the standard library, whole
//
// Where Python looks for an extension module, or a package for its libraries, there is
// a link; lib/libpython3.14.so.1.0 is one too. pyhelper/binaries/farm.py has the reasons
// and decides the search paths, pyhelper/analysis/farm.py the places of packages.
//
// The package works in three steps. [NewPlan] checks everything that can be
// checked without writing, so that writing fails for the disk's reasons only.
// [Plan.Write] writes the tree into a work directory beside the target, reads it
// back, and puts it in its place.
//
// # The same input, the same tree
//
// Contents and modes (0644; 0755 for programs, native libraries, and data files
// that were executable) depend on the input alone, not on umask, the order of
// workers, or when and where the build ran. Modification times below python/ are
// one constant (see Options.ModTime), so that archives of it are reproducible as
// well. The program keeps the time it was written: make and its like compare it
// with sources.
//
// # Replacing a program that is there
//
// <dir> may hold other files. Ours are the program and python/, known by a
// manifest.json that names the program; nothing else is ever overwritten.
//
// A kill, or a power cut, may come at any moment, and two names cannot be
// replaced in one step. But one name can, and it can be made to stand for both.
// The new tree is complete in the work directory W, a sibling of the old one:
//
//	W = <dir>/.app.llgo-py-XXXX     W/new/app  W/new/python/  W/old/
//
//	1  app     becomes a link to W/new/app          (rename: this is the commit)
//	2  python/ moves to W/old/python
//	3  python  becomes a link to ../../python       (dangling, and not used)
//	4  python and W/new/python are exchanged        (renameat2, renamex_np)
//	5  app     becomes the file W/new/app           (rename)
//	6  W is removed
//
// A program finds python/ beside its real file. Before 1 that is the old pair.
// From 1 to 4 it is W/new/app with W/new/python. From 4 to 5 it is W/new/app
// with W/new/python, which now is the link made in 3 and leads to the new python/
// in its final place. After 5 it is the new pair. So a program starts at every
// moment, the old one or the new one, never a mixture. The next build into the
// directory sees by the link where it was interrupted and takes the steps that
// are left; it also removes work directories whose builds are gone, which it
// knows by the lock they no longer hold.
//
// Where the file system cannot exchange names (some network file systems), step
// 4 is two renames, and a kill between them leaves a program that does not start
// until the next build. A program that is running while it is replaced keeps its
// code, but finds the new modules under the old path if it imports later.
package bundle
