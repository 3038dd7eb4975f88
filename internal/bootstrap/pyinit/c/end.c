// The end is soft, as that of package bootstrap: waiting for Python's threads,
// atexit callbacks, flushing, and no teardown. An exception that nobody looked at
// is printed then, and is the program's status.
#include "pyinit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "end_py.h"      // settings.EndSource
#include "pending_py.h"  // pending.py

static int ended;

// take_pending returns the exception that is set, with its traceback, or NULL.
static PyObject *take_pending(void) {
  if (PyErr_Occurred() == NULL) return NULL;
#if PYINIT_MINOR >= 12
  return PyErr_GetRaisedException();
#else
  PyObject *class, *value, *traceback;
  PyErr_Fetch(&class, &value, &traceback);
  PyErr_NormalizeException(&class, &value, &traceback);
  if (traceback != NULL) PyException_SetTraceback(value, traceback);
  Py_DecRef(class);
  Py_DecRef(traceback);
  return value;
#endif
}

// run_for_status runs source with one variable and returns what it leaves in
// "status". It takes over the reference.
static int run_for_status(const char *source, const char *name, PyObject *value) {
  PyObject *names = PyDict_New();
  PyDict_SetItemString(names, name, value);
  int status = PYINIT_STATUS_UNFLUSHED;
  if (run(source, names) == 0) status = (int)PyLong_AsLong(PyDict_GetItemString(names, "status"));
  Py_DecRef(names);
  Py_DecRef(value);
  return status;
}

// end does Python's part and returns the status it asks for. The interrupted
// program dies by SIGINT, so that a shell sees what happened and stops its loop.
static int end(int status, int wait) {
  // Whoever exits from another thread than Python's cannot have the GIL: llgo
  // keeps it on the main thread.
  if (ended || !Py_IsInitialized() || !PyGILState_Check()) return status;
  ended = 1;
  PyObject *pending = take_pending();
  int asked = pending != NULL ? run_for_status(PENDING_PY, "pending", pending) : 0;
  int soft = run_for_status(END_PY, "wait", PyBool_FromLong(wait));
  if (status != 0) return status;  // the program's own stands
  if (pending == NULL) asked = soft == PYINIT_STATUS_INTERRUPTED ? -1 : soft;
  if (asked >= 0) return asked;
  signal(SIGINT, SIG_DFL);
  kill(getpid(), SIGINT);
  return PYINIT_STATUS_INTERRUPTED;
}

#ifdef PYINIT_WRAPS_MAIN
static int end_after_main(int status) { return end(status, 1); }
#endif

// end_by_exit may not wait: os.Exit promises to end the program now.
static void end_by_exit(int status) {
  int asked = end(status, 0);
  if (asked == status) return;
  fflush(NULL);
  _exit(asked);  // C's exit cannot change the status any more
}

#ifdef __GLIBC__
static void on_end(int status, void *unused) {
  (void)unused;
  end_by_exit(status);
}

static void prepare_end(void) { on_exit(on_end, NULL); }
#else
static void on_end(void) { end_by_exit(0); }  // C tells nobody the status

static void prepare_end(void) { atexit(on_end); }
#endif
