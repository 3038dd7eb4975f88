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
	// Linked says that what it builds is linked with libpython, and not loads it:
	// the loader must find the library when the program starts.
	Linked() bool
	// Build compiles the program into the executable job.Output.
	Build(ctx context.Context, job Job) error
}

// Job is one compilation.
type Job struct {
	Program   *gosource.Program
	Patterns  []string     // package patterns as the user gave them
	Flags     Flags        // the user's go build flags
	Output    string       // path of the executable to write
	Python    *pydist.Dist // the Python it is to start; nil when it needs none
	Cgo       bool         // it starts Python itself, by cgo; PkgConfig is where python3-embed.pc is, "" for the usual places
	PkgConfig string
	Packaged  bool      // it finds Python beside itself, not on this machine
	Optimize  int       // sys.flags.optimize of a packaged program
	Mapped    bool      // its modules are in one file (internal/bootstrap/modules)
	Farm      bool      // its packages are in numbered directories (layout farm)
	Onefile   bool      // it carries its Python; by a compiler that is not Linked
	Payload   string    // the archive to embed in it, "" if that is added later (internal/section)
	Ahead     bool      // only fill Go's build cache: Output is not written; where the compiler is not Linked
	Stdout    io.Writer // the compiler's own output, unchanged
	Stderr    io.Writer
	Env       []string
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
func Select(ctx context.Context, kind Kind, env []string, find func() (string, error)) (c Compiler, note string, err error) {
	if kind == Go {
		return stock{}, "", nil
	}
	path, err := find()
	if err != nil {
		if kind == Auto {
			return stock{}, "", nil
		}
		return nil, "", err
	}
	real, err := newLLGo(ctx, path, env)
	switch {
	case err == nil:
		return real, fmt.Sprintf("compiler %s (%s)", real.Name(), path), nil
	case kind == Auto && isLLGoError(err):
		return stock{}, fmt.Sprintf("%v; compiler go builds instead", err), nil
	}
	return nil, "", err
}
