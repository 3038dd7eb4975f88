package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/benchmark/parse"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// callKinds are the calls that are compared, by the names of Go benchmarks. Ours are
// in internal/bootstrap and internal/dialect/shim/py, cgo's in cgocalls.
var callKinds = []struct{ benchmark, about, python string }{
	{"BenchmarkBareCall", "a C function that needs no lock", ""},
	{"BenchmarkHeld", "callable(int), lock held", "callable(int)"},
	{"BenchmarkOneCrossing", "callable(int), lock taken and dropped, exception looked for", ""},
	{"BenchmarkStepByStep", "the same with a crossing for each step", ""},
	{"BenchmarkNoArgs", "int(), and its result dropped, the same way", "int()"},
}

// calling is a side of the comparison: a command that prints Go benchmarks.
type calling struct {
	Name  string              `json:"program"`
	Nanos map[string]*Samples `json:"nanoseconds"` // by benchmark

	argv [][]string
	env  []string
	ns   map[string][]float64
}

// benchCalls measures what a call from Go into Python costs, beside the same
// function called through cgo, which needs a C compiler, and by Python itself.
// Every process measures each call once, and the processes take turns.
func benchCalls(ctx context.Context, work string, o options) (*outcome, error) {
	dist, err := base(ctx, o.python)
	if err != nil {
		return nil, err
	}
	our, err := ourCalls(ctx, work, dist)
	if err != nil {
		return nil, err
	}
	sides := []*calling{our}
	if cgo, err := cgoCalls(ctx, work, dist); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark: without cgo:", err)
	} else {
		sides = append(sides, cgo)
	}
	sides = append(sides, pythonCalls(dist))
	for range o.runs {
		for _, side := range sides {
			if err := side.run(ctx); err != nil {
				return nil, err
			}
		}
	}
	return callTable(sides, o.runs), nil
}

func callTable(sides []*calling, runs int) *outcome {
	t := &table{head: []string{"ns per call (minimum / median)"}}
	for _, side := range sides {
		t.head = append(t.head, side.Name)
		side.Nanos = map[string]*Samples{}
		for name, ns := range side.ns {
			side.Nanos[name] = newSamples(ns)
		}
	}
	for _, kind := range callKinds {
		row := []string{kind.about}
		for _, side := range sides {
			cell := none
			if s := side.Nanos[kind.benchmark]; s != nil {
				cell = s.String()
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	return &outcome{about: about(fmt.Sprintf("%d runs of each, interleaved", runs)), tables: []*table{t}, data: sides}
}

// ourCalls compiles the benchmarks of the run time and of the core package py.
func ourCalls(ctx context.Context, work string, dist *pydist.Dist) (*calling, error) {
	c := &calling{Name: "llgo", ns: map[string][]float64{}, env: []string{"LLGO_PY_TEST_PYTHONS=" + dist.Executable}}
	for _, pkg := range []string{"bootstrap", "dialect/shim/py"} {
		exe := filepath.Join(work, filepath.Base(pkg)+".test")
		if _, err := timed(exec.CommandContext(ctx, "go", "test", "-c", "-o", exe, "./internal/"+pkg)); err != nil {
			return nil, err
		}
		c.argv = append(c.argv, benchmarkOnce(exe))
	}
	return c, nil
}

func cgoCalls(ctx context.Context, work string, dist *pydist.Dist) (*calling, error) {
	exe := filepath.Join(work, "cgocalls.test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", exe, ".")
	cmd.Dir = filepath.Join("scripts", "benchmark", "cgocalls")
	cmd.Env = append(pydist.CleanEnv(os.Environ()), "CGO_ENABLED=1", "GOWORK=off",
		"CGO_LDFLAGS="+dist.LibPython+" -Wl,-rpath,"+filepath.Dir(dist.LibPython))
	if _, err := timed(cmd); err != nil {
		return nil, err
	}
	return &calling{
		Name: "cgo", argv: [][]string{benchmarkOnce(exe)},
		env: []string{"PYTHONHOME=" + dist.BasePrefix}, ns: map[string][]float64{},
	}, nil
}

// benchmarkOnce is how a test binary measures all of its calls once.
func benchmarkOnce(exe string) []string {
	var names []string
	for _, kind := range callKinds {
		names = append(names, kind.benchmark)
	}
	return []string{exe, "-test.run=^$", "-test.cpu=1", "-test.benchtime=100ms", "-test.bench=^(" + strings.Join(names, "|") + ")$"}
}

// pythonCalls lets the interpreter make the calls, and print them as Go benchmarks.
func pythonCalls(dist *pydist.Dist) *calling {
	code := "import timeit\n"
	for _, kind := range callKinds {
		if kind.python != "" {
			code += fmt.Sprintf("t = timeit.timeit(%q, number=1000000)\nprint(%q, 1000000, t * 1000, 'ns/op')\n", kind.python, kind.benchmark)
		}
	}
	return &calling{Name: "Python", argv: [][]string{{dist.Executable, "-I", "-c", code}}, ns: map[string][]float64{}}
}

// run measures every call once.
func (c *calling) run(ctx context.Context) error {
	for _, argv := range c.argv {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Env = append(pydist.CleanEnv(os.Environ()), c.env...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
		set, err := parse.ParseSet(bytes.NewReader(out))
		if err != nil {
			return err
		}
		for name, found := range set {
			for _, b := range found {
				c.ns[name] = append(c.ns[name], b.NsPerOp)
			}
		}
	}
	return nil
}
