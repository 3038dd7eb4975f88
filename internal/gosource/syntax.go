package gosource

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Syntax is a parsed package with the values of its constant expressions.
type Syntax struct {
	Fset  *token.FileSet
	Files []*File
	info  *types.Info
}

// File is one parsed Go file.
type File struct {
	Path string
	Src  []byte
	AST  *ast.File
}

func parse(p *Package) (*Syntax, error) {
	s := &Syntax{Fset: token.NewFileSet(), info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(s.Fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.Files = append(s.Files, &File{Path: path, Src: src, AST: file})
	}
	s.evaluate(p)
	return s, nil
}

// evaluate finds the values of constant expressions. Imports resolve to empty
// packages and all type errors are ignored: go/types still folds every constant
// that the package itself defines, which is what bindings are written with.
// Real type errors are the compiler's to report.
func (s *Syntax) evaluate(p *Package) {
	files := make([]*ast.File, len(s.Files))
	for i, f := range s.Files {
		files[i] = f.AST
	}
	cfg := types.Config{Importer: emptyImporter{}, Error: func(error) {}, IgnoreFuncBodies: false}
	_, _ = cfg.Check(p.ImportPath, s.Fset, files, s.info)
}

type emptyImporter struct{}

func (emptyImporter) Import(path string) (*types.Package, error) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	pkg := types.NewPackage(path, name)
	pkg.MarkComplete()
	return pkg, nil
}

// StringValue is the value of a constant string expression.
func (s *Syntax) StringValue(e ast.Expr) (string, bool) {
	if v := s.info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v), true
	}
	// An argument of an unresolved callee is not always visited by go/types.
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.StringValue(e.X)
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0)), true
		}
	case *ast.BinaryExpr:
		x, okX := s.StringValue(e.X)
		y, okY := s.StringValue(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	}
	return "", false
}

// StringConst is the value of a package-level string constant, and where it stands.
func (s *Syntax) StringConst(name string) (value string, pos token.Pos, ok bool) {
	for _, f := range s.Files {
		for _, decl := range f.AST.Decls {
			gen, isGen := decl.(*ast.GenDecl)
			if !isGen || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				vs := spec.(*ast.ValueSpec)
				for i, id := range vs.Names {
					if id.Name == name && i < len(vs.Values) {
						value, ok = s.StringValue(vs.Values[i])
						return value, id.Pos(), ok
					}
				}
			}
		}
	}
	return "", token.NoPos, false
}

// ImportNames are the names under which file f knows the package path: none if
// it does not import it, "." for a dot import.
func (f *File) ImportNames(path string) []string {
	var names []string
	for _, imp := range f.AST.Imports {
		switch {
		case strings.Trim(imp.Path.Value, "`\"") != path:
		case imp.Name != nil:
			names = append(names, imp.Name.Name)
		default:
			names = append(names, path[strings.LastIndexByte(path, '/')+1:])
		}
	}
	return names
}

// Selected is Name if e refers to Name of the package path, "" if it does not.
func (f *File) Selected(e ast.Expr, path string) string {
	names := f.ImportNames(path)
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok && slices.Contains(names, id.Name) {
			return e.Sel.Name
		}
	case *ast.Ident:
		if slices.Contains(names, ".") {
			return e.Name
		}
	}
	return ""
}
