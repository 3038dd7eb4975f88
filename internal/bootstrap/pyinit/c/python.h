// The functions and variables of libpython that are used here. They are part of
// its stable interface and the same from 3.9 to 3.14, so no Python.h is needed:
// who packages a program has the Python to ship, and seldom its headers.
#ifndef PYINIT_PYTHON_H
#define PYINIT_PYTHON_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

typedef struct _object PyObject;

enum { PY_FILE_INPUT = 257 };  // Py_file_input: a whole script

const char *Py_GetVersion(void);
int Py_IsInitialized(void);
void Py_DecRef(PyObject *);
int PyGILState_Check(void);

PyObject *PyBool_FromLong(long);
long PyLong_AsLong(PyObject *);
PyObject *PyUnicode_DecodeFSDefault(const char *);
PyObject *PyList_New(ptrdiff_t);
int PyList_Append(PyObject *, PyObject *);
PyObject *PyDict_New(void);
int PyDict_SetItemString(PyObject *, const char *, PyObject *);
PyObject *PyDict_GetItemString(PyObject *, const char *);  // borrowed
int PySys_SetObject(const char *, PyObject *);
PyObject *PyRun_StringFlags(const char *, int, PyObject *, PyObject *, void *);

PyObject *PyErr_Occurred(void);  // borrowed
void PyErr_PrintEx(int);
#if PYINIT_MINOR >= 12
PyObject *PyErr_GetRaisedException(void);
#else
void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
void PyErr_NormalizeException(PyObject **, PyObject **, PyObject **);
int PyException_SetTraceback(PyObject *, PyObject *);
#endif

// PyObjectArenaAllocator; public, though not of the stable interface.
typedef struct {
  void *context;
  void *(*alloc)(void *, size_t);
  void (*free)(void *, void *, size_t);
} PyObjectArenaAllocator;
void PyObject_SetArenaAllocator(PyObjectArenaAllocator *);

// The start of a child process (worker.c), and of 3.9 to 3.13.
void Py_SetPythonHome(const wchar_t *);
void Py_SetProgramName(const wchar_t *);
int Py_BytesMain(int, char **);

#if PYINIT_MINOR >= 14  // PEP 741
typedef struct PyInitConfig PyInitConfig;
PyInitConfig *PyInitConfig_Create(void);
void PyInitConfig_Free(PyInitConfig *);
int PyInitConfig_SetInt(PyInitConfig *, const char *, int64_t);
int PyInitConfig_SetStr(PyInitConfig *, const char *, const char *);
int PyInitConfig_SetStrList(PyInitConfig *, const char *, size_t, char *const *);
int PyInitConfig_GetError(PyInitConfig *, const char **);
int Py_InitializeFromInitConfig(PyInitConfig *);
#endif

#endif
