package helper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// group is a set of Python distributions that the lock pins together.
type group struct {
	name  string // "lock/<name>.txt" among pyhelper's files
	title string // what people are told is being installed
}

var (
	// analysisTools is pure Python for every interpreter that can be a target.
	// Its directory is put on the path of the target interpreter.
	analysisTools = group{"analysis", "the analysis tools"}
	// nativeTools run in the managed interpreter: what reads and writes
	// binaries, and uv.
	nativeTools = group{"native", "the tools for native files"}
)

// toolset installs pyhelper and the tools that it uses into the cache. The three
// parts (two groups and pyhelper's sources) are entries of their own: a new
// version of this program with the same lock downloads nothing.
type toolset struct {
	files   fs.FS // pyhelper's, embedded
	managed *pydist.Dist
	rep     progress.Reporter
	verbose io.Writer
}

// install provides the directory of a group's distributions.
//
// It is the managed interpreter's pip that installs, whatever the target: every
// file is checked against the hashes of the lock, nothing is built, and no
// dependency that the lock does not name comes along. Where the files come from
// is decided by pip's own settings, as the user has them.
func (t *toolset) install(ctx context.Context, g group) (string, error) {
	lock, err := fs.ReadFile(t.files, "lock/"+g.name+".txt")
	if err != nil {
		return "", err
	}
	// The identity of the interpreter covers pip and the platform.
	dir, err := entry(g.name, string(lock), t.managed.Identity)
	if err != nil {
		return "", err
	}
	return dir, cachedir.Ensure(ctx, dir, func(work string) error {
		return t.pip(ctx, g, string(lock), work)
	})
}

func (t *toolset) pip(ctx context.Context, g group, lock, work string) error {
	scratch := filepath.Join(work, ".scratch")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	lockFile := filepath.Join(scratch, g.name+".txt")
	if err := os.WriteFile(lockFile, []byte(lock), 0o600); err != nil {
		return err
	}
	cmd, err := t.managed.Command(ctx, filepath.Join(t.managed.Pip, "pip", "__main__.py"), "install",
		"--target", work, "--requirement", lockFile, "--require-hashes", "--no-deps", "--only-binary", ":all:",
		"--no-compile", "--no-input", "--no-warn-conflicts", "--disable-pip-version-check", "--progress-bar", "off")
	if err != nil {
		return err
	}
	cmd.Dir, cmd.Env = scratch, pipEnv(cmd.Env, scratch)
	task := t.rep.Phase("install "+g.title, strings.Count(lock, "=="))
	defer task.Done()
	cmd.Stdout = &lines{each: collected(task)}
	stderr := prepare(cmd, t.verbose)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return pipFailed(g, err, stderr.String())
	}
	return nil
}

// collected makes a step of every "Collecting NAME==VERSION (from …)" that pip
// prints.
func collected(task progress.Task) func(line string) {
	done := 0
	return func(line string) {
		if rest, ok := strings.CutPrefix(line, "Collecting "); ok {
			name, _, _ := strings.Cut(rest, " ")
			done++
			task.Step(done-1, name)
		}
	}
}

// pipEnv keeps the user's settings of pip (index, proxy, certificates, cache) and
// overrules those that contradict an installation into a directory. What pip
// unpacks on the way lies beside its target, so that a killed pip leaves nothing
// elsewhere and moving into place is a rename.
func pipEnv(env []string, scratch string) []string {
	var kept []string
	for _, e := range env {
		switch name, _, _ := strings.Cut(e, "="); name {
		case "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON",
			"PIP_NO_BINARY", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_DRY_RUN", "PIP_REPORT", "TMPDIR":
		default:
			kept = append(kept, e)
		}
	}
	return append(kept, "PIP_USER=0", "PIP_REQUIRE_VIRTUALENV=0", "TMPDIR="+scratch)
}

func pipFailed(g group, err error, stderr string) error {
	reason := ended(err)
	for line := range strings.Lines(stderr) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "ERROR: "); ok {
			reason = text // the last one is the conclusion
		}
	}
	return &Error{
		Text:   fmt.Sprintf("cannot install %s: %s", g.title, oneLine(reason)),
		Next:   "pip's own settings (PIP_INDEX_URL, PIP_PROXY, PIP_CERT, pip.conf) say where from",
		Output: stderr,
	}
}

// main provides pyhelper and returns the path of the file that starts it.
func (t *toolset) main(ctx context.Context) (string, error) {
	names, hash, err := listSources(t.files)
	if err != nil {
		return "", err
	}
	dir, err := entry("pyhelper", hash)
	if err != nil {
		return "", err
	}
	err = cachedir.Ensure(ctx, dir, func(work string) error {
		return copySources(t.files, names, filepath.Join(work, "pyhelper"))
	})
	return filepath.Join(dir, "pyhelper", "__main__.py"), err
}

// listSources names pyhelper's own files and hashes names and contents. The lock
// is no part of what runs.
func listSources(files fs.FS) (names []string, hash string, err error) {
	h := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "lock/") {
			return err
		}
		data, err := fs.ReadFile(files, name)
		names = append(names, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
		return err
	})
	if err == nil && len(names) == 0 {
		err = errors.New("this program was built without the sources of its Python helper")
	}
	return names, hex.EncodeToString(h.Sum(nil)), err
}

func copySources(files fs.FS, names []string, target string) error {
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(target, filepath.FromSlash(path.Dir(name))), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(target, filepath.FromSlash(name)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// entry is the path of the cache entry of a kind that is made from parts.
func entry(kind string, parts ...string) (string, error) {
	root, err := cachedir.Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "tools", kind+"-"+digest(parts...)[:16]), nil
}

// digest hashes strings in such a way that no two lists have the same input: each
// is preceded by its length.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}
