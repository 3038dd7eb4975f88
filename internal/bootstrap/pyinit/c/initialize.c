// How Python is initialised is defined in package settings, for both compilers.
#include "pyinit.h"

#if PYINIT_MINOR >= 14

// initialize uses PyInitConfig, whose options are strings: nothing here depends on
// the layout of a C structure.
static void initialize(const struct paths *paths) {
  PyInitConfig *config = PyInitConfig_Create();
  if (config == NULL) fail("out of memory");
  int failed = 0;
#define PREFIX(name) failed |= PyInitConfig_SetStr(config, name, paths->prefix);
  PYINIT_PREFIX_OPTIONS(PREFIX)
#define EXECUTABLE(name) failed |= PyInitConfig_SetStr(config, name, paths->interpreter);
  PYINIT_EXECUTABLE_OPTIONS(EXECUTABLE)
#define NUMBER(name, value) failed |= PyInitConfig_SetInt(config, name, value);
  PYINIT_OPTIONS(NUMBER)
  failed |= PyInitConfig_SetStr(config, "stdlib_dir", paths->stdlib);
  char *path[] = {duplicate(paths->stdlib), duplicate(paths->dynload), duplicate(paths->site)};
  failed |= PyInitConfig_SetStrList(config, "module_search_paths", sizeof path / sizeof *path, path);
  populate_arenas();
  if (failed != 0 || Py_InitializeFromInitConfig(config) < 0) {
    const char *message = NULL;
    PyInitConfig_GetError(config, &message);
    fail("%s", message != NULL ? message : "unknown error");
  }
  PyInitConfig_Free(config);
}

#else

#include <dlfcn.h>
#include <stdlib.h>

// libpython_symbol finds what the linker must not bind. A function that this
// object defines too would be its own. And a variable would be at a wrong address:
// managed distributions lost their section table in part, and GNU ld then takes the
// variables of a library for absolute numbers.
static void *libpython_symbol(const char *name) {
  void *address = dlsym(RTLD_NEXT, name);
  if (address == NULL) fail("libpython has no %s", name);
  return address;
}

static const struct {
  const char *name;
  int value;
} flags[] = {
#define FLAG(name, value) {name, value},
    PYINIT_LEGACY_FLAGS(FLAG)
};

// may_end is true while CPython may end the program: before 3.14 it does so
// itself when it cannot initialise, after a page of explanations.
static int may_end;

static void explain(void) {
  if (may_end) say("see above");
}

static void initialize(const struct paths *paths) {
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) *(int *)libpython_symbol(flags[i].name) = flags[i].value;
  // Before 3.11 CPython keeps the pointers.
  Py_SetPythonHome(widen(paths->prefix));
  Py_SetProgramName(widen(paths->interpreter));
  populate_arenas();
  void (*theirs)(int);
  *(void **)&theirs = libpython_symbol("Py_InitializeEx");
  may_end = atexit(explain) == 0;
  theirs(1);
  may_end = 0;
}

#endif
