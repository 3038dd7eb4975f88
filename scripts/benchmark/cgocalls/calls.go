// Package cgocalls calls libpython as a Go program with cgo does: what our own calls
// are measured against. It is linked with a libpython by CGO_LDFLAGS, and needs no
// headers.
package cgocalls

/*
typedef struct object object;
extern void Py_InitializeEx(int);
extern void *PyEval_SaveThread(void);
extern int PyGILState_Ensure(void);
extern void PyGILState_Release(int);
extern void *PyGILState_GetThisThreadState(void);
extern object *PyImport_ImportModule(const char *);
extern object *PyObject_GetAttrString(object *, const char *);
extern object *PyObject_CallNoArgs(object *);
extern object *PyErr_Occurred(void);
extern int PyCallable_Check(object *);
extern void Py_DecRef(object *);

static object *start(void) {
	Py_InitializeEx(0);
	object *type = PyObject_GetAttrString(PyImport_ImportModule("builtins"), "int");
	PyEval_SaveThread();
	return type;
}

// What somebody writes who minds the cost: one crossing for all, and a thread keeps
// the state that Python makes for it, as ours do.
static int lock(void) {
	if (!PyGILState_GetThisThreadState()) {
		PyGILState_Ensure();
		PyEval_SaveThread();
	}
	return PyGILState_Ensure();
}

static int check_with_lock(object *o) {
	int state = lock();
	int yes = PyCallable_Check(o);
	PyErr_Occurred();
	PyGILState_Release(state);
	return yes;
}

static void call_with_lock(object *o) {
	int state = lock();
	Py_DecRef(PyObject_CallNoArgs(o));
	PyErr_Occurred();
	PyGILState_Release(state);
}
*/
import "C"

import "runtime"

var intType *C.object

// Start starts Python, on the calling thread.
func Start() { intType = C.start() }

// Bare calls the cheapest function of libpython that needs no lock.
func Bare() { C.PyGILState_GetThisThreadState() }

// Hold takes the lock; the function it returns drops it.
func Hold() func() {
	runtime.LockOSThread()
	state := C.PyGILState_Ensure()
	return func() {
		C.PyGILState_Release(state)
		runtime.UnlockOSThread()
	}
}

// Check calls the cheapest function that needs the lock, which is held.
func Check() { C.PyCallable_Check(intType) }

// CheckLocking does the same and takes the lock for it, in one crossing.
func CheckLocking() { C.check_with_lock(intType) }

// CheckBySteps does the same with a crossing for each function.
func CheckBySteps() {
	defer Hold()()
	C.PyCallable_Check(intType)
	C.PyErr_Occurred()
}

// CallLocking calls int() and drops what it returns, in one crossing.
func CallLocking() { C.call_with_lock(intType) }
