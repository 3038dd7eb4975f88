// Package goapi lists what a Go package exports, one declaration a line, for tests
// that compare two packages: parameter names, bodies and comments do not count.
package goapi

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"sort"
	"strings"
)

// Exported lists the package in dir as it is on this platform.
func Exported(dir string) ([]string, error) {
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var lines []string
	fset := token.NewFileSet()
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, 0)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			lines = append(lines, describe(fset, decl)...)
		}
	}
	sort.Strings(lines)
	return lines, nil
}

func describe(fset *token.FileSet, decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return function(fset, d)
	case *ast.GenDecl:
		var lines []string
		for _, spec := range d.Specs {
			lines = append(lines, specification(fset, d.Tok, spec)...)
		}
		return lines
	}
	return nil
}

func function(fset *token.FileSet, d *ast.FuncDecl) []string {
	if !d.Name.IsExported() {
		return nil
	}
	line := "func "
	if d.Recv != nil {
		line += "(" + text(fset, d.Recv.List[0].Type) + ") "
	}
	line += d.Name.Name
	if d.Type.TypeParams != nil {
		line += "[" + fields(fset, d.Type.TypeParams, true) + "]"
	}
	line += "(" + fields(fset, d.Type.Params, false) + ")"
	if d.Type.Results != nil {
		line += " (" + fields(fset, d.Type.Results, false) + ")"
	}
	return []string{line}
}

// fields lists types, one for each name.
func fields(fset *token.FileSet, list *ast.FieldList, named bool) string {
	var all []string
	for _, f := range list.List {
		t := text(fset, f.Type)
		for i := 0; i == 0 || i < len(f.Names); i++ {
			if named {
				t = f.Names[i].Name + " " + text(fset, f.Type)
			}
			all = append(all, t)
		}
	}
	return strings.Join(all, ", ")
}

func specification(fset *token.FileSet, tok token.Token, spec ast.Spec) []string {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return nil
		}
		assign := " "
		if s.Assign != 0 {
			assign = " = "
		}
		return []string{"type " + s.Name.Name + assign + text(fset, s.Type)}
	case *ast.ValueSpec:
		var lines []string
		for _, name := range s.Names {
			if name.IsExported() {
				lines = append(lines, tok.String()+" "+name.Name)
			}
		}
		return lines
	}
	return nil
}

// text is the source of a node on one line.
func text(fset *token.FileSet, node ast.Node) string {
	var b bytes.Buffer
	_ = printer.Fprint(&b, fset, node)
	return strings.Join(strings.Fields(b.String()), " ")
}
