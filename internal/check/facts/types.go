package facts

import (
	"io"
	"io/fs"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Kind is what a container is.
type Kind string

// The kinds of containers.
const (
	Executable Kind = "executable" // one native file (a library as well)
	Onedir     Kind = "onedir"     // a program and python/ with a manifest
	Onefile    Kind = "onefile"    // a program with its payload inside
	Wheel      Kind = "wheel"      // a .whl archive
	Directory  Kind = "directory"  // files that are none of these
)

// A Container is one thing to judge: its files, and what it says about them.
type Container struct {
	Path    string // as it was given, or found below what was given
	Kind    Kind
	Program string // path of the program among Files; "" if there is none
	Files   []File // sorted by Path as bytes, which is unique
	// Mapped are the modules of the module file that mention paths of machines; what
	// mentions are left to the file itself are in sources. Filled by Collect.
	Mapped []File

	// Manifest is that of an onedir or onefile; nil where there is none or it
	// cannot be read (then Damages say so).
	Manifest *bundle.Manifest
	Payload  *Payload   // of a onefile
	Wheel    *WheelInfo // of a wheel

	// Distributions are those that have a .dist-info directory here or are named
	// by the manifest, sorted by name.
	Distributions []Distribution
	// Changes are the differences between Files and what the manifest, or the RECORD of
	// a wheel, says of them. Filled by Collect.
	Changes []Change
	// Damages are what could not be read although it should be.
	Damages []Damage

	// Modules are the Python modules of the container with their imports, sorted by
	// name; Interpreter is who read them. Filled by Collect.
	Modules     []Module
	Interpreter Interpreter
	// Notes say what was not looked at and why, one line each.
	Notes []string

	closers []io.Closer
}

// A File is a file or link of a container. Directories are listed if empty.
type File struct {
	Path   string      // relative to the container, with slashes: "python/lib/libz.so.1"
	Mode   fs.FileMode // type, permissions, setuid, setgid, sticky
	Size   int64       // bytes of a regular file
	Target string      // of a symbolic link, as it is
	Links  []string    // in layout farm: the links that lead to it, sorted; by Collect
	Packed bool        // comes from the payload or the archive, not from the disk

	SHA256   string    // hexadecimal, of a regular file that could be read; by Collect
	Binary   *Binary   // if it is ELF or Mach-O; by Collect
	Mentions []Mention // paths of machines in it; by Collect

	open func() (io.ReadCloser, error)
	disk string // its path on this machine, if it has one
}

// Open opens the content of a regular file. What is damaged fails while it is read.
func (f *File) Open() (io.ReadCloser, error) {
	if f.open == nil {
		return nil, fs.ErrInvalid
	}
	return f.open()
}

// Payload is the archive in a onefile.
type Payload struct {
	ID       string // SHA-256 of its index, in hexadecimal
	Offset   int64  // in the file
	Size     int64  // bytes
	Launcher bool   // the program itself is inside; what is outside only starts it
}

// WheelInfo is what a wheel says of itself: its file name (PEP 427) and .dist-info.
type WheelInfo struct {
	Name     string
	Version  string
	Tags     []string // "cp314-cp314-manylinux_2_17_x86_64", sorted: those of the file WHEEL
	NameTags []string // those of the file's name
	Purelib  bool     // Root-Is-Purelib
	DistInfo string   // the directory: "numpy-2.5.5.dist-info"
}

// A Distribution is a Python distribution that has files in the container.
type Distribution struct {
	Name         string
	Version      string
	License      string   // SPDX expression, licence field or classifiers; "" if unknown
	LicenseFiles []string // paths among Files, sorted
	Path         string   // of its .dist-info; "" if only the manifest names it
}

// A Change is a file that is not as the manifest or RECORD has it.
type Change struct {
	Path   string
	Change bundle.Change // missing, changed, added
	Detail string        // "size 12, not 15"; may be ""
}

// Damage is something that is broken: cut short, forged, inconsistent.
type Damage struct {
	Path string // of the file, or "" where it is the container as a whole
	Text string // one line
}

// A Mention is the path of somebody's machine in the content of a file.
type Mention struct {
	Path   string // as far as it reads as a path: "/home/me/src/app/main.c"
	Offset int64  // of its first occurrence
	Count  int    // how many times
}

// What the helper's readers and Go's have in common is defined where the protocol is.
type (
	// Image is what one reader says about one architecture of a binary.
	Image = helper.Image
	// Symbol is a dynamic symbol of an Image.
	Symbol = helper.Symbol
	// Version is a version that a binary needs of a library (ELF verneed).
	Version = helper.Version
	// Import is one import statement of a module.
	Import = helper.Import
	// Module is a Python module and what it imports.
	Module = helper.PythonModule
)

// A Reader is one of those that read binaries.
type Reader string

// The readers.
const (
	Lief       Reader = "lief"
	PyELFTools Reader = "pyelftools"
	MachOLib   Reader = "macholib"
	DebugELF   Reader = "debug/elf"
	DebugMachO Reader = "debug/macho"
)

// A Binary is an ELF or Mach-O file.
type Binary struct {
	// Images are the facts the readers agree on, and in a field where they do not,
	// the value of the first of them that could read the file. One for ELF and
	// thin Mach-O, one for each architecture of a fat one, in its order. Empty if
	// nobody could read it.
	Images        []Image
	Readers       []Reader // who read it without failing
	Failures      []Failure
	Disagreements []Disagreement

	Signatures []Signature // of Mach-O images, in the order of Images
	Extension  *Extension  // if its name or its symbols say that it is an extension module
}

// A Failure is a reader that could not read a binary.
type Failure struct {
	Reader Reader
	Text   string // one line: "Magic number does not match", "killed after 30s"
}

// A Disagreement is a field of an image for which readers have different values.
type Disagreement struct {
	Arch   string // of the image; "" if they do not even agree on the images
	Field  string // "needed", as in the JSON of Image
	Values []ReaderValue
}

// A ReaderValue is what one reader says. Lists are shortened to what differs.
type ReaderValue struct {
	Reader Reader
	Value  string
}

// A Signature is the code signature of a Mach-O image.
type Signature struct {
	Present bool
	AdHoc   bool   // signed by nobody, as linkers and codesign -s - do
	Hashed  bool   // there is a CodeDirectory with hashes this package can verify
	Problem string // what does not fit, one line; "" if every hash fits
}

// Extension is what makes a binary a CPython extension module.
type Extension struct {
	Module string // by its path: "numpy._core._multiarray_umath", or only its last name
	Tag    string // between the name and the suffix: "cpython-314-x86_64-linux-gnu", "abi3", ""
	Init   bool   // it exports PyInit_<name> (PEP 489), or PyModExport_<name> (PEP 793)
}

// Interpreter is the CPython that read Modules: of the version of the container's own
// where there is one.
type Interpreter struct {
	Version  string   // "3.14.6"; "" if nobody read them
	Builtins []string // modules that are compiled into it or frozen, sorted
}
