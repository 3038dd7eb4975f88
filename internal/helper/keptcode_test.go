package helper

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/kept/kepttest"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// A source is compiled once: the second time no interpreter is needed, whether there is
// byte code of it or not. What was edited is compiled again, its size and time as they
// were, and what was not is not.
func TestByteCodeIsKept(t *testing.T) {
	dir := t.TempDir()
	dist := *managed(t)
	dist.Interpreter = digest(t.Name(), dir) // nothing is kept of it yet
	good, bad := write(t, dir, "good.py", "x = 1\n"), write(t, dir, "bad.py", "x = = 1\n")
	compile := func(dist *pydist.Dist) ([]Code, string) {
		t.Helper()
		rep, out := &recorder{}, t.TempDir()
		codes, err := open(t, rep).CompileOnce(t.Context(), dist, CompileRequest{Jobs: []CompileJob{
			{good, "good.py", filepath.Join(out, "good.pyc")}, {bad, "bad.py", filepath.Join(out, "bad.pyc")},
		}}, nil)
		if err != nil || len(codes) != 2 {
			t.Fatalf("%v, %v", codes, err)
		}
		return codes, rep.String()
	}
	first, said := compile(&dist)
	if first[0].Path == "" || first[0].Failed != "" || first[1].Path != "" || !strings.Contains(first[1].Failed, "SyntaxError") {
		t.Errorf("got %+v", first)
	}
	if !strings.Contains(said, "phase compile the Python modules of 2") {
		t.Errorf("said %q", said)
	}
	gone := dist
	gone.Executable = "/nonexistent"
	second, said := compile(&gone)
	if second[0] != first[0] || second[1] != first[1] || said != "" {
		t.Errorf("got %+v, said %q; want %+v", second, said, first)
	}

	info, err := os.Stat(good)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "good.py", "x = 2\n")
	if err := os.Chtimes(good, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	third, said := compile(&dist)
	if third[0].SHA256 == first[0].SHA256 || !strings.Contains(said, "of 1") {
		t.Errorf("after an edit: %+v, said %q", third, said)
	}
	if data, err := os.ReadFile(third[0].Path); err != nil || bytes.Contains(data, []byte(dir)) {
		t.Errorf("%v, or the byte code names where it was made", err)
	}
}

func TestByteCodeKeys(t *testing.T) {
	dir := t.TempDir()
	a, b := write(t, dir, "a.py", "x = 1\n"), write(t, dir, "ax.py", "x = 1\n")
	write(t, dir, "a.pyx", "x = 3\n")
	req := CompileRequest{Jobs: []CompileJob{{a, "a.py", "/out"}}}
	key := func(req CompileRequest) string {
		k, err := codeKeyOf(&pydist.Dist{}, "tools", req, 0, []Neutral{{"/a", "/b"}})
		if err != nil {
			t.Fatal(err)
		}
		return string(k.code[:])
	}
	kepttest.EveryFieldCounts(t, req, key, "Jobs", "Jobs[].Output")
	if key(CompileRequest{Jobs: []CompileJob{{b, "a.py", "/out"}}}) != key(req) {
		t.Error("byte code depends on where the source is")
	}
	for what, other := range map[string]*pydist.Dist{"": {}, "interpreter": {Interpreter: "other"}} {
		for i, neutral := range [][]Neutral{{{"/a", "/b"}}, {{"/a", "/c"}}, nil} {
			k, err := codeKeyOf(other, "tools", req, 0, neutral)
			if err != nil || (string(k.code[:]) == key(req)) != (what == "" && i == 0) || k.code == k.failure {
				t.Errorf("%s %v: %v", what, neutral, err)
			}
		}
	}
}

// What the analysis of a program compiled is not compiled again, all but what no module
// imports, and is what would be compiled.
func TestByteCodeOfAnAnalysisIsKept(t *testing.T) {
	dist := *managed(t)
	dist.Identity = digest(t.Name(), t.TempDir()) // nothing is kept of it yet
	dist.Interpreter = dist.Identity
	plan, err := open(t, &recorder{}).AnalyzeOnce(t.Context(), &dist, AnalyzeRequest{Modules: []Module{{Name: "json"}}, Bytecode: t.TempDir()}, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Made) != 0 {
		t.Error("the kept plan names files that do not last")
	}
	var jobs []CompileJob
	for _, f := range plan.Files {
		if f.Kind == KindModule && strings.Contains(f.Dest, "/json/") {
			jobs = append(jobs, CompileJob{f.Source, strings.TrimSuffix(f.Dest, "c"), filepath.Join(t.TempDir(), "pyc")})
		}
	}
	compile := func(dist *pydist.Dist) []Code {
		t.Helper()
		codes, err := open(t, &recorder{}).CompileOnce(t.Context(), dist, CompileRequest{Jobs: jobs}, plan.Python.Neutral)
		if err != nil || len(codes) < 4 {
			t.Fatalf("%d, %v", len(codes), err)
		}
		return codes
	}
	gone := dist
	gone.Executable = "/nonexistent"
	made := compile(&gone)
	dist.Interpreter = digest(t.Name(), t.TempDir())
	for i, code := range compile(&dist) {
		if code.SHA256 != made[i].SHA256 {
			t.Errorf("%s is something else when it is compiled", jobs[i].Name)
		}
	}
}
