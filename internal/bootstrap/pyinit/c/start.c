// The order of a start, and its failure.
//
// llgo's main calls Py_Initialize, before the run time and before any Go runs, but
// only in programs that use a Python module, and never waits for anything at the
// end. On Linux the linker puts __wrap_main before it (--wrap=main), which starts
// Python in every program that is linked with libpython and sees main return.

#include "pyinit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <crt_externs.h>
#endif

static struct program program;

static void start_python(const struct paths *paths) { without_variables(initialize, paths); }

// run_hooks imports the package of run-time hooks, if the program has one. An
// exception there ends it.
static void run_hooks(const struct paths *paths) {
  char *mark = join(paths->site, PYINIT_START_MARK);
  int there = exists(mark);
  free(mark);
  if (!there) return;
  PyObject *names = PyDict_New();
  if (run("import " PYINIT_START_PACKAGE, names) != 0) exit(1);
  Py_DecRef(names);
}

// starting is true while libpython initialises itself, which library.c must not
// take for the program's doing.
static int starting;

static void start(void) {
  if (Py_IsInitialized()) return;  // the program calls py.Initialize itself
  const char *origin = take_origin();
  struct paths paths = find_paths();
  const char *version = Py_GetVersion();
  if (strncmp(version, PYINIT_VERSION, strlen(PYINIT_VERSION)) != 0)
    fail("libpython is Python %.*s, not %s; build the program again", (int)strcspn(version, " "), version,
         PYINIT_MINOR_TEXT);
  work_if_asked(&paths, &program);
  starting = 1;
  heed_signals(start_python, &paths);
  starting = 0;
  dress(&paths, &program, origin);
  prepare_end();
  run_hooks(&paths);
}

// The program's, in place of libpython's: whoever calls them gets this start.
PYINIT_EXPORT void Py_Initialize(void);
PYINIT_EXPORT void Py_InitializeEx(int);

void Py_InitializeEx(int handlers) {
  (void)handlers;  // Python's are installed; the program has none
  start();
}

void Py_Initialize(void) {
#ifdef __APPLE__
  program = (struct program){*_NSGetArgc(), *_NSGetArgv()};
#endif
  start();
}

#ifdef PYINIT_WRAPS_MAIN
int __real_main(int, char **, char **);
int __wrap_main(int, char **, char **);

int __wrap_main(int argc, char **argv, char **envp) {
  program = (struct program){argc, argv};
  start();
  return end_after_main(__real_main(argc, argv, envp));
}
#endif

static void say(const char *what) {
  const char *name = program.argc > 0 ? program.argv[0] : "program";
  const char *slash = strrchr(name, '/');
  fprintf(stderr, "%s: " PYINIT_CANNOT_START "%s\n", slash != NULL ? slash + 1 : name, what);
}

static _Noreturn void fail(const char *format, ...) {
  char what[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  say(what);
  exit(1);
}
