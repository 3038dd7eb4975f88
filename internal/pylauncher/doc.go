// Package pylauncher writes the python/bin/python3 of a packaged program: a
// dynamic ELF executable of about two kilobytes whose main is libpython's own
// Py_BytesMain.
//
// # Why it is generated
//
// Child processes (multiprocessing, subprocess with sys.executable) need a real
// interpreter. That of the managed CPython is a static executable of 29 MB, a
// second copy of the libpython that is in the tree anyway; a user's own is linked
// to an absolute path, or to none; and a machine that builds has no C compiler.
// A launcher written in Go (purego, 1.5 MB) was considered and rejected: it puts
// the Go runtime's threads, signal handlers and alternate stacks inside every
// child, so that os.fork warns about threads and SIGINT belongs to two masters.
// What is written here has no run time of its own: after the jump into
// libpython nothing of it is on the stack. It is used for every interpreter on
// Linux, also for those that come with a small dynamic python, so that children
// behave the same whatever CPython was packaged.
//
// # What it does
//
//	_start:  __libc_start_main(main, argc, argv, NULL, NULL, rtld_fini, stack_end)
//	main:    unsetenv("PYTHONHOME"); unsetenv("PYTHONPLATLIBDIR")
//	         return Py_BytesMain(argc, argv)
//
// The two variables say where *another* interpreter has its library; with them
// set this one would not find its encodings and die (programs started by a host
// that sets PYTHONHOME are common). Every other PYTHON* variable keeps its
// meaning: a program that starts a child with PYTHONPATH means it.
//
// With Spec.Optimize, -O or -OO comes before the other arguments, unless the first is
// such a one, as multiprocessing gives it to its children. The command line is the only
// way to say so that Py_BytesMain heeds and that no child inherits.
//
// libpython is found by DT_RPATH $ORIGIN/../lib. DT_RPATH and not DT_RUNPATH,
// because LD_LIBRARY_PATH comes before DT_RUNPATH, and a stranger's libpython of
// the same SONAME in it would be loaded. $ORIGIN is the directory of the real
// file: a symbolic link to the interpreter, as venv makes, works.
//
// # Which __libc_start_main
//
// glibc 2.34 gave the function a second version and kept the first, which is the
// version of the oldest glibc of the architecture: GLIBC_2.2.5 on amd64,
// GLIBC_2.17 on arm64. Both names lead to one implementation, which treats a NULL
// init as "run the program's own DT_INIT and DT_INIT_ARRAY" (there are none
// here); before 2.34 a NULL init was skipped. So a reference to the old version
// with NULL init and fini binds, and is right, on every glibc. It is written as a
// proper version requirement (DT_VERNEED) and not left unversioned, although the
// loader would pick the same symbol then (of an unversioned reference it takes
// the definition with the lowest version index): tools that compute the oldest
// glibc a tree runs on must be able to read it.
//
// musl has another program interpreter, another C library name and no symbol
// versions; [Generate] refuses it.
//
// # Sources
//
//   - System V gABI, chapters 4 and 5: headers, segments, dynamic section, hash table
//   - psABI AMD64, 3.4.1 "Initial Stack and Register State": rsp, rdx; R_X86_64_GLOB_DAT
//   - psABI AArch64 (aaelf64, aapcs64): x0 at entry as glibc's sysdeps/aarch64/start.S
//     reads it; R_AARCH64_GLOB_DAT
//   - Linux Standard Base, "Symbol Versioning": .gnu.version, .gnu.version_r
//   - glibc csu/libc-start.c (2.17, 2.34, 2.36), elf/dl-lookup.c, elf/dl-reloc.c
//     (_dl_protect_relro: the end of PT_GNU_RELRO is rounded down to a page)
package pylauncher
