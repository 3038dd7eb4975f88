// The same as a shared library, for a program that was linked without the object. The
// program needs this library in place of libpython, and this one needs libpython: so the
// loader finds these functions first, and everything else where it was.
//
// Nothing happens before the program asks for Python. Whatever it configured, it gets
// the isolated start; where its Python was on the machine that built it does not matter
// any more.
#define PYINIT_LIBRARY
#define PYINIT_EXPORT __attribute__((visibility("default")))

#include "pyinit.h"

// What the object calls of libpython and this library defines as well.
#define Py_InitializeFromInitConfig initialize_libpython
#if PYINIT_MINOR >= 14
static int initialize_libpython(PyInitConfig *);
#endif

#include <dlfcn.h>

#include "pyinit.c"

#undef Py_InitializeFromInitConfig

// libpython's own function of a name that this library has too. libpython calls
// such functions by their names, so while it starts they have to be its own.
static void *theirs(const char *name) {
  void *address = dlsym(RTLD_NEXT, name);
  if (address == NULL) fail("libpython has no %s", name);
  return address;
}

#if PYINIT_MINOR >= 14
static int initialize_libpython(PyInitConfig *config) {
  int (*function)(PyInitConfig *);
  *(void **)&function = theirs("Py_InitializeFromInitConfig");
  return function(config);
}

PYINIT_EXPORT int Py_InitializeFromInitConfig(PyInitConfig *);

int Py_InitializeFromInitConfig(PyInitConfig *config) {
  (void)config;
  start();
  return 0;
}
#endif

// PyStatus of cpython/initconfig.h; all zero is success.
typedef struct {
  int type;
  const char *function, *message;
  int status;
} PyStatus;

PYINIT_EXPORT PyStatus Py_InitializeFromConfig(const void *config);

PyStatus Py_InitializeFromConfig(const void *config) {
  if (starting) {
    PyStatus (*function)(const void *);
    *(void **)&function = theirs("Py_InitializeFromConfig");
    return function(config);
  }
  start();
  return (PyStatus){0};
}

// glibc and musl pass the arguments of main.
__attribute__((constructor)) static void note_arguments(int argc, char **argv) {
  program = (struct program){argc, argv};
}
