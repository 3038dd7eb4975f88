package dialect

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

const (
	pyPath = gosource.LibPath + "/py"
	cPath  = gosource.LibPath + "/c"
)

// useLLGo is the hint of every refusal: what to type instead.
const useLLGo = "compiler go has no C compiler; build with --py-compiler=llgo"

// check refuses what this compiler cannot do, before anything is generated, at
// the line of the user's that asks for it.
func check(prog *gosource.Program) error {
	var errs []error
	for _, p := range prog.Packages {
		if p.Syntax == nil {
			continue
		}
		switch {
		case p.InLib():
			errs = append(errs, checkLib(prog, p))
		default:
			errs = append(errs, checkPackage(prog, p))
		}
	}
	return errors.Join(errs...)
}

// checkLib accepts the core packages and the binding packages of goplus/lib in
// the version that the shim was written for.
func checkLib(prog *gosource.Program, p *gosource.Package) error {
	if m := p.Module; m != nil && m.Replace == nil && m.Version != LibVersion {
		return fmt.Errorf("go.mod requires %s %s, compiler go knows %s: run `go get %s@%s`",
			m.Path, m.Version, LibVersion, m.Path, LibVersion)
	}
	_, _, python := p.PythonModule()
	if python || p.ImportPath == pyPath || p.ImportPath == cPath {
		return nil
	}
	at := prog.Importers(p.ImportPath)
	if user := directUser(prog, p); user == nil {
		return nil // another package of goplus/lib brings it, and is refused itself
	} else if len(at) == 0 {
		at = []token.Position{{Filename: user.ImportPath}}
	}
	return refuse(at[0], "%s binds C code: %s", p.ImportPath, useLLGo)
}

// directUser is a package outside of goplus/lib that imports p.
func directUser(prog *gosource.Program, p *gosource.Package) *gosource.Package {
	for _, q := range prog.Packages {
		if !q.InLib() && slices.Contains(q.Imports, p.ImportPath) {
			return q
		}
	}
	return nil
}

func checkPackage(prog *gosource.Program, p *gosource.Package) error {
	if what, pos, ok := p.CBinding(); ok {
		return refuse(prog.RelPosition(pos), "package %s binds C code (%s): %s", p.ImportPath, what, useLLGo)
	}
	return checkC(prog, p)
}

// checkC finds uses of the parts of package c that need a C compiler. Without
// this the go command would only call them undefined.
func checkC(prog *gosource.Program, p *gosource.Package) error {
	var errs []error
	for _, f := range p.Syntax.Files {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			name := f.Selected(e, cPath)
			if reason := Unsupported[name]; reason != "" {
				pos := prog.RelPosition(p.Syntax.Fset.Position(e.Pos()))
				errs = append(errs, refuse(pos, "c.%s: %s: %s", name, reason, useLLGo))
			}
			return true
		})
	}
	return errors.Join(errs...)
}

func refuse(pos token.Position, format string, args ...any) error {
	return fmt.Errorf("%s: %s", pos, fmt.Sprintf(format, args...))
}
