#include "pyinit.h"

static int run(const char *source, PyObject *names) {
  PyObject *result = PyRun_StringFlags(source, PY_FILE_INPUT, names, names, NULL);
  if (result == NULL) {
    PyErr_PrintEx(0);
    return -1;
  }
  Py_DecRef(result);
  return 0;
}
