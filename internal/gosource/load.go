// Package gosource loads the Go side of a program: its packages as `go list`
// sees them, with the syntax of those that can reach Python or C.
//
// Only packages that import something of github.com/goplus/lib are parsed,
// since a binding needs *py.Object or a C type to have a signature at all.
// Everything else of the program is opaque here, the standard library included.
package gosource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// LibPath is the module that carries llgo's Python dialect.
const LibPath = "github.com/goplus/lib"

// Module is the module of a package, as `go list -json` reports it.
type Module struct {
	Path      string
	Version   string
	Dir       string
	GoMod     string
	GoVersion string
	Main      bool
	Replace   *Module
}

// Package is one package of the program, as `go list -json` reports it.
type Package struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	Module     *Module
	GoFiles    []string
	CgoFiles   []string
	SFiles     []string
	Files
	// What else a build reads; OtherFiles has those of C and its kin.
	EmbedFiles []string
	OtherFiles []string `json:"-"`
	Imports    []string
	ImportMap  map[string]string
	DepOnly    bool
	Error      *struct {
		Pos string
		Err string
	}

	Syntax *Syntax `json:"-"` // nil unless the package imports something of LibPath
}

// InLib reports whether the package is part of github.com/goplus/lib.
func (p *Package) InLib() bool {
	return p.ImportPath == LibPath || strings.HasPrefix(p.ImportPath, LibPath+"/")
}

// Program is a main package with everything it is built from.
type Program struct {
	Main     *Package
	Packages []*Package // dependencies first, the standard library included
	Dir      string     // the directory that flags and patterns are relative to
}

// Config says which program to load.
type Config struct {
	Dir      string   // working directory; "" is the current one
	Flags    []string // build flags that decide which files belong: -tags, -mod, -modfile, …
	Patterns []string // package patterns; none means "."
	Env      []string // environment of the go command
	Stderr   io.Writer
}

// ErrGoMissing says that there is no go command to ask.
var ErrGoMissing = errors.New("go is not on PATH: install Go (any release since 1.21 fetches the one it needs)")

// Load lists the program and parses the packages that can reach Python.
//
// The patterns must name exactly one main package. Errors of `go list` itself
// are returned with its own words.
func Load(ctx context.Context, cfg Config) (*Program, error) {
	pkgs, err := list(ctx, cfg)
	if err != nil {
		return nil, err
	}
	prog := &Program{Packages: pkgs, Dir: cfg.Dir}
	if prog.Main, err = mainPackage(pkgs); err != nil {
		return nil, err
	}
	for _, p := range pkgs {
		if p.Standard || !importsLib(p) {
			continue
		}
		if p.Syntax, err = parse(p); err != nil {
			return nil, err
		}
	}
	return prog, nil
}

func list(ctx context.Context, cfg Config) ([]*Package, error) {
	args := append([]string{"list", "-deps", "-json=ImportPath,Name,Dir,Standard,Module,GoFiles,CgoFiles,SFiles,Imports,ImportMap,DepOnly,Error," + filesFields}, cfg.Flags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), cfg.Patterns...)...)
	cmd.Dir, cmd.Env = cfg.Dir, cfg.Env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ErrGoMissing
	}
	if err != nil {
		return nil, errors.New(strings.TrimSpace(stderr.String()))
	}
	// go's own notes ("go: downloading …") are for the user to see.
	if cfg.Stderr != nil {
		_, _ = io.Copy(cfg.Stderr, &stderr)
	}
	return decode(out)
}

func decode(out []byte) ([]*Package, error) {
	var pkgs []*Package
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(Package)
		err := dec.Decode(p)
		if err == io.EOF {
			return pkgs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read what `go list` printed: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

func mainPackage(pkgs []*Package) (*Package, error) {
	var mains, named []string
	var main *Package
	for _, p := range pkgs {
		if p.DepOnly {
			continue
		}
		named = append(named, p.ImportPath)
		if p.Name == "main" {
			main, mains = p, append(mains, p.ImportPath)
		}
	}
	switch {
	case len(named) == 0:
		return nil, errors.New("no package to build: name one, or run in its directory")
	case len(mains) == 0:
		return nil, fmt.Errorf("%s is not a program: a package main is needed", named[0])
	case len(named) > 1:
		return nil, fmt.Errorf("%d packages match (%s, …): one program is packaged at a time, name it", len(named), named[0])
	}
	return main, nil
}

func importsLib(p *Package) bool {
	for _, imp := range p.Imports {
		if imp == LibPath || strings.HasPrefix(imp, LibPath+"/") {
			return true
		}
	}
	// The core packages themselves import only each other.
	return p.InLib()
}

// Rel is path as people know it: relative to the working directory if beneath it.
func (p *Program) Rel(path string) string {
	dir := p.Dir
	if dir == "" {
		dir, _ = os.Getwd()
	}
	if abs, err := filepath.Abs(dir); err == nil {
		if rel, err := filepath.Rel(abs, path); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return path
}
