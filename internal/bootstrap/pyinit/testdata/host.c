// A stand-in for a program of llgo's: C that is linked with libpython and with
// pyinit.o, and does what its arguments say.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct _object PyObject;
void Py_Initialize(void);
void Py_InitializeEx(int);
int Py_IsInitialized(void);
int PyRun_SimpleStringFlags(const char *, void *);
PyObject *PyImport_AddModule(const char *);
PyObject *PyModule_GetDict(PyObject *);
PyObject *PyRun_StringFlags(const char *, int, PyObject *, PyObject *, void *);
PyObject *PyDict_GetItemString(PyObject *, const char *);

static void *leave(void *status) { exit(*(int *)status); }

// run is Python code whose exceptions nobody looks at.
static void run(const char *code) {
  PyObject *names = PyModule_GetDict(PyImport_AddModule("__main__"));
  PyRun_StringFlags(code, 257, names, names, NULL);
}

int main(int argc, char **argv) {
  int status = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *argument = argv[i + 1];
    if (strcmp(argv[i], "code") == 0) status = PyRun_SimpleStringFlags(argument, NULL) != 0;
    if (strcmp(argv[i], "ignore") == 0) run(argument);
    if (strcmp(argv[i], "again") == 0) Py_Initialize(), Py_InitializeEx(0);
    if (strcmp(argv[i], "return") == 0) return atoi(argument);
    if (strcmp(argv[i], "exit") == 0) exit(atoi(argument));
    if (strcmp(argv[i], "abort") == 0) abort();
    if (strcmp(argv[i], "leave") == 0) {
      int code = atoi(argument);
      pthread_t thread;
      pthread_create(&thread, NULL, leave, &code);
      pthread_join(thread, NULL);
    }
  }
  return status;
}
