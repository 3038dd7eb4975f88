package modulefile

import (
	"encoding/binary"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
)

// A tree is one directory of modules. It is a package if it has code.
type tree struct {
	code    modules.Part
	modules map[string]modules.Part
	sources map[string]modules.Part // by file name
	files   map[string]string       // file names of extension modules; "" for other files
	dirs    map[string]*tree
	dir     modules.Part // its index, once that is written
}

func newTree() *tree {
	return &tree{
		modules: map[string]modules.Part{}, sources: map[string]modules.Part{},
		files: map[string]string{}, dirs: map[string]*tree{},
	}
}

// take takes a directory out, and returns it; an empty one if there is none.
func (t *tree) take(name string) *tree {
	d := t.dirs[name]
	if d == nil {
		return newTree()
	}
	delete(t.dirs, name)
	return d
}

// below returns the tree of a directory and makes it if there is none.
func (t *tree) below(dir string) *tree {
	if dir == "." {
		return t
	}
	for name := range strings.SplitSeq(dir, "/") {
		if t.dirs[name] == nil {
			t.dirs[name] = newTree()
		}
		t = t.dirs[name]
	}
	return t
}

const initName = "__init__"

// addModule adds a module by its place in the bundle.
func (t *tree) addModule(stdlib, dest string, part modules.Part) error {
	rel, ok := strings.CutPrefix(strings.TrimSuffix(dest, ".pyc"), stdlib+"/")
	if !ok || !strings.HasSuffix(dest, ".pyc") {
		return fmt.Errorf("%s is not the place of a module below %s", dest, stdlib)
	}
	dir, name := path.Split(rel)
	d := t.below(path.Clean(dir))
	if name == initName {
		d.code = part
	} else {
		d.modules[name] = part
	}
	return nil
}

// addSource adds the source of a module that has been added.
func (t *tree) addSource(stdlib, dest string, part modules.Part) error {
	rel := strings.TrimPrefix(strings.TrimSuffix(dest, "c"), stdlib+"/")
	dir, name := path.Split(rel)
	t.below(path.Clean(dir)).sources[name] = part
	return nil
}

// addFile adds an importable file that stays one, where the directory it lies in
// is in the index; elsewhere nobody asks for it here.
func (t *tree) addFile(stdlib, dest string) {
	rel, ok := strings.CutPrefix(dest, stdlib+"/")
	if !ok || strings.Contains(rel, "__pycache__/") {
		return
	}
	dir, base := path.Split(rel)
	if dir == "lib-dynload/" {
		t.below("lib-dynload")
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if dir == "" {
			break
		}
		if t = t.dirs[name]; t == nil {
			return
		}
	}
	name, suffix, _ := strings.Cut(base, ".")
	switch {
	case name == initName: // its directory is in the index without code: not ours
	case suffix == "py" || suffix == "pyc":
		t.files[name] = ""
	default:
		t.files[name] = base
	}
}

// index writes the index of a directory after those of the directories in it.
func (w *writer) index(t *tree) (modules.Part, error) {
	entries := map[string][]byte{}
	for name, part := range t.modules {
		entries[name] = numbers(part)
	}
	for name, file := range t.files { // of two, CPython prefers the extension
		if file != "" {
			entries[name] = text(file)
		} else if entries[name] == nil {
			entries[name] = []byte{typeFalse}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.dirs)) {
		d := t.dirs[name]
		var err error
		if d.dir, err = w.index(d); err != nil {
			return modules.Part{}, err
		}
		entries[name] = numbers(d.code, d.dir)
	}
	if len(t.sources) > 0 {
		sources := map[string][]byte{}
		for name, part := range t.sources {
			sources[name] = numbers(part)
		}
		part, err := w.part(dict(sources))
		if err != nil {
			return part, err
		}
		entries[""] = numbers(part)
	}
	return w.part(dict(entries))
}

// Types of CPython's marshal format, those that every version from 3.4 on reads.
const (
	typeDict       = '{'
	typeNull       = '0'
	typeFalse      = 'F'
	typeInt        = 'i'
	typeSmallTuple = ')'
	typeUnicode    = 'u'
	typeShortASCII = 'z'
)

// dict marshals a dict with keys in order.
func dict(entries map[string][]byte) []byte {
	out := []byte{typeDict}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		out = append(append(out, text(key)...), entries[key]...)
	}
	return append(out, typeNull)
}

// numbers marshals a tuple of offsets and sizes.
func numbers(parts ...modules.Part) []byte {
	out := []byte{typeSmallTuple, byte(2 * len(parts))}
	for _, p := range parts {
		for _, n := range []uint32{p.Offset, p.Size} {
			out = binary.LittleEndian.AppendUint32(append(out, typeInt), n)
		}
	}
	return out
}

// text marshals a str.
func text(s string) []byte {
	for _, c := range []byte(s) {
		if c >= 0x80 || len(s) > 255 {
			return append(binary.LittleEndian.AppendUint32([]byte{typeUnicode}, uint32(len(s))), s...)
		}
	}
	return append([]byte{typeShortASCII, byte(len(s))}, s...)
}
