package helper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// Environment returns a virtual environment in the cache, on top of dist, with
// the requirements installed. Without requirements it returns dist itself. They
// are resolved once, see ResolveOnce.
func (h *Helper) Environment(ctx context.Context, dist *pydist.Dist, want Requirements, rep progress.Reporter) (*pydist.Dist, error) {
	if want.Empty() {
		return dist, nil
	}
	lock, err := h.ResolveOnce(ctx, dist, want, rep)
	if err != nil {
		return nil, err
	}
	dir, err := want.directory("")
	if err != nil {
		return nil, err
	}
	access, err := want.Access()
	if err != nil {
		return nil, err
	}
	return h.Install(ctx, dist, Installation{lock, dir, access}, rep)
}

// Installation is what to install.
type Installation struct {
	Lock   string      // the text of a lock
	Dir    string      // what paths in it are relative to, and where uv's settings are
	Access reqs.Access // credentials that only requirements have; a lock has none
}

// Install returns a virtual environment in the cache, on top of dist, with the
// distributions of a lock that are for this machine. A lock without distributions
// is dist itself.
//
// What dist already has stays importable; the distributions of the lock come
// first. Every file that is installed is checked against the hashes of the lock.
// Where the same lock was installed before, nothing is asked for, neither of uv
// nor of the network. Source trees on this machine are looked at file by file,
// and installed as they are now.
func (h *Helper) Install(ctx context.Context, dist *pydist.Dist, in Installation, rep progress.Reporter) (*pydist.Dist, error) {
	parsed, err := pylock.Parse(in.Lock)
	if err != nil || len(parsed.Packages) == 0 {
		return dist, err
	}
	text, err := parsed.Installable(in.Dir)
	if err != nil {
		return nil, err
	}
	// One of another tool may have credentials.
	in.Access = maps.Clone(in.Access)
	in.Access.Learn(text)
	text = reqs.DropCredentials(text)
	trees, err := digestTrees(parsed.Directories(), in.Dir)
	if err != nil {
		return nil, err
	}
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	const layout = "2"
	identity := digest(layout, text, trees, dist.Identity)
	env := filepath.Join(root, "environments", identity[:32])
	err = cachedir.Ensure(ctx, env, func(work string) error {
		u, err := h.uv(ctx)
		if err != nil {
			return err
		}
		return u.fill(ctx, dist, filling{in, text, parsed}, work, rep)
	})
	if err != nil {
		return nil, err
	}
	return pydist.Venv(ctx, dist, env, identity)
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

// filling is an installation that is under way.
type filling struct {
	Installation
	text string // of the lock as it is installed
	lock *pylock.Lock
}

// fill makes the environment in work. It is relocatable, which takes the path out
// of scripts, because it gets its final name by a rename; sys.prefix and sys.path
// follow from where its pyvenv.cfg is found.
func (u uv) fill(ctx context.Context, dist *pydist.Dist, in filling, work string, rep progress.Reporter) error {
	task := rep.Phase("install the Python requirements", len(in.lock.Packages))
	defer task.Done()
	const what = "install the Python requirements"
	if _, err := u.run(ctx, what, work, task, "venv", "--relocatable", "--allow-existing", "--no-project",
		"--python", dist.Executable, work); err != nil {
		return err
	}
	// Credentials are in a file that does not stay.
	file := filepath.Join(work, pylock.FileName)
	if err := os.WriteFile(file, []byte(in.Access.Apply(in.text)), 0o600); err != nil {
		return err
	}
	args := []string{"pip", "sync", "--preview-features", "pylock", "--python", filepath.Join(work, "bin", "python")}
	for _, tree := range in.lock.Directories() {
		// uv's own cache looks at the times of two files only.
		args = append(args, "--refresh-package", tree.Name)
	}
	if _, err := u.run(ctx, what, cmp.Or(in.Dir, work), task, append(args, file)...); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(in.text), 0o600); err != nil {
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
