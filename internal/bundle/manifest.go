package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ManifestPath is where the manifest is, from the directory of the program.
const ManifestPath = pythonDir + "/" + manifestName

// manifestFormat marks a manifest as ours: only a python/ with it is replaced.
const manifestFormat = "llgo-py-onedir"

// manifestVersion is that of the schema below. Fields may be added without a new
// one; readers refuse what is newer.
const manifestVersion = 1

// Manifest is python/manifest.json: what is in a tree, and where it is from. It
// holds no path, time or name of the machine that built it.
type Manifest struct {
	Format        string         `json:"format"`  // "llgo-py-onedir"
	Version       int            `json:"version"` // 1
	Tool          string         `json:"tool"`    // "llgo-py 0.1.0"
	Program       string         `json:"program"` // "app": whose tree it is
	Python        Python         `json:"python"`
	Distributions []Distribution `json:"distributions"` // sorted by name
	// Layout is "farm", or "" for a tree with every file at the place it is used by.
	Layout string `json:"layout,omitempty"`
	// ModuleFile is the path of the file that holds Modules, "" where every module
	// is a file of its own.
	ModuleFile string   `json:"moduleFile,omitempty"`
	Modules    []Mapped `json:"modules,omitempty"` // sorted by path
	Files      []Entry  `json:"files"`             // sorted by path; all but the manifest itself
}

// Entry is a file or link of a manifest.
type Entry struct {
	// Path is relative to the directory of the program: "app",
	// "python/lib/python3.14/os.pyc".
	Path   string `json:"path"`
	Kind   Kind   `json:"kind"`
	Origin Origin `json:"origin"`
	// Distribution is the name in Manifest.Distributions, where the version and
	// the licence are.
	Distribution string `json:"distribution,omitempty"`
	Module       string `json:"module,omitempty"`
	// Link is the target of a link; links have no mode and no sum, and size 0.
	Link   string `json:"link,omitempty"`
	Mode   string `json:"mode,omitempty"` // "0644" or "0755"
	Size   int64  `json:"size"`           // bytes
	SHA256 string `json:"sha256,omitempty"`
}

// Mapped is a module in the module file (internal/bootstrap/modules). Its bytes
// there are what a .pyc file holds after its head of 16 bytes.
type Mapped struct {
	// Path is where the module would lie as a file, and where Python says that it
	// is: "python/lib/python3.14/json/decoder.pyc".
	Path         string `json:"path"`
	Module       string `json:"module"`
	Origin       Origin `json:"origin"`
	Distribution string `json:"distribution,omitempty"`
	Offset       int64  `json:"offset"` // bytes, in the module file
	Size         int64  `json:"size"`   // bytes
	SHA256       string `json:"sha256"`
}

// encode returns the bytes of manifest.json: the head indented, then one line
// for each module and file, so that two manifests can be compared by diff and
// searched by grep.
func (m *Manifest) encode() ([]byte, error) {
	head := *m
	head.Files, head.Modules = []Entry{}, nil
	if head.Distributions == nil {
		head.Distributions = []Distribution{}
	}
	text, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(bytes.TrimSuffix(text, []byte("\"files\": []\n}")))
	if len(m.Modules) > 0 {
		out.WriteString(`"modules": `)
		if err := writeLines(out, m.Modules); err != nil {
			return nil, err
		}
		out.WriteString(",\n  ")
	}
	out.WriteString(`"files": `)
	if err := writeLines(out, m.Files); err != nil {
		return nil, err
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

// writeLines writes a JSON array with one line for each value.
func writeLines[T any](out *bytes.Buffer, values []T) error {
	start := "[\n    "
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		out.WriteString(start)
		out.Write(line)
		start = ",\n    "
	}
	out.WriteString("\n  ]")
	return nil
}

// ReadManifest reads the manifest of the tree in dir, the directory of the
// program. Where there is none the error matches fs.ErrNotExist.
func ReadManifest(dir string) (*Manifest, error) {
	name := filepath.Join(dir, pythonDir, manifestName)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	m, err := DecodeManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// DecodeManifest reads a manifest and checks what a reader may rely on: the format,
// and that no path leads out of the tree.
func DecodeManifest(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil || m.Format != manifestFormat {
		return nil, errors.New("not a manifest of a packaged program")
	}
	if m.Version > manifestVersion {
		return nil, fmt.Errorf("manifest version %d is newer than this program, which knows %d", m.Version, manifestVersion)
	}
	for _, e := range m.Files {
		if !cleanPath(e.Path) {
			return nil, fmt.Errorf("manifest with a path outside of the tree: %q", e.Path)
		}
	}
	if m.ModuleFile != "" && !cleanPath(m.ModuleFile) {
		return nil, fmt.Errorf("manifest with a path outside of the tree: %q", m.ModuleFile)
	}
	return &m, nil
}

// InSitePackages returns a path of a tree relative to the directory of sys.path for
// packages that it is in: below lib, and in layout farm one of several.
func InSitePackages(name string) (inside string, ok bool) {
	before, inside, ok := strings.Cut(name, "/site-packages/")
	if ok && before == pythonDir {
		_, inside, ok = strings.Cut(inside, "/")
	}
	return inside, ok
}

// isMissing tells whether there is no such file, or no such directory.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
