// Package discover finds which Python a Go program reaches, and which line of
// Go asks for it.
//
// Three things ask for Python modules:
//
//   - a package that binds one (const LLGoPackage = "py.numpy") and is part of
//     the program;
//   - a constant name given to py.ImportModule, py.Import or py.AddModule;
//   - Python source in a constant given to py.RunSimpleString or py.Compile…:
//     handed on whole, as a snippet, since only Python can say what it imports.
//
// It looks at syntax and constants only: names that are put together while the
// program runs cannot be seen here.
package discover

import (
	"go/ast"
	"go/token"
	"sort"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// Python is what a program needs of Python.
type Python struct {
	Modules  []Module  // sorted by name
	Snippets []Snippet // in source order
}

// Module is a Python module with every Go position that asks for it.
type Module struct {
	Name string
	At   []token.Position
}

// Snippet is Python source that the program runs.
type Snippet struct {
	Code string
	At   token.Position
}

const (
	pyPath = gosource.LibPath + "/py"
	cPath  = gosource.LibPath + "/c"
)

// Needed reports whether the program uses Python at all: whether the core
// package py is part of it.
func Needed(prog *gosource.Program) bool {
	for _, p := range prog.Packages {
		if p.ImportPath == pyPath {
			return true
		}
	}
	return false
}

// Find lists the Python modules and snippets that the program reaches.
func Find(prog *gosource.Program) Python {
	f := finder{prog: prog, at: map[string][]token.Position{}}
	for _, p := range prog.Packages {
		if p.Syntax == nil {
			continue
		}
		f.binding(p)
		if !p.InLib() {
			f.calls(p)
		}
	}
	return Python{Modules: f.modules(), Snippets: f.snippets}
}

type finder struct {
	prog     *gosource.Program
	at       map[string][]token.Position
	snippets []Snippet
}

// binding records the module that p binds, at the user's own import of p where
// there is one, since that is the line the user can change.
func (f *finder) binding(p *gosource.Package) {
	module, pos, ok := p.PythonModule()
	if !ok {
		return
	}
	at := f.prog.Importers(p.ImportPath)
	if len(at) == 0 {
		at = []token.Position{f.prog.RelPosition(pos)}
	}
	f.at[module] = append(f.at[module], at...)
}

// calls records what p passes to the functions of package py that import or run Python.
func (f *finder) calls(p *gosource.Package) {
	for _, file := range p.Syntax.Files {
		ast.Inspect(file.AST, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				f.call(p.Syntax, file, call)
			}
			return true
		})
	}
}

// argument says what the first argument of a function of package py is.
var argument = map[string]func(f *finder, text string, at token.Position){
	"ImportModule":         (*finder).module,
	"Import":               (*finder).module,
	"AddModule":            (*finder).module,
	"RunSimpleString":      (*finder).snippet,
	"RunSimpleStringFlags": (*finder).snippet,
	"CompileString":        (*finder).snippet,
	"CompileStringFlags":   (*finder).snippet,
	"CompileStringExFlags": (*finder).snippet,
	"CompileStringObject":  (*finder).snippet,
}

func (f *finder) call(s *gosource.Syntax, file *gosource.File, call *ast.CallExpr) {
	record, ok := argument[file.Selected(call.Fun, pyPath)]
	if !ok || len(call.Args) == 0 {
		return
	}
	if text, ok := s.StringValue(unwrap(file, call.Args[0])); ok {
		record(f, text, f.prog.RelPosition(s.Fset.Position(call.Pos())))
	}
}

// unwrap takes the Go string out of c.Str("…"), py.Str("…") and their like.
func unwrap(file *gosource.File, arg ast.Expr) ast.Expr {
	call, ok := arg.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return arg
	}
	switch file.Selected(call.Fun, pyPath) + file.Selected(call.Fun, cPath) {
	case "Str", "FromGoString", "AllocaCStr":
		return call.Args[0]
	}
	return arg
}

func (f *finder) module(name string, at token.Position) {
	// __main__ is made by the interpreter itself.
	if name != "" && name != "__main__" {
		f.at[name] = append(f.at[name], at)
	}
}

func (f *finder) snippet(code string, at token.Position) {
	f.snippets = append(f.snippets, Snippet{Code: code, At: at})
}

func (f *finder) modules() []Module {
	modules := make([]Module, 0, len(f.at))
	for name, at := range f.at {
		modules = append(modules, Module{Name: name, At: at})
	}
	sort.Slice(modules, func(i, j int) bool { return modules[i].Name < modules[j].Name })
	return modules
}
