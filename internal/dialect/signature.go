package dialect

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// vaList is the name by which llgo knows a C-style argument list.
const vaList = "__llgo_va_list"

// signature is what a linked function passes on.
type signature struct {
	fixed  []string // names of the *py.Object parameters
	list   string   // name of the variadic parameter, "" for none
	any    bool     // list holds any, not *py.Object
	result bool     // returns *py.Object
	edits  []edit   // names for parameters that have none
}

// signature reads the parameters of d, which must be *py.Object, optionally
// followed by `__llgo_va_list ...any` or `...*py.Object`, and its result, which
// is *py.Object or none.
func (t *translator) signature(f *gosource.File, d *ast.FuncDecl) (*signature, error) {
	s := &signature{}
	n := 0
	for _, field := range d.Type.Params.List {
		for _, name := range t.names(s, field, &n) {
			if err := t.parameter(f, s, name, field); err != nil {
				return nil, err
			}
		}
	}
	results := d.Type.Results
	if results == nil || len(results.List) == 0 {
		return s, nil
	}
	s.result = true
	if results.NumFields() != 1 || !isObject(f, results.List[0].Type) {
		return nil, t.errorf(results.Pos(), "%s is linked to Python: its result must be *py.Object or nothing", d.Name.Name)
	}
	return s, nil
}

// names are the parameter names of field; those it lacks are made up and written into the source.
func (t *translator) names(s *signature, field *ast.Field, n *int) []string {
	if len(field.Names) == 0 {
		*n++
		name := fmt.Sprintf("llgo_arg%d", *n)
		at := t.offset(field.Type.Pos())
		s.edits = append(s.edits, edit{at, at, name + " "})
		return []string{name}
	}
	var names []string
	for _, id := range field.Names {
		name := id.Name
		if name == "_" {
			*n++
			name = fmt.Sprintf("llgo_arg%d", *n)
			s.edits = append(s.edits, edit{t.offset(id.Pos()), t.offset(id.End()), name})
		}
		names = append(names, name)
	}
	return names
}

func (t *translator) parameter(f *gosource.File, s *signature, name string, field *ast.Field) error {
	if variadic, ok := field.Type.(*ast.Ellipsis); ok {
		s.list, s.any = name, isAny(variadic.Elt)
		if s.any && name == vaList || isObject(f, variadic.Elt) {
			return nil
		}
		return t.errorf(field.Pos(), "parameter %s must be `%s ...any` or `...*py.Object`", name, vaList)
	}
	if !isObject(f, field.Type) {
		return t.errorf(field.Pos(), "parameter %s must be *py.Object: Python functions take nothing else", name)
	}
	s.fixed = append(s.fixed, name)
	return nil
}

// call is the body: it hands the arguments to the attribute in variable attr.
func (s *signature) call(attr string) string {
	method, args := "Call", strings.Join(s.fixed, ", ")
	switch {
	case s.list != "" && s.any:
		method, args = "CallVar", strings.Join(append([]string{s.list}, s.fixed...), ", ")
	case s.list != "" && len(s.fixed) == 0:
		args = s.list + "..."
	case s.list != "":
		args = fmt.Sprintf("append(%s.List(%s), %s...)...", bindName, args, s.list)
	}
	if s.result {
		return fmt.Sprintf("return %s.%s(%s)", attr, method, args)
	}
	return fmt.Sprintf("%s.%s(%s)", attr, strings.Replace(method, "Call", "Exec", 1), args)
}

func isAny(e ast.Expr) bool {
	if id, ok := e.(*ast.Ident); ok {
		return id.Name == "any"
	}
	i, ok := e.(*ast.InterfaceType)
	return ok && len(i.Methods.List) == 0
}

// isObject reports whether e is *py.Object, under whatever name f imports py.
func isObject(f *gosource.File, e ast.Expr) bool {
	star, ok := e.(*ast.StarExpr)
	return ok && f.Selected(star.X, pyPath) == "Object"
}
