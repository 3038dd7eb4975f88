package bundle

import "time"

// Input is what a tree is made of. Paths of sources are paths on this machine;
// none of them gets into the tree.
type Input struct {
	Name string // file name of the program: "app"
	Exe  string // the compiled program
	// NoProgram leaves the program out: the tree goes into a program of one file.
	NoProgram bool
	Tool      string // who writes the tree, for the manifest: "llgo-py 0.1.0"

	Python Python
	// LibPython is the shared library to put at lib/<SONAME>.
	LibPython string
	// LibPythonDest is where it goes instead, if lib/<SONAME> is to be a link to it.
	LibPythonDest string
	// Sums are the SHA-256, in hexadecimal, of sources by their paths, where somebody has
	// just read them: Describe need not.
	Sums map[string]string
	// Interpreter is an executable to put at bin/<LibDir>; "" generates the
	// launcher of package pylauncher, which exists for Linux with glibc.
	Interpreter string
	// NoInterpreter leaves bin/ out. Programs that start children through
	// sys.executable do not work then.
	NoInterpreter bool
	// Optimize is the level that the generated launcher starts with, as python -O counts.
	Optimize int

	// Layout is Farm, or "" where every file is at the place that it is used by.
	Layout string

	Files         []File
	Distributions []Distribution
	// ModuleFile is the Dest of the file among Files that holds Modules, if there
	// is one.
	ModuleFile string
	Modules    []Mapped
}

// Python says what CPython is in the tree.
type Python struct {
	Version  string `json:"version"`  // "3.14.6"
	SOABI    string `json:"soabi"`    // "cpython-314-x86_64-linux-gnu"
	Platform string `json:"platform"` // "linux-x86_64"
	LibDir   string `json:"libdir"`   // "python3.14"; "python3.14t" for a free-threaded build
	SONAME   string `json:"soname"`   // "libpython3.14.so.1.0", "libpython3.14.dylib"
	OS       string `json:"os"`       // a GOOS
	Arch     string `json:"arch"`     // a GOARCH
}

// Farm is the layout that has every shared object once, reached by links: reals/r,
// symlinks and ld_library_paths/l below python/ (pyhelper/binaries/farm.py), and the
// packages of each directory of sys.path in one of its own, site-packages/p1, …
const Farm = "farm"

// Kind is what a file is for.
type Kind string

// The kinds of files. Program and Interpreter are added by NewPlan.
const (
	Module      Kind = "module"    // compiled Python, .pyc
	Source      Kind = "source"    // .py
	Extension   Kind = "extension" // an extension module
	Library     Kind = "library"   // a shared library
	Data        Kind = "data"
	Symlink     Kind = "symlink"
	Program     Kind = "program"
	Interpreter Kind = "interpreter"
	ModuleFile  Kind = "modules" // the module file: see internal/bootstrap/modules
)

// Origin is where a file came from.
type Origin string

// The origins of files.
const (
	FromCPython      Origin = "cpython"
	FromDistribution Origin = "distribution" // a Python distribution, named beside it
	FromApp          Origin = "app"          // the program and modules of its own
	FromSystem       Origin = "system"       // a library of the build machine
	FromTool         Origin = "tool"         // generated here
)

// File is one file or link to put below python/.
type File struct {
	Dest         string // relative to python/, separated by slashes: "lib/python3.14/os.pyc"
	Source       string // what to copy, as it is; "" for links
	Kind         Kind
	Target       string // of a link, relative to its directory
	Module       string // the module the file is, if it is one: "json.decoder"
	Distribution string // the distribution it belongs to, if any: "numpy"
	// Origin may be "": then it is FromDistribution with a Distribution, else
	// FromCPython.
	Origin Origin
}

// Distribution is a Python distribution files come from.
type Distribution struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	License string `json:"license,omitempty"` // an SPDX expression or what the metadata says
}

// Options say where and how to write.
type Options struct {
	// Dir receives the program and python/. It is made if it does not exist.
	Dir string
	// ModTime is the modification time of everything below python/; zero means
	// DefaultModTime. SOURCE_DATE_EPOCH, if the user sets it, belongs here.
	ModTime time.Time
	// Inspect, if set, sees the finished tree before it is put in its place: dir
	// holds the program and python/. With an error nothing is put there.
	Inspect func(dir string) error
	// Progress, if set, is called after each file, from one goroutine at a time.
	Progress func(done, total int, path string)

	hooks hooks // for tests
}

// DefaultModTime is the time of files of which no other is given. It is one that
// every archive format can hold.
var DefaultModTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Result says what was written.
type Result struct {
	Dir      string // as in Options
	Program  string // path of the program
	Files    int    // files and links, manifest.json included
	Size     int64  // bytes of all files
	Manifest *Manifest
	// ManifestSHA256 is the sum of manifest.json, and so stands for the whole tree.
	ManifestSHA256 string
	// Recovered tells that the build before had been killed while it replaced
	// the tree, and that this one completed that first.
	Recovered bool
}
