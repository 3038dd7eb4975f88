package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// Samples are the wall times of whole processes, in milliseconds.
type Samples struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
}

func (s *Samples) String() string {
	if s == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f / %.1f", s.Min, s.Median)
}

// equivalent is Python that does what an app does, for the bare interpreter. An
// app without one (stdlib starts processes of its own) is measured alone.
var equivalent = map[string]string{
	"hello":  "print('hello')",
	"matrix": "import numpy as np; print(np.array([[1,2,3]]*3) + np.array([[9,8,7]]*3)); print(np.linalg.solve(np.eye(3), np.ones(3)))",
}

func measure(llgo, name, dir string, runs int) (*AppFigures, error) {
	src := filepath.Join(dir, "src")
	if err := os.CopyFS(src, os.DirFS(filepath.Join("testdata", "apps", name))); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "out", name)
	build := func(env ...string) (float64, error) {
		start := time.Now()
		err := command(src, env, llgo, "build", "--py-compiler=go", "--py-onedir", "-o", out, ".")
		return time.Since(start).Seconds(), err
	}
	figures := &AppFigures{App: name}
	cache, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(cache, "analyses")); err != nil {
		return nil, err
	}
	if figures.BuildCold, err = build("GOCACHE=" + filepath.Join(dir, "gocache")); err != nil {
		return nil, err
	}
	if figures.BuildAgain, err = build("GOCACHE=" + filepath.Join(dir, "gocache")); err != nil {
		return nil, err
	}
	if figures.Size, figures.Files, err = size(filepath.Dir(out)); err != nil {
		return nil, err
	}
	return figures, figures.starts(out, runs)
}

// starts measures the packaged program against the bare interpreter: the one in
// the package, so that both use the same libpython and the same modules.
func (f *AppFigures) starts(out string, runs int) error {
	commands := [][]string{{out}}
	if code := equivalent[f.App]; code != "" {
		python := filepath.Join(filepath.Dir(out), "python", "bin", "python3")
		commands = append(commands, []string{python, "-I", "-S", "-c", sitePath(out) + code})
	}
	samples, err := interleaved(runs, commands)
	if err != nil {
		return err
	}
	f.Start = samples[0]
	if len(samples) > 1 {
		f.Interpreter = samples[1]
		f.Ratio = f.Start.Min / f.Interpreter.Min
	}
	return nil
}

// sitePath makes site-packages importable under -S.
func sitePath(out string) string {
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "python", "lib", "python3*", "site-packages"))
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf("import sys; sys.path.append(%q); ", found[0])
}

// interleaved runs the commands in turn, one uncounted round first.
func interleaved(runs int, commands [][]string) ([]*Samples, error) {
	times := make([][]float64, len(commands))
	for round := range runs + 1 {
		for i, c := range commands {
			start := time.Now()
			if err := command(os.TempDir(), nil, c[0], c[1:]...); err != nil {
				return nil, err
			}
			if round > 0 {
				times[i] = append(times[i], float64(time.Since(start).Microseconds())/1000)
			}
		}
	}
	samples := make([]*Samples, len(commands))
	for i, t := range times {
		slices.Sort(t)
		samples[i] = &Samples{Min: t[0], Median: t[len(t)/2]}
	}
	return samples, nil
}

// command runs a program with its output thrown away unless it fails. extra is
// added to this process's environment without PYTHON*.
func command(dir string, extra []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PYTHON") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, extra...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(append([]string{name}, args...), " "), err, out)
	}
	return nil
}

func size(dir string) (bytes int64, files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		files++
		return err
	})
	return bytes, files, err
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}
