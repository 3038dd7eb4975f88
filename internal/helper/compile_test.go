package helper

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// stdlibJobs compiles the top level of a standard library into dir.
func stdlibJobs(t *testing.T, dist *pydist.Dist, dir string) (jobs []CompileJob) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dist.Stdlib, "*.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range found {
		name := "lib/" + filepath.Base(source)
		jobs = append(jobs, CompileJob{source, name, filepath.Join(dir, name+"c")})
	}
	return jobs
}

// TestCompileIsTheSameHoweverItIsDivided: a machine with more processors must not
// make other files.
func TestCompileIsTheSameHoweverItIsDivided(t *testing.T) {
	for _, dist := range []*pydist.Dist{managed(t), pyenv(t, "3.9")} {
		t.Run(dist.Minor, func(t *testing.T) {
			var outputs [2]string
			for i, processors := range []int{1, 3} {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
				outputs[i] = t.TempDir()
				jobs := stdlibJobs(t, dist, outputs[i])
				if shards := shard(jobs, processors); i == 1 && len(shards) == 1 {
					t.Fatalf("%d jobs are not divided: nothing to compare", len(jobs))
				}
				answer, err := open(t, progress.Discard).Compile(t.Context(), dist, CompileRequest{Jobs: jobs})
				if err != nil || answer.Count != len(jobs) || len(answer.Failed) != 0 {
					t.Fatalf("%+v, %v; want %d files", answer, err, len(jobs))
				}
			}
			sameFiles(t, outputs[0], outputs[1])
		})
	}
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(a, "lib", "*.pyc"))
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing to compare: %v", err)
	}
	for _, path := range found {
		one, err1 := os.ReadFile(path)
		other, err2 := os.ReadFile(filepath.Join(b, "lib", filepath.Base(path)))
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(one, other) {
			t.Errorf("%s differs (%v)", filepath.Base(path), err)
		}
	}
}

func TestCompileReportsWhatItCannotCompile(t *testing.T) {
	dir := t.TempDir()
	rep := &recorder{}
	jobs := []CompileJob{
		{write(t, dir, "good.py", "x = 1\n"), "good.py", filepath.Join(dir, "good.pyc")},
		{write(t, dir, "bad.py", "x = = 1\n"), "bad.py", filepath.Join(dir, "bad.pyc")},
	}
	answer, err := open(t, rep).Compile(t.Context(), managed(t), CompileRequest{Jobs: jobs})
	if err != nil || answer.Count != 1 || len(answer.Failed) != 1 || answer.Failed[0].Source != jobs[1].Source {
		t.Errorf("%+v, %v", answer, err)
	}
	if !strings.Contains(rep.String(), "phase compile the Python modules of 2") {
		t.Errorf("reported %q", rep)
	}
}

func TestCompileNothing(t *testing.T) {
	answer, err := open(t, progress.Discard).Compile(t.Context(), managed(t), CompileRequest{})
	if err != nil || answer.Count != 0 {
		t.Errorf("%+v, %v", answer, err)
	}
}

// TestCompileSaysWhatFailedFirst: when one of several processes fails the others
// are stopped, and the error is the first one's.
func TestCompileSaysWhatFailedFirst(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	dist := managed(t)
	jobs := stdlibJobs(t, dist, t.TempDir())
	jobs[len(jobs)-1].Source = filepath.Join(t.TempDir(), "gone.py")
	jobs = append(jobs, jobs...)
	if len(shard(jobs, 2)) != 2 {
		t.Fatalf("%d jobs are not divided", len(jobs))
	}
	_, err := open(t, progress.Discard).Compile(t.Context(), dist, CompileRequest{Jobs: jobs})
	oneLineError(t, err, "gone.py")
}

func TestCompileEndsWithTheContext(t *testing.T) {
	dist, h := managed(t), open(t, progress.Discard)
	if _, err := h.Hello(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Compile(ctx, dist, CompileRequest{Jobs: stdlibJobs(t, dist, t.TempDir())}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestAnalyzeReportsAMissingModule asks the real pyhelper for what does not exist.
func TestAnalyzeReportsAMissingModule(t *testing.T) {
	_, err := open(t, progress.Discard).Analyze(t.Context(), managed(t), AnalyzeRequest{
		Workdir: t.TempDir(), Modules: []Module{{"no_such_module", []string{"main.go:3:1"}}},
	})
	var e *Error
	if !errors.As(err, &e) || e.Module != "no_such_module" || len(e.Positions) != 1 || len(e.Missing) != 1 {
		t.Errorf("got %#v", err)
	}
}

// TestAnalyze asks the real pyhelper, in an interpreter that is not its own.
func TestAnalyze(t *testing.T) {
	rep := &recorder{}
	plan, err := open(t, rep).Analyze(t.Context(), pyenv(t, "3.9"), AnalyzeRequest{
		Workdir: t.TempDir(), Modules: []Module{{Name: "sqlite3"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[Kind]int)
	for _, f := range plan.Files {
		kinds[f.Kind]++
		if strings.Contains(f.Dest, "PyInstaller") || strings.Contains(f.Dest, "pyhelper") {
			t.Errorf("a tool became part of the program: %+v", f)
		}
	}
	if plan.Python.LibDirName != "python3.9" || kinds[KindModule] == 0 || kinds[KindExtension] == 0 {
		t.Errorf("%+v with files %v", plan.Python, kinds)
	}
	if !strings.Contains(rep.String(), "phase analyse the Python side") {
		t.Errorf("reported %q", rep)
	}
}
