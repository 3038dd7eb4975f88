package bootstrap

import (
	"errors"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// dress sets what a program sees in sys. It runs once, with the GIL held since
// initialisation, so it calls C directly.
func dress(l *layout) error {
	setSys("argv", stringList(os.Args))
	setSys("orig_argv", stringList(os.Args))
	setSys("executable", fsString(l.executable))
	setSys("_base_executable", fsString(l.executable))
	setSys("path", stringList(l.path))
	setSys(settings.OriginName, fsString(Origin()))
	bufferByLine()
	for _, dir := range l.sites {
		addSite(dir)
	}
	if raw("PyErr_Occurred") != 0 {
		raw("PyErr_Print")
		return errors.New("sys could not be set up; see above")
	}
	return nil
}

// setSys stores a new reference in the module sys.
func setSys(name string, value uintptr) {
	raw("PySys_SetObject", uintptr(unsafe.Pointer(cstring(name))), value)
	raw("Py_DecRef", value)
}

// fsString decodes a file name or argument as Python does: UTF-8, with other
// bytes as lone surrogates (PEP 383).
func fsString(s string) uintptr {
	return raw("PyUnicode_DecodeFSDefaultAndSize", uintptr(unsafe.Pointer(cstring(s))), uintptr(len(s)))
}

func stringList(values []string) uintptr {
	list := raw("PyList_New", 0)
	for _, v := range values {
		s := fsString(v)
		raw("PyList_Append", list, s)
		raw("Py_DecRef", s)
	}
	return list
}

// bufferByLine makes sys.stdout write out each line even into a pipe or a file, as
// it does on a terminal. Python would keep 8 KiB there, which puts its output
// after everything Go prints meanwhile, and loses it when Go dies of a panic,
// where no exit hook runs.
func bufferByLine() {
	out := raw("PySys_GetObject", uintptr(unsafe.Pointer(cstring("stdout"))))
	if out == 0 || out == symNone.Addr() {
		return // file descriptor 1 is closed
	}
	method := raw("PyObject_GetAttrString", out, uintptr(unsafe.Pointer(cstring("reconfigure"))))
	args, options := raw("PyTuple_New", 0), raw("PyDict_New")
	yes := raw("PyBool_FromLong", 1)
	raw("PyDict_SetItemString", options, uintptr(unsafe.Pointer(cstring("line_buffering"))), yes)
	result := raw("PyObject_Call", method, args, options)
	for _, o := range []uintptr{method, args, options, yes, result} {
		raw("Py_DecRef", o)
	}
}

// addSite processes the .pth files of a folder, for editable installs; importing
// site costs milliseconds, so only if there are any.
func addSite(dir string) {
	if found, _ := filepath.Glob(filepath.Join(dir, "*.pth")); len(found) == 0 {
		return
	}
	site := raw("PyImport_ImportModule", uintptr(unsafe.Pointer(cstring("site"))))
	if site == 0 {
		return
	}
	method := raw("PyObject_GetAttrString", site, uintptr(unsafe.Pointer(cstring("addsitedir"))))
	arg := fsString(dir)
	args := raw("PyTuple_New", 1)
	raw("PyTuple_SetItem", args, 0, arg) // takes over arg
	result := raw("PyObject_CallObject", method, args)
	for _, o := range []uintptr{site, method, args, result} {
		raw("Py_DecRef", o)
	}
}
