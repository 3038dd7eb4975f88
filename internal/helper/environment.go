package helper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

const lockName = "requirements.lock"

// Environment returns a virtual environment in the cache, on top of dist, with
// the requirements installed. Without requirements it returns dist itself.
//
// What dist already has stays importable; the requirements come first. They are
// resolved for the interpreter of dist on this machine, and every file that is
// installed is checked against the hashes of the resolution. The environment
// holds the resolution as requirements.lock.
func (h *Helper) Environment(ctx context.Context, dist *pydist.Dist, reqs Requirements, rep progress.Reporter) (*pydist.Dist, error) {
	if reqs.Empty() {
		return dist, nil
	}
	u, err := h.uv(ctx)
	if err != nil {
		return nil, err
	}
	lock, err := u.resolve(ctx, dist, reqs, rep)
	if err != nil || strings.TrimSpace(lock) == "" {
		return dist, err
	}
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	const layout = "1"
	identity := digest(layout, lock, dist.Identity)
	dir := filepath.Join(root, "environments", identity[:32])
	err = cachedir.Ensure(ctx, dir, func(work string) error {
		return u.fill(ctx, dist, lock, work, rep)
	})
	if err != nil {
		return nil, err
	}
	return pydist.Venv(ctx, dist, dir, identity)
}

// uv provides uv itself.
func (h *Helper) uv(ctx context.Context) (uv, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return uv{}, err
	}
	native, err := tools.install(ctx, nativeTools)
	return uv{uvPath(native), h.verbose}, err
}

// resolve returns the text of a lock: one exact version for each distribution,
// with hashes, and no comment, so that equal resolutions are equal texts.
//
// A resolution is kept, and used as long as its inputs are the same: a build
// tomorrow gives the program of today, without asking the network. The price is
// that a newer version of something asked for loosely, a changed index, a file
// behind a URL or a changed uv.toml is not noticed. Any change of the requirements
// or of a UV_ variable resolves anew, and so does removing "resolutions" from the
// cache.
func (u uv) resolve(ctx context.Context, dist *pydist.Dist, reqs Requirements, rep progress.Reporter) (string, error) {
	key, err := reqs.key(dist)
	if err != nil {
		return "", err
	}
	root, err := cachedir.Root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "resolutions", key[:32])
	err = cachedir.Ensure(ctx, dir, func(work string) error {
		text, err := u.compile(ctx, dist, reqs, work, rep)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(work, lockName), []byte(text), 0o600)
	})
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, lockName))
	return string(text), err
}

// compile asks uv for a resolution. It runs beside the first file of the
// requirements, where uv finds the settings of the project (uv.toml, [tool.uv]).
func (u uv) compile(ctx context.Context, dist *pydist.Dist, reqs Requirements, work string, rep progress.Reporter) (string, error) {
	files, err := reqs.sources()
	if err != nil {
		return "", err
	}
	dir := work
	if len(files) > 0 {
		dir = filepath.Dir(files[0])
	}
	if len(reqs.Specs) > 0 {
		specs := filepath.Join(work, "requirements.in")
		if err := os.WriteFile(specs, []byte(strings.Join(reqs.Specs, "\n")+"\n"), 0o600); err != nil {
			return "", err
		}
		files = append(files, specs)
	}
	task := rep.Phase("resolve the Python requirements", 0)
	defer task.Done()
	args := []string{"pip", "compile", "--generate-hashes", "--no-header", "--no-annotate", "--python", dist.Executable}
	return u.run(ctx, "resolve the Python requirements", dir, task, append(args, files...)...)
}

// fill makes the environment in work. It is relocatable, which takes the path out
// of scripts, because it gets its final name by a rename; sys.prefix and sys.path
// follow from where its pyvenv.cfg is found.
func (u uv) fill(ctx context.Context, dist *pydist.Dist, lock, work string, rep progress.Reporter) error {
	lockFile := filepath.Join(work, lockName)
	task := rep.Phase("install the Python requirements", strings.Count(lock, "=="))
	defer task.Done()
	const what = "install the Python requirements"
	if _, err := u.run(ctx, what, work, task, "venv", "--relocatable", "--allow-existing", "--no-project",
		"--python", dist.Executable, work); err != nil {
		return err
	}
	if err := os.WriteFile(lockFile, []byte(lock), 0o600); err != nil {
		return err
	}
	python := filepath.Join(work, "bin", "python")
	if _, err := u.run(ctx, what, work, task, "pip", "sync", "--require-hashes", "--python", python, lockFile); err != nil {
		return err
	}
	return layer(dist, work)
}

// layer makes what dist has besides the standard library importable in the
// environment, after the environment's own: a .pth file that adds dist's site
// directories as if they were the environment's, their own .pth files included.
func layer(dist *pydist.Dist, work string) error {
	if len(dist.SitePackages) == 0 {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(work, "lib", "python*", "site-packages"))
	if err != nil || len(found) != 1 {
		return errors.Join(err, fmt.Errorf("the new environment has %d directories site-packages", len(found)))
	}
	var code strings.Builder
	for _, dir := range dist.SitePackages {
		// Go's quoting of everything outside of ASCII is Python's as well.
		fmt.Fprintf(&code, "import site; site.addsitedir(%s)\n", strconv.QuoteToASCII(dir))
	}
	return os.WriteFile(filepath.Join(found[0], "zz_llgo_base.pth"), []byte(code.String()), 0o644)
}
