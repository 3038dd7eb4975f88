#include "pyinit.h"

#include <stdio.h>
#include <stdlib.h>

#include "dress_py.h"  // dress.py

// set_sys stores a new reference in the module sys.
static void set_sys(const char *name, PyObject *value) {
  if (value == NULL || PySys_SetObject(name, value) != 0) PyErr_PrintEx(0);
  Py_DecRef(value);
}

static PyObject *list(int count, char *const *values) {
  PyObject *all = PyList_New(0);
  for (int i = 0; i < count; i++) {
    PyObject *value = PyUnicode_DecodeFSDefault(values[i]);
    if (value == NULL || PyList_Append(all, value) != 0) PyErr_PrintEx(0);
    Py_DecRef(value);
  }
  return all;
}

// sites are further folders of sys.path, in programs for this machine only.
static const char *const sites[] = {PYINIT_SITES NULL};

// add_farm_sites adds the folders of packages of layout farm, as many as there are.
static void add_farm_sites(PyObject *path, const struct paths *paths) {
  for (int number = 1; PYINIT_FARM; number++) {
    char name[sizeof PYINIT_FARM_SITES + 11];
    snprintf(name, sizeof name, "%s%d", PYINIT_FARM_SITES, number);
    char *site = join(paths->prefix, name);
    if (!exists(site)) {
      free(site);
      return;
    }
    PyObject *value = PyUnicode_DecodeFSDefault(site);
    if (value == NULL || PyList_Append(path, value) != 0) PyErr_PrintEx(0);
    Py_DecRef(value);
    free(site);
  }
}

static void set_path(const struct paths *paths) {
  const char *own[] = {paths->stdlib, paths->dynload, paths->site};
  PyObject *path = list(sizeof own / sizeof *own, (char *const *)own);
  add_farm_sites(path, paths);
  PyObject *more = list(sizeof sites / sizeof *sites - 1, (char *const *)sites);
  PySys_SetObject("path", path);
  PyObject *names = PyDict_New();
  PyDict_SetItemString(names, "sites", more);
  run(DRESS_PY, names);
  Py_DecRef(names);
  Py_DecRef(more);
  Py_DecRef(path);
}

static void dress(const struct paths *paths, const struct program *program, const char *origin) {
  set_sys("argv", list(program->argc, program->argv));
  set_sys("orig_argv", list(program->argc, program->argv));
  set_sys("executable", PyUnicode_DecodeFSDefault(paths->executable));
  set_sys("_base_executable", PyUnicode_DecodeFSDefault(paths->executable));
  set_sys(PYINIT_ORIGIN_NAME, PyUnicode_DecodeFSDefault(origin != NULL ? origin : paths->self));
  set_path(paths);
  if (PyErr_Occurred() != NULL) {
    PyErr_PrintEx(0);
    fail("sys could not be set up; see above");
  }
}
