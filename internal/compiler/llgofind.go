package compiler

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// OldestLLGo is the first version whose programs can be packaged.
const OldestLLGo = "v0.13.0"

// newLLGo looks at the llgo at path: its version, and whether the Go on PATH is one
// it can work with.
func newLLGo(ctx context.Context, path string, env []string) (*llgo, error) {
	version, err := llgoVersion(ctx, path, env)
	if err != nil {
		return nil, err
	}
	if semver.IsValid(version) && semver.Compare(version, OldestLLGo) < 0 {
		return nil, &llgoError{fmt.Sprintf("%s is llgo %s: packaging needs %s or later", path, version, OldestLLGo)}
	}
	c := &llgo{path: path, version: version}
	c.env, err = c.withGo(ctx, builtWith(path), env)
	return c, err
}

// LLGoEnviron returns the environment for the llgo at path when it is used by itself:
// env, with a Go that it can work with.
func LLGoEnviron(ctx context.Context, path string, env []string) ([]string, error) {
	c, err := newLLGo(ctx, path, env)
	if err != nil {
		return nil, err
	}
	return c.env, nil
}

// llgoError is a reason why an llgo that is there cannot be used.
type llgoError struct{ text string }

func (e *llgoError) Error() string { return e.text }

// Hint says how to go on without it.
func (e *llgoError) Hint() string {
	return "llgo build --py-compiler=go …   # stock Go builds the same sources"
}

var versionLine = regexp.MustCompile(`(?m)^llgo (\S+) \S+/\S+$`)

// llgoVersion asks for the version: "v0.13.0", or "(devel)" of a build from sources.
func llgoVersion(ctx context.Context, path string, env []string) (string, error) {
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = env
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	match := versionLine.FindSubmatch(out)
	if err != nil || match == nil {
		how := fmt.Sprintf("says %.60q", firstLine(out))
		if err != nil {
			how = fmt.Sprintf("fails: %v", err)
		}
		return "", &llgoError{fmt.Sprintf("%s is no llgo that works: `%s version` %s", path, filepath.Base(path), how)}
	}
	return string(match[1]), nil
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

// builtWith is the version of Go that a program was built with, "" if it does not say.
func builtWith(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return ""
	}
	return info.GoVersion
}

// withGo returns the environment for llgo. It reads what `go list` says by the rules
// of the Go that it was built with, and gives up on what a later one says ("cannot
// build SSA for packages"). Then its own Go is put first on PATH, which the go
// command fetches where need be.
func (c *llgo) withGo(ctx context.Context, own string, env []string) ([]string, error) {
	found, err := gosource.Env(ctx, env, "GOVERSION")
	if err != nil {
		return nil, err
	}
	if goMinor(own) == 0 || goMinor(found[0]) <= goMinor(own) {
		return slices.Clone(env), nil
	}
	// Not GOROOT alone: a go command that was started with one keeps it.
	fetch := append(slices.Clone(env), "GOTOOLCHAIN="+own, "GOROOT=", "GOFLAGS=")
	root, err := gosource.Env(ctx, fetch, "GOROOT")
	if err != nil || root[0] == "" {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &llgoError{fmt.Sprintf("%s cannot work with %s, and its own %s cannot be had: put that first on PATH", c.Name(), found[0], own)}
	}
	bin := filepath.Join(root[0], "bin")
	return append(slices.Clone(env), "PATH="+bin+string(os.PathListSeparator)+lookup(env, "PATH"),
		"GOROOT="+root[0], "GOTOOLCHAIN=local"), nil
}

var goVersion = regexp.MustCompile(`^go1\.([0-9]+)`)

// goMinor is 24 for "go1.24.11", 0 for what is no release.
func goMinor(version string) int {
	match := goVersion.FindStringSubmatch(version)
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(match[1])
	return n
}

// usable reports whether err is about an llgo that is there.
func isLLGoError(err error) bool {
	var e *llgoError
	return errors.As(err, &e)
}
