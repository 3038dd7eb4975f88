package assemble

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/pyinit"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/prebuilt"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Pack packages an executable that is built already: opts.Patterns names it. What it
// imports is what the settings name.
func Pack(ctx context.Context, opts Options) (*Summary, error) {
	exe := opts.Patterns[0]
	if !filepath.IsAbs(exe) {
		exe = filepath.Join(opts.Dir, exe)
	}
	if runtime.GOOS != "linux" {
		return nil, fmt.Errorf("llgo py pack packages ELF executables, on Linux; this is %s", runtime.GOOS)
	}
	program, err := prebuilt.Read(exe)
	if err != nil {
		return nil, err
	}
	// Nothing of a Go program is known but its name.
	prog := &gosource.Program{Dir: opts.Dir, Main: &gosource.Package{Name: "main", ImportPath: filepath.Base(exe), Dir: opts.Dir}}
	set, err := config.Resolve(opts.Given, config.Place{Dir: opts.Dir, Module: prog.ModuleDir(), OS: runtime.GOOS})
	if err != nil {
		return nil, err
	}
	if err := checkReports(set); err != nil {
		return nil, err
	}
	if !set.Onefile.Value && !set.Onedir.Value {
		set.Onedir.Value = true
	}
	b := &builder{Options: opts, set: set, prog: prog, comp: packed{}, out: outputPath(opts, set, prog)}
	if b.out == exe {
		return nil, fmt.Errorf("%s: the package would replace the executable itself; name another path with -o", b.display(exe))
	}
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	return b.packBinary(ctx, program)
}

// packBinary packages a finished executable.
func (b *builder) packBinary(ctx context.Context, program *prebuilt.Program) (*Summary, error) {
	b.choosePython(program)
	dist, h, err := b.python(ctx)
	if err != nil {
		return nil, err
	}
	if dist.SONAME != program.LibPython {
		return nil, &prebuilt.Error{
			Path: b.display(program.Path),
			Text: fmt.Sprintf("needs %s, and %s is CPython %s", program.LibPython, dist.Executable, dist.Version),
			Next: "name one of CPython " + program.Minor + " with --py-python",
		}
	}
	s, _, err := b.packageFinished(ctx, dist, h, b.prebuilt(program, dist))
	return s, err
}

// choosePython settles for the interpreter that the executable is linked with, or a
// managed one of its version, if the user named none.
func (b *builder) choosePython(program *prebuilt.Program) {
	if b.set.Python.Value != "" {
		return
	}
	b.set.Python.Value = program.Minor
	if python := program.Interpreter(); python != "" {
		b.set.Python.Value = python
		b.Reporter.Note(fmt.Sprintf("the program is linked with the libpython of %s", python))
	}
}

// prebuilt is an executable to package: a copy, and the library that starts Python for
// it, made beside the analysis.
func (b *builder) prebuilt(program *prebuilt.Program, dist *pydist.Dist) *finished {
	p := &finished{}
	p.make = func(ctx context.Context, path string) error {
		command, err := pyinit.FindCompiler(b.Env)
		if err != nil {
			return err
		}
		dir := path + ".pyinit"
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		s := settings.Settings{Minor: dist.Minor, LibDir: dist.LibDirName(), LibPython: "lib/" + dist.SONAME, Optimize: b.optimize(), Farm: b.farm()}
		library, err := pyinit.CompileLibrary(ctx, pyinit.CC{Command: command, Env: b.Env}, dir, s, dist.LibPython)
		if err != nil {
			return err
		}
		p.starter = &helper.LinkFile{Dest: "lib/" + pyinit.LibraryName, Source: library}
		return copyExecutable(program.Path, path)
	}
	return p
}

func copyExecutable(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

// packed stands for the compiler of an executable that is there already.
type packed struct{}

// Name implements compiler.Compiler.
func (packed) Name() string { return "none, it was built already" }

// Linked implements compiler.Compiler.
func (packed) Linked() bool { return true }

// Build implements compiler.Compiler; nothing is left to build.
func (packed) Build(context.Context, compiler.Job) error { return nil }
