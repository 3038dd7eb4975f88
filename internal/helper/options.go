package helper

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

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

// state stands for the options and for everything in files that an analysis reads
// because of them: modules and hooks by content, other files, which travel as
// they are when the tree is written, by name, size and time.
func (o AnalyzeOptions) state() (string, error) {
	o.Excludes, o.Collect = slices.Clone(o.Excludes), slices.Clone(o.Collect)
	for i := range o.Excludes {
		o.Excludes[i].Positions = nil // who says so is for errors, which are not kept
	}
	for i := range o.Collect {
		o.Collect[i].Origin = ""
	}
	text, err := json.Marshal(o)
	parts := []string{string(text)}
	for _, root := range slices.Concat(o.Paths, o.HookDirs, o.RuntimeHooks) {
		if err == nil {
			err = addState(&parts, root)
		}
	}
	for _, a := range o.Additions {
		if err == nil {
			err = addFileState(&parts, a.Source)
		}
	}
	return digest(parts...), err
}

// addState adds the files at and below a path, in their order, but for what no
// module is in: byte code that Python keeps, and hidden directories.
func addState(parts *[]string, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return addFileState(parts, path)
		case path != root && (d.Name() == "__pycache__" || strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		}
		return nil
	})
}

func addFileState(parts *[]string, path string) error {
	if ext := filepath.Ext(path); ext == ".py" || ext == ".dat" {
		data, err := os.ReadFile(path)
		*parts = append(*parts, path, string(data))
		return err
	}
	fi, err := os.Stat(path)
	if os.IsNotExist(err) {
		return nil // a link to nothing
	}
	if err != nil {
		return err
	}
	*parts = append(*parts, path, fmt.Sprint(fi.Size(), fi.ModTime().UnixNano()))
	return nil
}
