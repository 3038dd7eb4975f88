package helper

// AnalyzeOptions are what the user adds to an analysis and takes away. Paths are
// absolute.
type AnalyzeOptions struct {
	Paths        []string   `json:"paths"`         // directories with modules of the program's own
	Excludes     []Module   `json:"excludes"`      // left out, whoever imports them
	Collect      []Collect  `json:"collect"`       // of packages, by name
	Additions    []Addition `json:"additions"`     // files
	HookDirs     []string   `json:"hook_dirs"`     // with hooks for PyInstaller
	RuntimeHooks []string   `json:"runtime_hooks"` // scripts that run before the program's own Python
	Everything   bool       `json:"everything"`    // all that is installed
	Farm         bool       `json:"farm"`          // the places of that layout, and the whole standard library
}

// Collect asks for something of a package.
type Collect struct {
	What   CollectKind `json:"what"`
	Name   string      `json:"name"`   // of a package, or of a distribution for metadata
	Origin string      `json:"origin"` // the flag, or file and line, that says so
}

// CollectKind says what PyInstaller's function of a similar name collects.
type CollectKind string

// The kinds.
const (
	CollectSubmodules    CollectKind = "submodules"
	CollectData          CollectKind = "data"
	CollectBinaries      CollectKind = "binaries"
	CollectAll           CollectKind = "all"
	CollectMetadata      CollectKind = "metadata"
	CollectMetadataOfAll CollectKind = "metadata of all" // of what it depends on, too
)

// Addition is a file to take along.
type Addition struct {
	Source string `json:"source"`
	Dest   string `json:"dest"`   // a directory below site-packages, or "."
	Binary bool   `json:"binary"` // a shared library, whose own libraries come along
}
