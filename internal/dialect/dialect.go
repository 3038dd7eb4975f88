// Package dialect lets stock Go compile programs written for llgo's Python
// dialect, unmodified.
//
// llgo gives Go declarations without a body a Python meaning: a package with
// `const LLGoPackage = "py.numpy"` binds a Python module, and
// `//go:linkname Add py.add` one of its attributes. Stock Go has no such thing,
// so two parts take its place:
//
//   - the core packages github.com/goplus/lib/py and …/c are replaced by a shim
//     (shim/py, shim/c) of the same names and types that calls libpython
//     without cgo;
//   - every binding package, goplus/lib's own, the user's and third parties',
//     is translated: each linked declaration gets a body that calls the shim
//     (shim/bind).
//
// Nothing is written into the user's module. goplus/lib is replaced, by -modfile,
// with a module that the go command fetches from a directory in our cache as it
// would from a proxy, under a version that is a hash of its content. Builds of
// two programs, or of two versions of this tool, therefore cannot disturb each
// other, and what Go records in the executable (`go version -m`) is the same on
// every machine. Translated packages of the user's stay where they are and get
// their new files by -overlay; third-party binding modules, which lie in the
// module cache and may not be overlaid there, are replaced by a directory that
// exists in the overlay only. The assembler cannot be started in such a
// directory: a third-party binding package with assembly is the one thing this
// way excludes.
package dialect

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// LibVersion is the one version of github.com/goplus/lib whose core packages
// the shim replaces.
const LibVersion = "v0.3.1"

// The go command sees replaced modules here. Nothing of it exists on disk.
const virtualRoot = "/llgo-py"

// LinkFlags are what the linker must be told for the shim: it reaches the
// runtime's exit hooks by go:linkname, which the linker refuses otherwise.
const LinkFlags = "-checklinkname=0"

// ConfigVariable is the string variable, settable with the linker's -X, that
// tells the shim which Python to start.
const ConfigVariable = gosource.LibPath + "/internal/bootstrap.config"

// Options say how a program is to be translated.
type Options struct {
	WorkDir string   // where generated files go; exists, and is the caller's to remove
	Modfile string   // the user's -modfile, "" for the module's own go.mod
	Overlay string   // the user's -overlay, "" for none
	Onefile bool     // the program carries its Python
	Payload string   // the archive to embed in it, "" if that is added when it is linked (internal/section)
	Env     []string // environment of the go command
}

// Build is how to compile a translated program.
type Build struct {
	Flags []string // -modfile, -overlay, -mod: they go before the user's own flags
	Env   []string // environment of the go command
}

// Prepare translates prog.
//
// What this compiler cannot do (packages that bind C code, parts of package c
// that need a C compiler) is an error that names the user's line.
func Prepare(ctx context.Context, prog *gosource.Program, opts Options) (*Build, error) {
	if err := check(prog); err != nil {
		return nil, err
	}
	gomod, err := readModfile(prog, opts)
	if err != nil {
		return nil, err
	}
	lib, sums, proxy, err := standIn(ctx, prog, &opts)
	if err != nil {
		return nil, err
	}
	gomod.replaceWith(gosource.LibPath, lib)
	gomod.sums = append(gomod.sums, sums...)
	files, err := newOverlay(opts.WorkDir, opts.Overlay)
	if err != nil {
		return nil, err
	}
	if opts.Onefile {
		if err := addOnefile(opts.Payload, gomod, files); err != nil {
			return nil, err
		}
	}
	vars, err := gosource.Env(ctx, opts.Env, "GOMODCACHE", "GOPROXY", "GONOPROXY")
	if err != nil {
		return nil, err
	}
	for _, p := range prog.Packages {
		if err := addBinding(prog, p, vars[0], gomod, files); err != nil {
			return nil, err
		}
	}
	flags, err := writeFlags(opts.WorkDir, gomod, files)
	if err != nil {
		return nil, err
	}
	env := append(slices.Clone(opts.Env), "GOWORK=off") // -modfile excludes workspaces
	return &Build{flags, proxyEnv(env, proxy, vars[1], vars[2])}, nil
}

func writeFlags(dir string, gomod *modfileCopy, files *overlay) ([]string, error) {
	modfile, err := gomod.write(dir)
	if err != nil {
		return nil, err
	}
	overlay, err := files.write()
	return []string{"-modfile=" + modfile, "-overlay=" + overlay, "-mod=mod"}, err
}

// addBinding translates p if it is a binding package outside of goplus/lib.
func addBinding(prog *gosource.Program, p *gosource.Package, modcache string, gomod *modfileCopy, files *overlay) error {
	module, _, ok := p.PythonModule()
	if !ok || p.InLib() {
		return nil
	}
	dir := p.Dir
	// The go command refuses an overlay beneath its module cache, and rightly:
	// those files are verified. Such a module is replaced as a whole.
	if strings.HasPrefix(dir, modcache+"/") {
		var err error
		if dir, err = relocate(p, gomod, files); err != nil {
			return err
		}
	}
	translated, err := translate(prog, p, module, func(name string) string { return path.Join(dir, name) })
	for name, src := range translated {
		err = errors.Join(err, files.add(path.Join(dir, name), src))
	}
	return err
}

// relocate replaces the module of p by a virtual copy and returns p's directory in it.
func relocate(p *gosource.Package, gomod *modfileCopy, files *overlay) (string, error) {
	m := p.Module
	if m == nil || m.Dir == "" {
		return "", fmt.Errorf("%s binds Python but its module's directory is unknown: build with -mod=mod", p.ImportPath)
	}
	root := path.Join(virtualRoot, m.Path+"@"+m.Version)
	if !gomod.replaced(m.Path, root) {
		if err := files.addTree(m.Dir, root); err != nil {
			return "", err
		}
		gomod.replaceWith(m.Path, directory(root))
	}
	return root + strings.TrimPrefix(p.Dir, m.Dir), nil
}

// translate returns the files of binding package p, by their names. where tells
// under which path the compiler will know a file.
func translate(prog *gosource.Program, p *gosource.Package, module string, where func(name string) string) (map[string][]byte, error) {
	t := &translator{prog: prog, pkg: p, module: module}
	files := map[string][]byte{}
	for _, f := range p.Syntax.Files {
		name := filepath.Base(f.Path)
		src, err := t.file(f, where(name))
		if err != nil {
			return nil, err
		}
		files[name] = src
	}
	files["llgo_py_register.go"] = t.register()
	return files, nil
}

var errNoModule = errors.New("the program is not in a module: run `go mod init` and `go get github.com/goplus/lib@" + LibVersion + "`")
