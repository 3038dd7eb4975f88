package assemble

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/prebuilt"
)

// embedding builds a program that calls Python by cgo, with stock Go and a C
// compiler, and packages the executable as if it had been built before.
func (b *builder) embedding(ctx context.Context) (*Summary, error) {
	if b.comp.Linked() {
		return nil, fmt.Errorf("the program links libpython by cgo, which compiler %s does not do: use --py-compiler=go", b.comp.Name())
	}
	headers, err := b.headers(ctx)
	if err != nil {
		return nil, err
	}
	job := b.job()
	job.Cgo, job.PkgConfig = true, headers
	if !b.set.Onedir.Value && !b.set.Onefile.Value {
		if err := b.comp.Build(ctx, job); err != nil {
			return nil, err
		}
		return b.executable("")
	}
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "llgo-py-cgo-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	job.Output, job.Packaged = filepath.Join(work, filepath.Base(b.out)), true
	task := b.Reporter.Phase("compile the Go program with cgo", 0)
	err = b.comp.Build(ctx, job)
	task.Done()
	if err != nil {
		return nil, err
	}
	program, err := prebuilt.Read(job.Output)
	if err != nil {
		return nil, err
	}
	return b.packBinary(ctx, program)
}

// headers is where pkg-config finds the interpreter that the user named; "" leaves
// it to pkg-config.
func (b *builder) headers(ctx context.Context) (string, error) {
	python := b.set.Python.Value
	if python == "" {
		return "", nil
	}
	if config.IsManagedVersion(python) {
		return "", fmt.Errorf("a managed CPython has no headers, which cgo needs: name an interpreter that has them with --py-python")
	}
	dist, err := Interpreter(ctx, python, b.Reporter)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(dist.BasePrefix, "lib", "pkgconfig")
	if found, _ := filepath.Glob(filepath.Join(dir, "python*-embed.pc")); len(found) == 0 {
		return "", fmt.Errorf("%s has no python3-embed.pc, which cgo needs: install the development files of that Python", dir)
	}
	return dir, nil
}
