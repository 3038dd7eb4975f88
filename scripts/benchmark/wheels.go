package main

import (
	"context"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// download gets wheels for the managed interpreter, by its own pip: args are
// requirements, and flags of pip.
func download(ctx context.Context, managed *pydist.Dist, dir string, args ...string) ([]string, error) {
	cmd, err := managed.Command(ctx, append([]string{
		filepath.Join(managed.Pip, "pip", "__main__.py"), "download", "--quiet", "--only-binary", ":all:",
		"--disable-pip-version-check", "--dest", dir,
	}, args...)...)
	if err != nil {
		return nil, err
	}
	if _, err := timed(cmd); err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(dir, "*.whl"))
}
