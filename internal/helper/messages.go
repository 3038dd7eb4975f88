package helper

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Protocol is the version of the language that this package and pyhelper speak.
// One request, a JSON object, goes to pyhelper's standard input. Its answer is a
// stream of JSON objects, one a line: any number of progress, warning and finding
// messages, then exactly one final message, the result or an error. Every type
// below has a twin in pyhelper's protocol.py; pyhelper/testdata/protocol.golden.jsonl
// holds an example of each and is read by the tests of both sides. A list that is
// nil here may be null there.
const Protocol = 1

// The operations of a request, and the types of the messages that answer them.
const (
	opHello   = "hello"
	opAnalyze = "analyze"
	opCompile = "compile"
	opOutline = "outline"
	opLink    = "link"
	opInspect = "inspect"
	opImports = "imports"
	opEdit    = "edit"

	typeHello     = "hello"
	typePlan      = "plan"
	typeCompiled  = "compiled"
	typeOutlined  = "outlined"
	typeLinked    = "linked"
	typeEdited    = "edited"
	typeProgress  = "progress"
	typeWarning   = "warning"
	typeFinding   = "finding"
	typeReading   = "reading"
	typeInspected = "inspected"
	typeImports   = "imports"
	typeError     = "error"
)

// header is what a request has besides the fields of its operation.
type header struct {
	Protocol int    `json:"protocol"`
	Op       string `json:"op"`
}

// AnalyzeRequest asks which files a program needs that imports Modules and runs
// Snippets. It is answered in the target interpreter.
type AnalyzeRequest struct {
	Workdir  string         `json:"workdir"`  // absolute, exists, empty; keeps PyInstaller's own records
	Bytecode string         `json:"bytecode"` // absolute, exists, empty, for Plan.Made; "" if that is not wanted
	Modules  []Module       `json:"modules"`
	Snippets []Snippet      `json:"snippets"`
	Options  AnalyzeOptions `json:"options"`
}

// Module is a Python module that the program asks for by name.
type Module struct {
	Name      string   `json:"name"`      // dotted
	Positions []string `json:"positions"` // "main.go:12:2", where the program asks for it; or the flag, or line of a file, of a hidden import
}

// Snippet is Python source that the Go program contains.
type Snippet struct {
	Name string `json:"name"` // its position, "main.go:20:3"
	Code string `json:"code"`
}

// CompileRequest asks for bytecode. It is answered in the target interpreter.
type CompileRequest struct {
	Jobs     []CompileJob `json:"jobs"`
	Optimize int          `json:"optimize"` // 0, 1 or 2, as python -O counts
}

// CompileJob is one file of Python source.
type CompileJob struct {
	Source string `json:"source"` // absolute
	Name   string `json:"name"`   // the file name that tracebacks show; no path of the build machine
	Output string `json:"output"` // absolute; unchecked-hash bytecode (PEP 552)
}

// LinkRequest asks to make the native files of a bundle find one another. It is
// answered in the managed interpreter.
type LinkRequest struct {
	Files   []LinkFile `json:"files"`
	Output  string     `json:"output"`  // absolute, exists; for patched copies
	Neutral []Neutral  `json:"neutral"` // of the plan
	Program string     `json:"program"` // absolute: an executable that finds the bundle's python directory beside itself; "" for none

	// Starter, a library among Files, takes the place of the library InsteadOf among
	// what the program needs; "" for none.
	Starter   string `json:"starter"`
	InsteadOf string `json:"instead_of"`

	// Farm asks for that layout: every shared object once, reached by links.
	Farm bool `json:"farm"`

	// Strip takes symbols and debug information out of libraries and extension modules.
	Strip bool `json:"strip"`

	// Bind is the Dest of a library that the program opens, and that nothing is linked
	// with: its references to its own symbols are bound. "" for none.
	Bind string `json:"bind"`

	// Unused are modules built into libpython, which is the first of Files, that go with
	// all that only they need, but for those that an extension module names. Survey is
	// what SurveyOnce found about it.
	Unused []string `json:"unused"`
	Survey string   `json:"survey"`
}

// Neutral is a path of the build machine and what the files of the bundle say
// in its place.
type Neutral struct {
	Path    string `json:"path"`
	Instead string `json:"instead"`
}

// LinkFile is an extension module, a shared library or the interpreter.
type LinkFile struct {
	Dest   string `json:"dest"`   // in the bundle, relative to its python directory, with slashes
	Source string `json:"source"` // absolute
}

// editRequest asks for changes of a TOML file. It is answered in the managed
// interpreter.
type editRequest struct {
	Text    string  `json:"text"` // of the whole file
	Entries []Entry `json:"entries"`
}

// Entry is one change of a list of strings in a TOML file: the value of Key in
// [Table]. Without Old, New is added at the end; without New, Old is taken out;
// with both, New stands where Old stood. What does not exist yet is made.
type Entry struct {
	Table []string `json:"table"` // {"tool", "llgo-py"}; none is the top of the file
	Key   string   `json:"key"`
	Old   string   `json:"old"`
	New   string   `json:"new"`
}

// Hello says who answers.
type Hello struct {
	Protocol int               `json:"protocol"`
	Python   string            `json:"python"`   // version
	Packages map[string]string `json:"packages"` // name to version
}

// Progress tells how far an operation is.
type Progress struct {
	Phase string `json:"phase"` // the operation
	Done  int    `json:"done"`
	Total int    `json:"total"` // 0: unknown
	Text  string `json:"text"`  // what is being worked on
}

// Warning tells of something that did not stop an operation.
type Warning struct {
	Text string `json:"text"`
}

// Finding is something wrong, or worth knowing, in a native file.
type Finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"` // "error", "warning" or "note"
	Path     string `json:"path"`     // in the bundle
	Text     string `json:"text"`
}

// Plan is what a program needs.
type Plan struct {
	Python        PlanPython     `json:"python"`
	Files         []PlanFile     `json:"files"` // sorted by Dest, which is unique
	Distributions []Distribution `json:"distributions"`
	Missing       []Missing      `json:"missing"`
	Imports       []Imported     `json:"imports"` // who imports whom; sorted by Name
	TOC           string         `json:"toc"`     // PyInstaller's record of the analysis, absolute
	Made          []MadeCode     `json:"made"`    // what CompileOnce need not compile
}

// MadeCode is the byte code of a module that the analysis compiled anyway: what Compile
// writes without optimisation.
type MadeCode struct {
	Source string `json:"source"` // absolute
	SHA256 string `json:"sha256"` // of the source, hexadecimal
	Name   string `json:"name"`   // as in a CompileJob
	Output string `json:"output"` // absolute
}

// PlanPython describes the target interpreter.
type PlanPython struct {
	Version    string `json:"version"`
	ABIFlags   string `json:"abiflags"`
	SOABI      string `json:"soabi"`
	Platform   string `json:"platform"`
	Stdlib     string `json:"stdlib"`      // absolute
	LibDirName string `json:"libdir_name"` // "python3.14"

	// Neutral are the paths that the target was built and installed under. They
	// are in its own files, and in those of libpython: a LinkRequest repeats them.
	Neutral []Neutral `json:"neutral"`
}

// Kind says what a file of a plan is and what becomes of it.
type Kind string

// The kinds of files.
const (
	KindModule    Kind = "module"    // Python source, to be compiled to Dest
	KindSource    Kind = "source"    // Python source, shipped as it is
	KindExtension Kind = "extension" // an extension module
	KindLibrary   Kind = "library"   // a shared library
	KindData      Kind = "data"
	KindSymlink   Kind = "symlink" // a symbolic link to Target; there is no Source
)

// PlanFile is one file of the bundle.
type PlanFile struct {
	Dest         string `json:"dest"`   // relative to the bundle's python directory, with slashes
	Source       string `json:"source"` // absolute
	Kind         Kind   `json:"kind"`
	Module       string `json:"module"`       // dotted name, where it is a module
	Distribution string `json:"distribution"` // whose file it is, where that is known
	Target       string `json:"target"`       // of a symlink, relative to the link
	AskedBy      string `json:"asked_by"`     // the module whose hook, or use of ctypes, asks for a file that is no module
}

// Distribution is an installed Python distribution that the bundle has files of.
type Distribution struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	License string `json:"license"` // what the metadata says; "" if nothing
	SPDX    string `json:"spdx"`    // the same as a canonical SPDX expression, "" if it is none
}

// Missing is a module that is imported and was not found.
type Missing struct {
	Module    string   `json:"module"`
	Importers []string `json:"importers"`
	Reason    Reason   `json:"reason"`
}

// Reason is why nobody need mind that a module is missing, or that somebody must.
type Reason string

// The reasons; pyhelper/analysis/missing.py has the rules.
const (
	MissingRequired  Reason = "required"  // imports that are always carried out fail without it
	MissingGuarded   Reason = "guarded"   // on every way to it there is a try, an if or a function
	MissingPlatform  Reason = "platform"  // a module of another system
	MissingAttribute Reason = "attribute" // of a package that is there: made at run time
	MissingExcluded  Reason = "excluded"  // left out on purpose
)

// Imported is a module of the graph of imports, with those who import it.
type Imported struct {
	// Name may also be Program, Startup or that of a Snippet.
	Name string `json:"name"`
	// Importers are indices of Plan.Imports, ascending. How has one letter for
	// each: i plainly, t inside try, c inside if, d in a function, h a hook's
	// hidden import, s in the stub of an extension, p a part of this package.
	Importers []int  `json:"importers"`
	How       string `json:"how"`
	State     string `json:"state"` // "missing", "invalid", "excluded"; "" for one that is there
}

// The names of Imported that are no modules.
const (
	ImportedByProgram = "<program>" // imports what the program asks for by name
	ImportedByStartup = "<startup>" // imports what an interpreter needs in any case
)

// ImportedBySnippet is the name of Python source that the program runs.
func ImportedBySnippet(code string) string {
	return fmt.Sprintf("<snippet:%.6x>", sha256.Sum256([]byte(code)))
}

// Compiled is the answer to a CompileRequest.
type Compiled struct {
	Count  int             `json:"count"` // files written
	Failed []CompileFailed `json:"failed"`
}

// CompileFailed is a file that could not be compiled.
type CompileFailed struct {
	Source string `json:"source"`
	Text   string `json:"text"`
}

// Linked is the answer to a LinkRequest.
type Linked struct {
	Files []LinkedFile `json:"files"`
	Added []LinkFile   `json:"added"` // libraries of the build machine that the bundle needs

	Program string `json:"program"` // the executable to ship; "" if the request has none
	Names   []Name `json:"names"`   // of layout farm: links besides those from Dest to Real, sorted

	// Looked are the paths on this machine that the answer depends on, whether something
	// is there or not; of Mach-O files nothing is known.
	Looked []string `json:"looked"`

	Unused  []string `json:"unused"`  // modules that libpython lacks now
	Emptied int64    `json:"emptied"` // bytes of it that became traps and zeros

	// Findings are the finding messages that came before, in their order.
	Findings []Finding `json:"-"`
}

// LinkedFile is a native file as it goes into the bundle.
type LinkedFile struct {
	Dest     string   `json:"dest"`
	Source   string   `json:"source"` // the original, or a patched copy
	Patched  bool     `json:"patched"`
	SONAME   string   `json:"soname"`
	Needed   []string `json:"needed"`
	RunPath  []string `json:"runpath"`
	Stripped int64    `json:"stripped"` // bytes of symbols that were taken out
	Real     string   `json:"real"`     // where the file is if at Dest there is a link to it; "" if it is at Dest

	// SHA256 is that of Source, 64 hexadecimal digits, where LinkOnce has just read it; no
	// message has it.
	SHA256 string `json:"-"`
}

// Name is a link by which a native file is found.
type Name struct {
	Dest   string `json:"dest"`   // in the bundle
	Target string `json:"target"` // relative to the link
}

// edited is the answer to an editRequest.
type edited struct {
	Text string `json:"text"`
}

// encode joins what every message of its sort has with its own fields.
func encode(common, fields any) ([]byte, error) {
	head, err := json.Marshal(common)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(fields)
	if err != nil || fields == nil || string(body) == "{}" {
		return head, err
	}
	return append(append(head[:len(head)-1], ','), body[1:]...), nil
}
