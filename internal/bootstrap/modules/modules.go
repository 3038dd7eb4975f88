// Package modules describes the module file of a packaged program:
// python/lib/python3.X/modules.marshal holds the code of all Python modules that
// need not be files of their own. This comment is the definition of its format.
//
// # Why
//
// Importing a module from a directory costs a dozen system calls; from memory it
// costs none. So the program maps one file and a finder of ours looks names up in
// it (pyhelper/mapped). The file is made for one version of CPython and is read by
// it alone: numbers are little-endian, as all our platforms are, and what Python
// reads is in the format of its own marshal module.
//
//	head       96 bytes, see Head
//	code       of start.py, finder.py, handlers.py, end.py: marshalled code objects
//	modules    each a marshalled code object, as in a .pyc after its 16 bytes
//	sources    with --py-sources: the text of each module, as it was found
//	index      one marshalled dict for each directory, and one for its sources
//
// The index of a directory has one entry for each name in it; pyhelper/mapped's
// finder.py lists their forms. Offsets count from the start of the file. Parts
// follow one another without padding; the file is smaller than 2 GiB, because
// CPython's table of frozen modules, by which the program hands the memory to
// Python, counts in int.
//
// # Start
//
// CPython imports the package encodings before anything else. Where the program
// itself starts CPython 3.11 or later, encodings is a frozen module whose code is
// start.py, and "_llgo_modules" a second one, never imported, that is the whole
// file: _imp.find_frozen returns a view of it. Nothing is opened and nothing is
// looked for. Everywhere else, in python/bin/python3 and before 3.11, the file
// encodings/__init__.pyc has the code of start.py and maps the file by itself. In
// both cases start.py runs the finder's code, which puts itself first on
// sys.meta_path and then makes the module the real encodings.
package modules

import (
	"encoding/binary"
	"errors"
)

// Name is the file's name, in the directory of the standard library.
const Name = "modules.marshal"

// Names in CPython's table of frozen modules.
const (
	FrozenStart = "encodings"
	FrozenFile  = "_llgo_modules"
)

// HeadSize is the number of bytes of the head.
const HeadSize = 96

// Magic is how the file begins.
const Magic = "LLGOPYM1"

// Part is a piece of the file.
type Part struct{ Offset, Size uint32 }

// Head is the start of the file: the magic "LLGOPYM1", the magic number of the
// byte code (PEP 3147), the size of the file, then these parts in this order.
type Head struct {
	Python [4]byte // importlib.util.MAGIC_NUMBER
	Size   uint32  // of the whole file

	Finder, Start, Handlers, End Part // code; the bootstrap runs the last two
	EncodingsCode, EncodingsDir  Part // the package encodings
	Stdlib, Dynload, Site        Part // index of lib/python3.X, lib-dynload and site-packages below it
	Zip                          Part // an empty index, for the zip file on sys.path
}

func (h *Head) parts() []*Part {
	return []*Part{&h.Finder, &h.Start, &h.Handlers, &h.End, &h.EncodingsCode, &h.EncodingsDir,
		&h.Stdlib, &h.Dynload, &h.Site, &h.Zip}
}

// Encode returns the head as it is in the file.
func (h *Head) Encode() []byte {
	out := append([]byte(Magic), h.Python[:]...)
	out = binary.LittleEndian.AppendUint32(out, h.Size)
	for _, p := range h.parts() {
		out = binary.LittleEndian.AppendUint32(out, p.Offset)
		out = binary.LittleEndian.AppendUint32(out, p.Size)
	}
	return out
}

// Decode reads the head of a file and checks that all of it is there.
func Decode(file []byte) (*Head, error) {
	if len(file) < HeadSize || string(file[:len(Magic)]) != Magic {
		return nil, errors.New("not a module file")
	}
	h := &Head{Size: binary.LittleEndian.Uint32(file[12:])}
	copy(h.Python[:], file[8:])
	if uint64(h.Size) != uint64(len(file)) {
		return nil, errors.New("cut off, or joined with something else")
	}
	for i, p := range h.parts() {
		p.Offset = binary.LittleEndian.Uint32(file[16+8*i:])
		p.Size = binary.LittleEndian.Uint32(file[20+8*i:])
		if uint64(p.Offset)+uint64(p.Size) > uint64(len(file)) {
			return nil, errors.New("damaged")
		}
	}
	return h, nil
}

// Of returns the bytes of a part of the file.
func (p Part) Of(file []byte) []byte { return file[p.Offset : p.Offset+p.Size] }
