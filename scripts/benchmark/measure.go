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
)

// Samples are the wall times of whole processes, in milliseconds.
type Samples struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
}

func (s *Samples) String() string { return fmt.Sprintf("%.1f / %.1f", s.Min, s.Median) }

// equivalent is the Python that does what an app does, for the bare interpreter.
var equivalent = map[string]string{
	"hello":  "print('hello')",
	"stdlib": "import json, sqlite3, ssl, ctypes, zoneinfo, multiprocessing, asyncio",
	"matrix": "import numpy as np; print(np.array([[1,2,3]]*3) + np.array([[9,8,7]]*3)); print(np.linalg.solve(np.eye(3), np.ones(3)))",
	"own":    "import json; print(json.dumps({}))",
}

// environment is what programs are started with: nothing that changes Python.
var environment = []string{"PATH=/usr/bin:/bin", "HOME=" + os.TempDir()}

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
	var err error
	if figures.BuildCold, err = build("GOCACHE=" + filepath.Join(dir, "gocache")); err != nil {
		return nil, err
	}
	if figures.BuildAgain, err = build("GOCACHE=" + filepath.Join(dir, "gocache")); err != nil {
		return nil, err
	}
	if figures.Size, figures.Files, err = size(filepath.Dir(out)); err != nil {
		return nil, err
	}
	return figures, figures.starts(llgo, name, src, out, runs)
}

// starts measures the packaged program against the bare interpreter: the one in
// the package, so that both use the same libpython and the same modules.
func (f *AppFigures) starts(llgo, name, src, out string, runs int) error {
	python := filepath.Join(filepath.Dir(out), "python", "bin", "python3")
	samples, err := interleaved(runs, [][]string{{out}, {python, "-I", "-S", "-c", sitePath(out) + equivalent[name]}})
	if err != nil {
		return err
	}
	f.Start, f.Interpreter = samples[0], samples[1]
	f.Ratio = f.Start.Min / f.Interpreter.Min
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
			if err := command(os.TempDir(), environment, c[0], c[1:]...); err != nil {
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
