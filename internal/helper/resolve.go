package helper

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// Resolve asks uv which distributions fulfil the requirements and returns the
// text of a lock for the Python version of dist on every platform, with the
// hashes of every file and without credentials. Paths in it are relative to want.Dir.
func (h *Helper) Resolve(ctx context.Context, dist *pydist.Dist, want Requirements, rep progress.Reporter) (lock string, err error) {
	u, err := h.uv(ctx)
	if err != nil {
		return "", err
	}
	work, err := os.MkdirTemp("", "llgo-py-resolve-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	return u.compile(ctx, dist, want, work, rep)
}

// ResolveOnce is Resolve, whose outcome is kept, and used as long as its inputs are
// the same: a build tomorrow gives the program of today, without asking the
// network. The price is that a newer version of something asked for loosely, a
// changed index, a file behind a URL or a changed uv.toml is not noticed. Any
// change of the requirements or of a UV_ variable resolves anew, and so does
// removing "resolutions" from the cache.
func (h *Helper) ResolveOnce(ctx context.Context, dist *pydist.Dist, want Requirements, rep progress.Reporter) (lock string, err error) {
	key, err := want.key(dist)
	if err != nil {
		return "", err
	}
	root, err := cachedir.Root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "resolutions", key[:32])
	err = cachedir.Ensure(ctx, dir, func(work string) error {
		u, err := h.uv(ctx)
		if err != nil {
			return err
		}
		text, err := u.compile(ctx, dist, want, work, rep)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(work, pylock.FileName), []byte(text), 0o600)
	})
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, pylock.FileName))
	return string(text), err
}

// compile runs uv in the directory of the requirements, where it finds the
// settings of the project (uv.toml, [tool.uv]); work is for its output.
//
// The resolution is universal: one lock serves Linux and macOS. Versions of
// want.Prefer stay where they fulfil the requirements, because uv takes those of
// an output file that exists already.
func (u uv) compile(ctx context.Context, dist *pydist.Dist, want Requirements, work string, rep progress.Reporter) (string, error) {
	files, err := want.sources()
	if err != nil {
		return "", err
	}
	dir, err := want.directory(work)
	if err != nil {
		return "", err
	}
	if len(want.Specs) > 0 {
		specs := filepath.Join(work, "requirements.in")
		if err := os.WriteFile(specs, []byte(strings.Join(want.Specs, "\n")+"\n"), 0o600); err != nil {
			return "", err
		}
		files = append(files, specs)
	}
	output := filepath.Join(work, pylock.FileName)
	if want.Prefer != "" {
		if err := os.WriteFile(output, []byte(want.Prefer), 0o600); err != nil {
			return "", err
		}
	}
	task := rep.Phase("resolve the Python requirements", 0)
	defer task.Done()
	args := []string{"pip", "compile", "--universal", "--python-version", dist.Minor, "--generate-hashes", "--no-header", "--quiet",
		"--format", "pylock.toml", "--output-file", output, "--python", dist.Executable}
	if _, err := u.run(ctx, "resolve the Python requirements", dir, task, append(args, files...)...); err != nil {
		return "", err
	}
	text, err := os.ReadFile(output)
	return reqs.DropCredentials(pylock.Moved(string(text), work, dir)), err
}
