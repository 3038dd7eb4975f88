package gosource

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// BindingConst is the constant by which a package tells llgo what it binds.
const BindingConst = "LLGoPackage"

// PythonModule returns the Python module that the package binds
// (const LLGoPackage = "py.numpy.linalg" gives "numpy.linalg").
func (p *Package) PythonModule() (module string, pos token.Position, ok bool) {
	if p.Syntax == nil {
		return "", token.Position{}, false
	}
	value, at, found := p.Syntax.StringConst(BindingConst)
	module, isPy := strings.CutPrefix(value, "py.")
	if !found || !isPy || module == "" {
		return "", token.Position{}, false
	}
	return module, p.Syntax.Fset.Position(at), true
}

// CBinding returns where the package says that it binds C code: a LLGoPackage
// other than Python's, LLGoFiles, or a linkname to a C symbol.
func (p *Package) CBinding() (what string, pos token.Position, ok bool) {
	if p.Syntax == nil {
		return "", token.Position{}, false
	}
	for _, name := range []string{BindingConst, "LLGoFiles"} {
		value, at, found := p.Syntax.StringConst(name)
		if found && !strings.HasPrefix(value, "py.") {
			return name + " = " + quote(value), p.Syntax.Fset.Position(at), true
		}
	}
	for _, f := range p.Syntax.Files {
		for _, d := range f.Directives() {
			if strings.HasPrefix(d.Target, "C.") || strings.HasPrefix(d.Target, "llgo.") {
				return d.Local + " is linked to " + d.Target, p.Syntax.Fset.Position(d.Pos), true
			}
		}
	}
	return "", token.Position{}, false
}

func quote(s string) string {
	if len(s) > 40 {
		s = s[:37] + "…"
	}
	return `"` + s + `"`
}

// Directive is one line that links a Go name to a symbol outside of Go:
// `//go:linkname Add py.add` or `// llgo:link (*T).M C.sym`.
type Directive struct {
	Pos    token.Pos
	Text   string // the whole comment
	Local  string // Add, (*T).M
	Target string // py.add, C.sym
}

var directive = regexp.MustCompile(`^//(?:\s*llgo:link|go:linkname)\s+(\S+)\s+(\S+)`)

// Directives are the file's link directives, wherever in the file they stand.
func (f *File) Directives() []Directive {
	var found []Directive
	for _, group := range f.AST.Comments {
		for _, c := range group.List {
			if m := directive.FindStringSubmatch(c.Text); m != nil {
				found = append(found, Directive{Pos: c.Pos(), Text: c.Text, Local: m[1], Target: m[2]})
			}
		}
	}
	return found
}

// Importers returns the import specs of path in packages of the main module,
// so that messages can point at a line that the user wrote.
func (prog *Program) Importers(path string) []token.Position {
	var at []token.Position
	for _, p := range prog.Packages {
		if p.Syntax == nil || p.Module == nil || !p.Module.Main {
			continue
		}
		for _, f := range p.Syntax.Files {
			for _, imp := range f.AST.Imports {
				if strings.Trim(imp.Path.Value, "`\"") == path {
					at = append(at, prog.position(p, imp))
				}
			}
		}
	}
	return at
}

func (prog *Program) position(p *Package, n ast.Node) token.Position {
	return prog.RelPosition(p.Syntax.Fset.Position(n.Pos()))
}

// RelPosition is pos with its file relative to the working directory.
func (prog *Program) RelPosition(pos token.Position) token.Position {
	pos.Filename = prog.Rel(pos.Filename)
	return pos
}
