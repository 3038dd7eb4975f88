package dialect

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// The shim's one dependency. v0.10.0 because its own go.mod says `go 1.18`: a
// later one would raise the language version of the user's module, which
// changes what its loops mean (Go 1.22). A test holds these lines against this
// repository's go.sum.
const (
	puregoPath    = "github.com/ebitengine/purego"
	puregoVersion = "v0.10.0"
	puregoSums    = puregoPath + " v0.10.0 h1:QIw4xfpWT6GWTzaW5XEKy3HXoqrJGx1ijYHzTF0/ISU=\n" +
		puregoPath + " v0.10.0/go.mod h1:iIjxzd6CiRiOG0UyXP+V1+jWqUXVjPKLAI0mRfJZTmQ=\n"
)

// modfileCopy is the go.mod that stands in for the user's during one build.
type modfileCopy struct {
	file *modfile.File
	sums []byte
}

// readModfile copies the go.mod and go.sum of the program's main module and
// adds what the shim requires. The other modules of a workspace (go.work)
// become replacements, since -modfile works outside of workspaces only.
func readModfile(prog *gosource.Program, opts Options) (*modfileCopy, error) {
	main := mainModule(prog)
	if main == nil || main.GoMod == "" {
		return nil, errNoModule
	}
	name := main.GoMod
	if opts.Modfile != "" {
		name = opts.Modfile
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	file, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	m := &modfileCopy{file: file}
	m.sums, _ = os.ReadFile(strings.TrimSuffix(name, ".mod") + ".sum")
	m.sums = append(m.sums, puregoSums...)
	if err := m.require(puregoPath, puregoVersion); err != nil {
		return nil, err
	}
	return m, m.addWorkspace(prog, main)
}

// require adds a requirement of at least version.
func (m *modfileCopy) require(path, version string) error {
	return m.file.AddRequire(path, newest(m.file, path, version))
}

func mainModule(prog *gosource.Program) *gosource.Module {
	if prog.Main.Module != nil {
		return prog.Main.Module
	}
	// `llgo build main.go`: the file's package has no module, what it imports has.
	for _, p := range prog.Packages {
		if p.Module != nil && p.Module.Main {
			return p.Module
		}
	}
	return findModule(prog)
}

// findModule asks the file system, as the go command does, for the go.mod above
// a program given as files.
func findModule(prog *gosource.Program) *gosource.Module {
	for dir := prog.Main.Dir; ; dir = filepath.Dir(dir) {
		gomod := filepath.Join(dir, "go.mod")
		if _, err := os.Stat(gomod); err == nil {
			return &gosource.Module{Dir: dir, GoMod: gomod, Main: true}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (m *modfileCopy) addWorkspace(prog *gosource.Program, main *gosource.Module) error {
	for _, p := range prog.Packages {
		other := p.Module
		if other == nil || !other.Main || other.Path == main.Path || m.replaced(other.Path, other.Dir) {
			continue
		}
		m.replaceWith(other.Path, directory(other.Dir))
		sums, _ := os.ReadFile(strings.TrimSuffix(other.GoMod, ".mod") + ".sum")
		m.sums = append(m.sums, sums...)
		if err := m.require(other.Path, "v0.0.0-00010101000000-000000000000"); err != nil {
			return err
		}
	}
	return nil
}

// newest is the version of path that file requires, or else version.
func newest(file *modfile.File, path, version string) string {
	for _, r := range file.Require {
		if r.Mod.Path == path && semver.Compare(r.Mod.Version, version) > 0 {
			return r.Mod.Version
		}
	}
	return version
}

// directory is the replacement of a module by a directory.
func directory(dir string) module.Version { return module.Version{Path: dir} }

// replaceWith makes source that of module path, whatever its version.
func (m *modfileCopy) replaceWith(path string, source module.Version) {
	for _, r := range append([]*modfile.Replace(nil), m.file.Replace...) {
		if r.Old.Path == path {
			_ = m.file.DropReplace(r.Old.Path, r.Old.Version)
		}
	}
	// Fails only for a path that cannot be a module path; the go command listed it.
	_ = m.file.AddReplace(path, "", source.Path, source.Version)
}

func (m *modfileCopy) replaced(path, dir string) bool {
	for _, r := range m.file.Replace {
		if r.Old.Path == path && r.New.Path == dir {
			return true
		}
	}
	return false
}

// write stores the copy as dir/go.mod with its go.sum and returns its path.
func (m *modfileCopy) write(dir string) (string, error) {
	m.file.Cleanup()
	data, err := m.file.Format()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "go.mod")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return "", err
	}
	return name, os.WriteFile(filepath.Join(dir, "go.sum"), m.sums, 0o600)
}
