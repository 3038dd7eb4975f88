package dialect

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"sort"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

const bindPath = gosource.LibPath + "/py/bind"

// Names of the generated identifiers. An underscore inside keeps them apart
// from what people write.
const (
	bindName   = "llgo_bind"
	attrPrefix = "llgo_py_"
)

// translator gives the linked declarations of one binding package bodies that
// call package bind.
type translator struct {
	prog   *gosource.Program
	pkg    *gosource.Package
	module string
	funcs  []string // Go names of linked functions, for register
}

// edit replaces src[from:to] by text, which must not change the line count.
type edit struct {
	from, to int
	text     string
}

// file translates one file. Every edit stays within its line, and the result
// starts with a //line directive, so positions in compiler errors and in panics
// are those of the user's file. The directive names the file as the go command
// sees it, path: -trimpath knows only those.
func (t *translator) file(f *gosource.File, path string) ([]byte, error) {
	links := t.links(f)
	edits := []edit{{t.offset(f.AST.Name.End()), t.offset(f.AST.Name.End()), "; import " + bindName + " " + strconv.Quote(bindPath)}}
	var attrs []string
	for _, decl := range f.AST.Decls {
		es, as, err := t.decl(f, decl, links)
		if err != nil {
			return nil, err
		}
		edits, attrs = append(edits, es...), append(attrs, as...)
	}
	for _, d := range f.Directives() {
		if !strings.HasPrefix(d.Target, "py.") {
			continue
		}
		// The go command would take the directive for its own and look for a
		// Go symbol of that name.
		start := t.offset(d.Pos)
		edits = append(edits, edit{start, start + len(d.Text), "// linked to " + d.Target})
	}
	out := apply(f.Src, edits)
	var b bytes.Buffer
	fmt.Fprintf(&b, "//line %s:1\n", path)
	b.Write(out)
	// The generated variables come last, so that they move no line. They also
	// use the import in a file that links nothing.
	fmt.Fprintf(&b, "\nvar _ %s.Attr\n%s", bindName, strings.Join(attrs, ""))
	return b.Bytes(), nil
}

// links maps Go names to the attributes of the Python module they are linked to.
func (t *translator) links(f *gosource.File) map[string]gosource.Directive {
	links := map[string]gosource.Directive{}
	for _, d := range f.Directives() {
		links[d.Local] = d
	}
	return links
}

func (t *translator) decl(f *gosource.File, decl ast.Decl, links map[string]gosource.Directive) ([]edit, []string, error) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return t.function(f, d, links)
	case *ast.GenDecl:
		if d.Tok == token.VAR {
			return t.variables(d, links)
		}
	}
	return nil, nil, nil
}

// function gives d a body if it is linked to an attribute.
func (t *translator) function(f *gosource.File, d *ast.FuncDecl, links map[string]gosource.Directive) ([]edit, []string, error) {
	link, linked := links[d.Name.Name]
	if d.Recv != nil || !linked {
		if d.Body == nil {
			return nil, nil, t.errorf(d.Pos(), "%s has no body and no link: add `//go:linkname %s py.<attribute>` above it", d.Name.Name, d.Name.Name)
		}
		return nil, nil, nil
	}
	attr, ok := strings.CutPrefix(link.Target, "py.")
	if !ok {
		return nil, nil, nil // a link between Go packages; check has refused those to C
	}
	sig, err := t.signature(f, d)
	if err != nil {
		return nil, nil, err
	}
	t.funcs = append(t.funcs, d.Name.Name)
	body := edit{t.offset(d.Type.End()), t.offset(d.End()), " { " + sig.call(attrPrefix+d.Name.Name) + " }" + newlines(f.Src[t.offset(d.Type.End()):t.offset(d.End())])}
	return append(sig.edits, body), []string{t.attr(d.Name.Name, attr)}, nil
}

// attr declares the variable that holds an attribute: a composite literal, so
// that a package of a thousand functions costs nothing at start.
func (t *translator) attr(name, attr string) string {
	return fmt.Sprintf("var %s%s = %s.Attr{Module: %q, Name: %q, Func: %q}\n",
		attrPrefix, name, bindName, t.module, attr, t.pkg.Name+"."+name)
}

// variables makes linked variables read their attribute when the package is
// initialised. llgo reads it at every use, which stock Go has no way to do.
func (t *translator) variables(d *ast.GenDecl, links map[string]gosource.Directive) (edits []edit, attrs []string, err error) {
	for _, spec := range d.Specs {
		vs := spec.(*ast.ValueSpec)
		for _, id := range vs.Names {
			attr, ok := strings.CutPrefix(links[id.Name].Target, "py.")
			if !ok {
				continue
			}
			if len(vs.Names) > 1 || len(vs.Values) > 0 {
				return nil, nil, t.errorf(id.Pos(), "linked variable %s must be declared alone and without a value", id.Name)
			}
			end := t.offset(vs.End())
			edits = append(edits, edit{end, end, " = " + attrPrefix + id.Name + ".Get()"})
			attrs = append(attrs, t.attr(id.Name, attr))
		}
	}
	return edits, attrs, nil
}

// register is the package's last file: it lets bind find the attribute behind a
// binding function that is passed as a value, as in py.List(std.Abs).
func (t *translator) register() []byte {
	sort.Strings(t.funcs)
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\nimport %s %q\n\n", t.pkg.Name, bindName, bindPath)
	fmt.Fprintf(&b, "func init() { %s.Register(%q, %sattr) }\n\n", bindName, t.symbolPath(), attrPrefix)
	fmt.Fprintf(&b, "func %sattr(name string) *%s.Attr {\n\tswitch name {\n", attrPrefix, bindName)
	for _, name := range t.funcs {
		fmt.Fprintf(&b, "\tcase %q:\n\t\treturn &%s%s\n", name, attrPrefix, name)
	}
	b.WriteString("\t}\n\treturn nil\n}\n")
	return b.Bytes()
}

// symbolPath is the package's path in the names that the runtime gives functions.
func (t *translator) symbolPath() string {
	if t.pkg.Name == "main" {
		return "main"
	}
	return t.pkg.ImportPath
}

func (t *translator) offset(pos token.Pos) int {
	return t.pkg.Syntax.Fset.PositionFor(pos, false).Offset
}

func (t *translator) errorf(pos token.Pos, format string, args ...any) error {
	return refuse(t.prog.RelPosition(t.pkg.Syntax.Fset.Position(pos)), format, args...)
}

// newlines keeps the lines of a body that is replaced.
func newlines(src []byte) string {
	return strings.Repeat("\n", bytes.Count(src, []byte("\n")))
}

// apply makes all edits, which do not overlap.
func apply(src []byte, edits []edit) []byte {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].from < edits[j].from })
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, src[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, src[at:]...)
}
