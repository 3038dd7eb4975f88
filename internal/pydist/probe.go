package pydist

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed probe.py
var probeScript string

// probeTimeout ends a program that was named as an interpreter and is something
// else, say one that waits for a window to be closed. Interpreters answer within
// a fraction of a second.
const probeTimeout = 60 * time.Second

// answer is what probe.py prints.
type answer struct {
	Implementation  string   `json:"implementation"` // "CPython", "PyPy"
	Version         string   `json:"version"`
	Major           int      `json:"major"`
	Minor           int      `json:"minor"`
	ABIFlags        string   `json:"abiflags"`
	Platform        string   `json:"platform"`
	Executable      string   `json:"executable"`
	BaseExecutable  string   `json:"base_executable"`
	Prefix          string   `json:"prefix"`
	BasePrefix      string   `json:"base_prefix"`
	Stdlib          string   `json:"stdlib"`
	PlatStdlib      string   `json:"platstdlib"`
	Path            []string `json:"path"`
	SOABI           string   `json:"soabi"`
	Shared          string   `json:"shared"`     // Py_ENABLE_SHARED: "1", "0", "" where unknown
	LDLibrary       string   `json:"ldlibrary"`  // "libpython3.14.so"; with a framework "Python.framework/…/Python"
	InstSOName      string   `json:"instsoname"` // "libpython3.14.so.1.0"
	LibDir          string   `json:"libdir"`
	LibPL           string   `json:"libpl"`
	MultiArch       string   `json:"multiarch"`
	FrameworkPrefix string   `json:"framework_prefix"` // where Python.framework lies, or ""
}

// probe runs the interpreter at executable and asks what it is.
func probe(ctx context.Context, executable string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	cmd, err := command(ctx, executable, "-c", probeScript)
	if err != nil {
		return nil, err
	}
	cmd.Dir = filepath.Dir(executable)
	cmd.WaitDelay = time.Second // a child that holds the pipes must not hold us
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, probeError(ctx, err, stderr.String())
	}
	// What site customisations print comes first.
	var a answer
	if err := json.Unmarshal([]byte(lastLine(stdout.String())), &a); err != nil {
		return nil, errors.New("it is not a Python interpreter")
	}
	return &a, a.check()
}

// probeError says what the failure of a probe means.
func probeError(ctx context.Context, err error, stderr string) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("it is not a Python interpreter, or did not answer within %v", probeTimeout)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, syscall.ENOEXEC):
		return errors.New("it is not a program for this machine")
	case errors.Is(err, os.ErrNotExist):
		return errors.New("there is no such program, or the loader that it needs is missing")
	case errors.Is(err, os.ErrPermission):
		return errors.New("it is not executable")
	case strings.Contains(stderr, "Unknown option: -I"):
		return fmt.Errorf("it is older than Python 3.4; %s", supported())
	case errors.As(err, &exit) && stderr != "":
		return fmt.Errorf("it is not a working Python interpreter (%v: %s)", exit, lastLine(stderr))
	}
	return fmt.Errorf("it is not a working Python interpreter (%w)", err)
}

func supported() string {
	return fmt.Sprintf("packaged programs need CPython 3.%d to 3.%d", Oldest, Newest)
}

// check refuses interpreters that no program can be packaged with.
func (a *answer) check() error {
	switch {
	case a.Implementation != "CPython":
		return fmt.Errorf("it is %s; %s", a.Implementation, supported())
	case a.Major != 3 || a.Minor < Oldest:
		return fmt.Errorf("it is Python %s, which is too old; %s", a.Version, supported())
	case a.Minor > Newest:
		return fmt.Errorf("it is Python %s, which is too new; %s", a.Version, supported())
	}
	return nil
}

// dist describes the interpreter that gave the answer, and finds its libpython.
// The identity is left to the caller.
func (a *answer) dist() (*Dist, error) {
	lib, soname, err := a.libPython()
	if err != nil {
		return nil, err
	}
	return &Dist{
		Version:        a.Version,
		Minor:          fmt.Sprintf("%d.%d", a.Major, a.Minor),
		ABIFlags:       a.ABIFlags,
		SOABI:          a.SOABI,
		Platform:       a.Platform,
		Executable:     a.Executable,
		BaseExecutable: a.realExecutable(),
		Prefix:         a.Prefix,
		BasePrefix:     a.BasePrefix,
		Stdlib:         a.Stdlib,
		PlatStdlib:     a.PlatStdlib,
		SitePackages:   a.sitePackages(),
		LibPython:      lib,
		SONAME:         soname,
	}, nil
}

// realExecutable follows the links from the interpreter to the file of the base
// installation. Up to Python 3.10 sys._base_executable of a virtual environment
// is the environment's own; that is a link, or with "venv --copies" a copy, in
// whose place the original is looked for under its usual name.
func (a *answer) realExecutable() string {
	original := filepath.Join(a.BasePrefix, "bin", fmt.Sprintf("python%d.%d%s", a.Major, a.Minor, a.ABIFlags))
	for _, path := range []string{a.BaseExecutable, original} {
		real, err := filepath.EvalSymlinks(path)
		if err == nil && (a.Prefix == a.BasePrefix || !isBelow(real, a.Prefix)) {
			return real
		}
	}
	return a.BaseExecutable
}

// isBelow tells whether path lies in the directory dir.
func isBelow(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (a *answer) sitePackages() []string {
	return slices.DeleteFunc(slices.Clone(a.Path), func(dir string) bool {
		return dir == a.Stdlib || dir == a.PlatStdlib || filepath.Base(dir) == "lib-dynload"
	})
}
