package helper

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Unfulfilled says what distributions lack that are to be installed together for the
// interpreter of dist: a line each, as uv puts it ("the package `a` requires `b>=2`, but
// it's not installed"), none if everything is there. Each is given by a directory
// with its METADATA and WHEEL, a .dist-info; markers (PEP 508), versions and tags are
// judged by uv.
func (h *Helper) Unfulfilled(ctx context.Context, dist *pydist.Dist, infos []string) ([]string, error) {
	u, err := h.uv(ctx)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "llgo-py-requirements-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	if err := pretend(dist, infos, work); err != nil {
		return nil, err
	}
	_, err = u.run(ctx, "check the requirements", work, progress.Discard.Phase("", 0), "pip", "check", "--python", filepath.Join(work, "bin", "python3"))
	var failed *Error
	if !errors.As(err, &failed) {
		return nil, err
	}
	lines := incompatibilities(failed.Output)
	if len(lines) == 0 {
		return nil, err
	}
	return lines, nil
}

// incompatibilities are the lines after "Found 2 incompatibilities".
func incompatibilities(output string) (lines []string) {
	_, list, found := strings.Cut("\n"+output, "\nFound ")
	if !found {
		return nil
	}
	for _, line := range strings.Split(strings.TrimSpace(list), "\n")[1:] {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "The package "); ok {
			lines = append(lines, "the package "+rest)
		}
	}
	return lines
}

// pretend makes a virtual environment with nothing in it but what says which
// distributions are installed.
func pretend(dist *pydist.Dist, infos []string, work string) error {
	site := filepath.Join(work, "lib", dist.LibDirName(), "site-packages")
	for _, dir := range []string{filepath.Join(work, "bin"), site} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	home := "home = " + filepath.Dir(dist.BaseExecutable) + "\ninclude-system-site-packages = false\n"
	if err := os.WriteFile(filepath.Join(work, "pyvenv.cfg"), []byte(home), 0o644); err != nil {
		return err
	}
	if err := os.Symlink(dist.BaseExecutable, filepath.Join(work, "bin", "python3")); err != nil {
		return err
	}
	for _, info := range infos {
		// uv takes a link for no distribution.
		into := filepath.Join(site, filepath.Base(info))
		if err := os.Mkdir(into, 0o755); err != nil {
			return err
		}
		for _, name := range []string{"METADATA", "WHEEL", "RECORD"} {
			if err := os.Symlink(filepath.Join(info, name), filepath.Join(into, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
