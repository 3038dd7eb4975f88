// What the files of this object share; doc.go has the table of contents. They are one
// translation unit (pyinit.c), so that the program sees none of these names.
#ifndef PYINIT_H
#define PYINIT_H

#include "settings.h"  // generated from package settings

#include "python.h"

// Apple's linker has no --wrap, and a library links nothing but itself.
#if !defined(__APPLE__) && !defined(PYINIT_LIBRARY)
#define PYINIT_WRAPS_MAIN
#endif

// library.c defines it.
#ifndef PYINIT_EXPORT
#define PYINIT_EXPORT
#endif

// program is what the user started.
struct program {
  int argc;
  char **argv;
};

// paths are absolute. They are never freed: Python keeps pointers to some.
struct paths {
  const char *self;         // the program's own file
  const char *prefix;       // sys.prefix
  const char *stdlib;       // <prefix>/lib/python3.X
  const char *dynload;      // below stdlib
  const char *site;         // below stdlib
  const char *interpreter;  // inside the prefix, for getpath; it may not exist
  const char *executable;   // sys.executable
};

// paths.c: where Python is. Fails if a file is missing without which CPython
// would print a page of its own.
static struct paths find_paths(void);

// origin.c: takes LLGO_PY_ORIGIN out of the environment and returns the path in it
// if it was meant for this process, else NULL.
static const char *take_origin(void);

// initialize.c: isolated initialisation.
static void initialize(const struct paths *);

// arena.c: memory for small objects comes with its pages.
static void populate_arenas(void);

// dress.c: what the program sees in sys.
static void dress(const struct paths *, const struct program *, const char *origin);

// environment.c: hides from start the variables that an isolated CPython heeds. The
// environment is what it was afterwards, in its order: children get it.
static void without_variables(void (*start)(const struct paths *), const struct paths *);

// signals.c: no signal that Python ignores is ignored by child processes.
static void heed_signals(void (*start)(const struct paths *), const struct paths *);

// worker.c: in a program without an interpreter, be one for multiprocessing.
static void work_if_asked(const struct paths *, const struct program *);

// end.c: Python's part of the end. prepare_end is for os.Exit, C's exit.
static void prepare_end(void);
#ifdef PYINIT_WRAPS_MAIN
static int end_after_main(int status);
#endif

// memory.c. They fail when there is no memory.
static char *join(const char *directory, const char *name);
static char *duplicate(const char *);
static wchar_t *widen(const char *utf8);

// run executes Python source with the variables in names, a dictionary. It
// returns 0, or -1 after it has printed the exception.
static int run(const char *source, PyObject *names);

// say tells in one line why Python cannot be started.
static void say(const char *what);

// fail says in one line why Python cannot be started and ends the program with
// status 1.
static _Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
