package modulefile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
)

// Input is what a module file is made of.
type Input struct {
	// Stdlib is the directory of the standard library, below python/: "lib/python3.14".
	Stdlib  string
	Modules []Module
	// Files are importable files that stay files, by their path below python/.
	Files []string
	// Finder, Start, Handlers and End are the .pyc files of the code of those names.
	Finder, Start, Handlers, End string
}

// Module is one that goes into the file.
type Module struct {
	// Dest is where it would be below python/: "lib/python3.14/json/decoder.pyc".
	Dest string
	// Bytecode is its .pyc file.
	Bytecode string
	// Source is its source file if that goes into the file as well.
	Source string
}

// Placed says where a module is in the file.
type Placed struct {
	Dest         string
	Offset, Size int64
	SHA256       string // of these bytes
}

// maxSize is what an int of C counts to.
const maxSize = math.MaxInt32

// Write writes the file and returns where each module is, sorted by Dest. The same
// input gives the same bytes, in whatever order it is listed.
func Write(path string, in Input) (placed []Placed, err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	w := &writer{file: out, at: modules.HeadSize}
	placed, err = w.write(in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("module file: %w", err)
	}
	return placed, nil
}

type writer struct {
	file *os.File
	head modules.Head
	at   int64
}

func (w *writer) write(in Input) ([]Placed, error) {
	if err := w.boot(in); err != nil {
		return nil, err
	}
	in.Modules = slices.Clone(in.Modules)
	slices.SortFunc(in.Modules, func(a, b Module) int { return cmp.Compare(a.Dest, b.Dest) })
	root := newTree()
	placed := make([]Placed, len(in.Modules))
	for i, m := range in.Modules {
		code, err := w.bytecode(m.Bytecode)
		if err != nil {
			return nil, err
		}
		part, err := w.part(code)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(code)
		placed[i] = Placed{m.Dest, int64(part.Offset), int64(part.Size), hex.EncodeToString(sum[:])}
		if err := root.addModule(in.Stdlib, m.Dest, part); err != nil {
			return nil, err
		}
	}
	for _, m := range in.Modules {
		if err := w.source(root, in.Stdlib, m); err != nil {
			return nil, err
		}
	}
	for _, dest := range in.Files {
		root.addFile(in.Stdlib, dest)
	}
	return placed, w.finish(root)
}

// boot writes the code that runs before there is a finder, or beside it.
func (w *writer) boot(in Input) error {
	if _, err := w.file.Seek(w.at, 0); err != nil {
		return err
	}
	for _, b := range []struct {
		part *modules.Part
		file string
	}{{&w.head.Start, in.Start}, {&w.head.Finder, in.Finder}, {&w.head.Handlers, in.Handlers}, {&w.head.End, in.End}} {
		code, err := w.bytecode(b.file)
		if err == nil {
			*b.part, err = w.part(code)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// source writes the source of a module, if it has one.
func (w *writer) source(root *tree, stdlib string, m Module) error {
	if m.Source == "" {
		return nil
	}
	text, err := os.ReadFile(m.Source)
	if err != nil {
		return err
	}
	part, err := w.part(text)
	if err != nil {
		return err
	}
	return root.addSource(stdlib, m.Dest, part)
}

// finish writes the index and the head.
func (w *writer) finish(root *tree) (err error) {
	encodings := root.dirs["encodings"]
	if encodings == nil || encodings.code.Size == 0 {
		return errors.New("the package encodings is not among the modules")
	}
	w.head.EncodingsCode = encodings.code
	dynload, site := root.take("lib-dynload"), root.take("site-packages")
	for _, d := range []struct {
		part *modules.Part
		tree *tree
	}{{&w.head.Stdlib, root}, {&w.head.Dynload, dynload}, {&w.head.Site, site}, {&w.head.Zip, newTree()}} {
		if *d.part, err = w.index(d.tree); err != nil {
			return err
		}
	}
	w.head.EncodingsDir = encodings.dir
	w.head.Size = uint32(w.at)
	_, err = w.file.WriteAt(w.head.Encode(), 0)
	return err
}

// part appends data to the file.
func (w *writer) part(data []byte) (modules.Part, error) {
	if w.at+int64(len(data)) > maxSize {
		return modules.Part{}, errors.New("more than 2 GiB of modules; --py-layout=tree keeps them as files")
	}
	p := modules.Part{Offset: uint32(w.at), Size: uint32(len(data))}
	n, err := w.file.Write(data)
	w.at += int64(n)
	return p, err
}

// pycHead is the size of what precedes the code in a .pyc (PEP 552).
const pycHead = 16

// bytecode reads the marshalled code of a .pyc file. All must be of one Python.
func (w *writer) bytecode(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(data) <= pycHead {
		return nil, fmt.Errorf("%s is no byte code", file)
	}
	magic := [4]byte(data)
	if w.head.Python == ([4]byte{}) {
		w.head.Python = magic
	}
	if magic != w.head.Python {
		return nil, fmt.Errorf("%s is byte code of another Python", file)
	}
	return data[pycHead:], nil
}
