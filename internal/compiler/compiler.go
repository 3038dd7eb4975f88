// Package compiler turns the Go side of a program into an executable.
//
// There are two compilers. `llgo` is the real one: an installed tool that is
// found, or not. `go` is stock Go with the Python dialect of internal/dialect,
// embedded here, so that a fresh machine can build the same sources. Which one
// builds is the user's choice (--py-compiler), and the build says which it was.
package compiler

import (
	"context"
	"fmt"
	"io"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Compiler builds one program.
type Compiler interface {
	// Name is what --py-compiler calls it, with its version where that matters.
	Name() string
	// Build compiles the program into the executable job.Output.
	Build(ctx context.Context, job Job) error
}

// Job is one compilation.
type Job struct {
	Program  *gosource.Program
	Patterns []string     // package patterns as the user gave them
	Flags    Flags        // the user's go build flags
	Output   string       // path of the executable to write
	Python   *pydist.Dist // the Python it is to start; nil when it needs none
	Packaged bool         // it finds Python beside itself, not on this machine
	Mapped   bool         // its modules are in one file (internal/bootstrap/modules)
	Payload  string       // archive to embed in a program of one file; "" for none
	Stdout   io.Writer    // the compiler's own output, unchanged
	Stderr   io.Writer
	Env      []string
}

// Kind is a value of --py-compiler.
type Kind string

// The values of --py-compiler.
const (
	Auto Kind = "auto"
	LLGo Kind = "llgo"
	Go   Kind = "go"
)

// Select returns the compiler of the given kind. Auto is llgo where it can be
// used, else go. note says something worth telling the user about the choice.
func Select(kind Kind, find func() (string, error)) (c Compiler, note string, err error) {
	switch kind {
	case Go:
		return stock{}, "", nil
	case Auto:
		if path, err := find(); err == nil {
			note = fmt.Sprintf("llgo found at %s; this version packages with compiler go", path)
		}
		return stock{}, note, nil
	}
	path, err := find()
	if err != nil {
		return nil, "", err
	}
	return nil, "", fmt.Errorf("llgo found at %s, but packaging what it builds is not implemented yet: use --py-compiler=go", path)
}
