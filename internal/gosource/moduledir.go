package gosource

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ModuleDir is the directory of the program's go.mod, or of its main package
// where there is none.
func (p *Program) ModuleDir() string { return moduleAbove(p.Main.Dir) }

// ModuleDir is what Program.ModuleDir would be, without loading the program;
// without patterns, of the module that the working directory is in.
func ModuleDir(ctx context.Context, cfg Config) (string, error) {
	if len(cfg.Patterns) == 0 {
		return moduleAbove(cfg.Dir), nil
	}
	args := append([]string{"list", "-find", "-f", "{{.Dir}}"}, cfg.Flags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), cfg.Patterns...)...)
	cmd.Dir, cmd.Env = cfg.Dir, cfg.Env
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", ErrGoMissing
	case errors.As(err, &exit):
		return "", errors.New(strings.TrimSpace(string(exit.Stderr)))
	case err != nil:
		return "", err
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return moduleAbove(first), nil
}

// moduleAbove is the nearest directory with a go.mod at dir or above it, or dir.
func moduleAbove(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if fi, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && fi.Mode().IsRegular() {
			return d
		}
		if filepath.Dir(d) == d {
			return dir
		}
	}
}
