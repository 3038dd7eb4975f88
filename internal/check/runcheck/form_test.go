package runcheck

import (
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
)

func TestIsForm(t *testing.T) {
	for _, test := range []struct {
		a, b program
		want bool
	}{
		{program{main: "example.com/a", name: "app"}, program{main: "example.com/a", name: "one"}, true},
		{program{main: "example.com/a", name: "app"}, program{main: "example.com/b", name: "app"}, false},
		{program{main: "example.com/a", name: "app"}, program{name: "app"}, true},
		{program{name: "app"}, program{name: "app.onefile"}, true},
		{program{name: "app"}, program{name: "apple"}, false},
		{program{name: "app", sum: "1"}, program{name: "one", sum: "1"}, true},
		{program{name: "app", sum: "1"}, program{name: "one", sum: "2"}, false},
		{program{name: "app"}, program{}, true},
	} {
		if test.a.isForm(test.b) != test.want || test.b.isForm(test.a) != test.want {
			t.Errorf("%+v, %+v: not %v", test.a, test.b, test.want)
		}
	}
}

// TestOtherProgram: of two programs in a directory each is compared with its own form,
// and that they print different things is no finding.
func TestOtherProgram(t *testing.T) {
	other, err := checktest.Program("stdlib")
	if err != nil {
		t.Fatal(err)
	}
	r := runAll(t, Options{NoModules: true}, checktest.Onedir(t), other, checktest.Onefile(t))
	if len(r.Subjects) != 4 {
		t.Fatalf("%d subjects", len(r.Subjects))
	}
	for i, s := range r.Subjects {
		if s.Starts[0].Code != 0 || i > 0 && (s.Starts[0].Stdout == r.Subjects[0].Starts[0].Stdout) != (i == 3) {
			t.Errorf("%s: %+v", s.Path, s.Starts[0])
		}
	}
	for _, d := range r.Differences {
		if d.A != d.B {
			t.Errorf("compared: %+v", d)
		}
	}
	told := strings.Join(r.Notes, "\n")
	if strings.Count(told, "not compared") != 1 || !strings.Contains(told, "tree: not compared") && !strings.Contains(told, "one: not compared") {
		t.Errorf("the first form of the second program is compared, or the other one is not:\n%s", told)
	}
}

// TestFormBehindAnother: a form is compared with the first of its own program, although
// another one came first.
func TestFormBehindAnother(t *testing.T) {
	subject := func(path, name, out string) Subject {
		start := Start{Stdout: out}
		return Subject{Path: path, Starts: []Start{start, start}, program: program{name: name}}
	}
	r := &Runner{opts: &Options{}, result: Result{Subjects: []Subject{
		subject("other", "other", "x"), subject("dir", "app", "a"), subject("file", "app.one", "b"),
	}}}
	r.compare(&r.result.Subjects[2])
	want := Difference{"dir", "file", "stdout", `line 1: "a", and "b"`}
	if d := r.result.Differences; len(d) != 1 || d[0] != want || len(r.result.Notes) != 0 {
		t.Errorf("%+v, notes %v", d, r.result.Notes)
	}
}
