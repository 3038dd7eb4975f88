package helper

import (
	"context"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Inspect has two readers read every file of the request, and hands over what they
// found as it comes, one call at a time.
func (h *Helper) Inspect(ctx context.Context, req InspectRequest, each func(Reading)) error {
	tools, err := h.tools(ctx)
	if err != nil {
		return err
	}
	steps := &phases{rep: h.rep, title: "read the native files"}
	defer steps.done()
	return h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opInspect, fields: req, answer: typeInspected, result: &Inspected{}, progress: steps.step, reading: each,
	})
}

// Imports says what modules import, as the interpreter of dist reads them.
func (h *Helper) Imports(ctx context.Context, dist *pydist.Dist, req ImportsRequest) (*Imports, error) {
	answer := &Imports{}
	steps := &phases{rep: h.rep, title: "read the Python modules"}
	defer steps.done()
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	main, err := tools.main(ctx)
	if err != nil {
		return nil, err
	}
	err = h.askPlain(ctx, dist, main, &conversation{
		op: opImports, fields: req, answer: typeImports, result: answer, progress: steps.step,
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// InspectRequest asks what native files say about themselves. It is answered in the
// managed interpreter, by two readers for each file; each file is read in a process
// that may die.
type InspectRequest struct {
	Files   []InspectFile `json:"files"`
	Workers int           `json:"workers"` // processes at a time, at least 1
	Seconds int           `json:"seconds"` // after which a file is given up
	Memory  int           `json:"memory"`  // MiB a process may have, besides some multiple of the file's size
}

// InspectFile is one native file.
type InspectFile struct {
	Name   string `json:"name"`   // what the answer calls it
	Source string `json:"source"` // absolute
}

// Reading is what one reader found in one file. One message for each file and
// reader, in no order.
type Reading struct {
	Name   string  `json:"name"`
	Reader string  `json:"reader"` // "lief", "pyelftools", "macholib"
	Error  string  `json:"error"`  // one line, and no images
	Images []Image `json:"images"` // several in a fat Mach-O file
}

// Inspected is the answer to an InspectRequest: all readings were sent.
type Inspected struct {
	Count int `json:"count"` // files
}

// Image is a binary as its loader sees it: an ELF file, a thin Mach-O file or one
// architecture of a fat one. Every reader fills every field in the same way, so that
// two of them can be compared; fields of the other format are empty.
type Image struct {
	Format string `json:"format"` // "elf", "mach-o"
	Arch   string `json:"arch"`   // as in platform tags: x86_64, i686, aarch64, armv7l, ppc64le, …; arm64 in Mach-O
	Bits   int    `json:"bits"`   // 32, 64
	Endian string `json:"endian"` // "little", "big"
	// Type is "executable" (ET_EXEC, MH_EXECUTE), "pie" (an executable ET_DYN),
	// "shared" (any other ET_DYN, MH_DYLIB), "bundle" (MH_BUNDLE), "object", "core",
	// or "other".
	Type string `json:"type"`
	// Name is DT_SONAME or the install name, "" if there is none.
	Name   string   `json:"name"`
	Needed []string `json:"needed"` // DT_NEEDED, or all LC_LOAD_…_DYLIB, in their order
	Weak   []string `json:"weak"`   // those of Needed that may be missing (LC_LOAD_WEAK_DYLIB)
	// RPath and RunPath are the directories as they stand, split at colons. LC_RPATH
	// are RPath.
	RPath   []string `json:"rpath"`
	RunPath []string `json:"runpath"`
	Interp  string   `json:"interp"` // PT_INTERP

	Imports  []Symbol  `json:"imports"`  // undefined dynamic symbols, sorted
	Exports  []Symbol  `json:"exports"`  // defined, global or weak, and visible, sorted
	Versions []Version `json:"versions"` // verneed, sorted
	Defines  []string  `json:"defines"`  // verdef without the base version, sorted

	MinOS    string `json:"minos"`    // "11.0": LC_BUILD_VERSION or LC_VERSION_MIN_…
	Platform string `json:"platform"` // "macos", "ios", …; "" in ELF

	Stack        string   `json:"stack"`         // PT_GNU_STACK: "rw", "rwx"; "" if there is none
	WritableCode []string `json:"writable_code"` // segments both writable and executable: "LOAD 0x1000", "__TEXT"
	RELRO        bool     `json:"relro"`         // PT_GNU_RELRO
	BindNow      bool     `json:"bind_now"`      // DF_BIND_NOW, DF_1_NOW or DT_BIND_NOW
	TextRel      bool     `json:"textrel"`       // DT_TEXTREL or DF_TEXTREL
	Signed       bool     `json:"signed"`        // LC_CODE_SIGNATURE
}

// Symbol is a dynamic symbol.
type Symbol struct {
	Name string `json:"name"`
	// Version is the symbol's version, "" if it has none; a symbol that is defined
	// in a hidden version (one @) has Hidden set.
	Version string `json:"version"`
	Hidden  bool   `json:"hidden"`
	// Library is where an undefined symbol is expected: that of its verneed, or the
	// two-level namespace's dylib; "" if anywhere.
	Library string `json:"library"`
	Weak    bool   `json:"weak"` // may be missing, or be overridden
}

// Version is a version that must be defined by a library.
type Version struct {
	Library string `json:"library"` // "libc.so.6"
	Name    string `json:"name"`    // "GLIBC_2.17"
	Weak    bool   `json:"weak"`
}

// ImportsRequest asks what Python modules import. It is answered in an interpreter of
// the version that wrote their byte code. No module is executed; each is read in a
// process that may die.
type ImportsRequest struct {
	Files   []ImportsFile `json:"files"`
	Workers int           `json:"workers"`
	Seconds int           `json:"seconds"`
	Memory  int           `json:"memory"` // MiB
}

// ImportsFile is a .pyc or .py file.
type ImportsFile struct {
	Path    string `json:"path"`    // in the container
	Source  string `json:"source"`  // absolute
	Module  string `json:"module"`  // dotted
	Package bool   `json:"package"` // it is a package's __init__
}

// Imports is the answer to an ImportsRequest.
type Imports struct {
	Version  string         `json:"version"`  // of the interpreter
	Builtins []string       `json:"builtins"` // built in or frozen, sorted
	Modules  []PythonModule `json:"modules"`  // in the order of the request
}

// PythonModule is a module and what it imports.
type PythonModule struct {
	Name    string   `json:"name"` // dotted
	Path    string   `json:"path"` // in the container
	Package bool     `json:"package"`
	Error   string   `json:"error"` // why its imports are not known, one line
	Imports []Import `json:"imports"`
}

// Import is one import statement.
type Import struct {
	Module string   `json:"module"` // absolute: "numpy.linalg"
	Names  []string `json:"names"`  // of "from module import names": attributes or submodules
	Line   int      `json:"line"`
	// Guarded: a handler catches ImportError. Delayed: inside of a function.
	// Conditional: behind a branch (if sys.platform, if TYPE_CHECKING) or in a handler.
	Guarded     bool `json:"guarded"`
	Delayed     bool `json:"delayed"`
	Conditional bool `json:"conditional"`
}
