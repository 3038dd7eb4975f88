package bootstrap

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
)

// The module file is mapped before Python starts and stays so: its code is read
// where it lies. Package modules says what is in it.

// moduleFile is the file of this program; nil where every module is a file.
var moduleFile []byte

// moduleHead is its head.
var moduleHead *modules.Head

// mapModules maps the module file.
func mapModules(file string) error {
	data, err := mapFile(file)
	if err != nil {
		return missing("module file", file, err)
	}
	head, err := modules.Decode(data)
	if err != nil {
		return fmt.Errorf("module file %s: %w; unpack or build the program again", file, err)
	}
	moduleFile, moduleHead = data, head
	return nil
}

// mapFile maps a file without the os package, whose files want a poller.
func mapFile(name string) ([]byte, error) {
	failed := func(op string, err error) error { return &os.PathError{Op: op, Path: name, Err: err} }
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	for err == syscall.EINTR { // on some network file systems
		fd, err = syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	}
	if err != nil {
		return nil, failed("open", err)
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return nil, failed("stat", err)
	}
	data, err := syscall.Mmap(fd, 0, int(info.Size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, failed("map", err)
	}
	return data, nil
}

// frozen is C's struct _frozen from 3.13 on (Include/cpython/import.h).
type frozen struct {
	name      *byte
	code      *byte
	size      int32
	isPackage int32
}

// frozenBefore313 has one field more; 3.11 and 3.12 differ in nothing else.
type frozenBefore313 struct {
	frozen
	_ uintptr // get_code
}

// frozenTable keeps what CPython reads for as long as it runs.
var frozenTable unsafe.Pointer

var symFrozenModules = Sym{Name: "PyImport_FrozenModules"}

// freezeModules hands the module file to CPython: as two entries of its table of
// frozen modules, which is the program's to set and is asked before any file. It
// must run before initialisation. Before 3.11 nothing of this works; there the
// file encodings/__init__.pyc does the same, and maps the file again.
func freezeModules(minor string) {
	n, err := strconv.Atoi(strings.TrimPrefix(minor, "3."))
	if moduleFile == nil || err != nil || n < 11 {
		return
	}
	start := moduleHead.Start.Of(moduleFile)
	entries := [3]frozen{
		{cstring(modules.FrozenStart), unsafe.SliceData(start), int32(len(start)), 1},
		{cstring(modules.FrozenFile), unsafe.SliceData(moduleFile), int32(len(moduleFile)), 0},
	}
	frozenTable = unsafe.Pointer(&entries)
	if n < 13 {
		var wide [3]frozenBefore313
		for i, e := range entries {
			wide[i].frozen = e
		}
		frozenTable = unsafe.Pointer(&wide)
	}
	*(*unsafe.Pointer)(Pointer(symFrozenModules.Addr())) = frozenTable
}

// part is the compiled code of one of the bootstrap's own pieces of Python, by its
// address and size; 0 where it has to be compiled from source.
func part(of func(*modules.Head) modules.Part) (addr, size uintptr) {
	if moduleFile == nil {
		return 0, 0
	}
	code := of(moduleHead).Of(moduleFile)
	return uintptr(unsafe.Pointer(unsafe.SliceData(code))), uintptr(len(code)) // mapped, so it stays where it is
}

// builtinsName is what every module's names have. PyEval_EvalCode adds it from 3.10
// on, PyRun_StringFlags always.
const builtinsName = "__builtins__"

const fileInput = 257 // Py_file_input
