package helper

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// run executes code in the interpreter of dist and returns what it prints.
func run(t *testing.T, dist *pydist.Dist, code string) string {
	t.Helper()
	cmd, err := dist.Command(t.Context(), "-c", code)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func environment(t *testing.T, dist *pydist.Dist, reqs Requirements) *pydist.Dist {
	t.Helper()
	env, err := open(t, progress.Discard).Environment(t.Context(), dist, reqs, progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestEnvironmentOfTheManagedInterpreter(t *testing.T) {
	base := managed(t)
	env := environment(t, base, Requirements{Specs: []string{"idna==3.10", "packaging>=24"}})
	if !env.IsVenv() || !env.Managed || env.BasePrefix != base.Prefix || env.LibPython != base.LibPython || env.Identity == base.Identity {
		t.Errorf("unexpected description: %+v", env)
	}
	if got := run(t, env, `import idna, packaging, sys; print(idna.__version__, sys.prefix)`); got != "3.10 "+env.Prefix {
		t.Errorf("got %q", got)
	}
	if len(env.SitePackages) != 1 || !strings.HasPrefix(env.SitePackages[0], env.Prefix) {
		t.Errorf("SitePackages = %v", env.SitePackages)
	}
	text, err := os.ReadFile(filepath.Join(env.Prefix, pylock.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if lock, err := pylock.Parse(string(text)); err != nil || !lock.Has("idna") || !lock.Has("packaging") || !strings.Contains(string(text), "sha256") {
		t.Errorf("lock: %v\n%s", err, text)
	}
}

// TestEnvironmentHoldsNoWorkDirectory: the environment was filled under another
// name, which must be nowhere in it.
func TestEnvironmentHoldsNoWorkDirectory(t *testing.T) {
	env := environment(t, managed(t), Requirements{Specs: []string{"pygments==2.19.2"}})
	work := []byte(filepath.Join(filepath.Dir(env.Prefix), "."))
	err := filepath.WalkDir(env.Prefix, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, append(work, '.')) {
			t.Errorf("%s names the work directory", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command(filepath.Join(env.Prefix, "bin", "pygmentize"), "-V")
	script.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1") // the cache stays as it is
	out, err := script.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2.19.2") {
		t.Errorf("a script of the environment: %v\n%s", err, out)
	}
}

func TestEnvironmentWithoutRequirements(t *testing.T) {
	base := managed(t)
	if env := environment(t, base, Requirements{}); env != base {
		t.Errorf("got %+v", env)
	}
	project := write(t, t.TempDir(), "pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\n")
	if env := environment(t, base, Requirements{Project: project}); env != base {
		t.Errorf("project without dependencies: %+v", env)
	}
}

// TestResolutionIsKept: the same requirements are resolved once and installed
// once; a change of a file, also of an included one, resolves anew.
func TestResolutionIsKept(t *testing.T) {
	base := managed(t)
	dir := t.TempDir()
	write(t, dir, "more.txt", "idna==3.10\n")
	reqs := Requirements{Files: []string{write(t, dir, "requirements.txt", "-r more.txt\n")}}
	phases := func() []string {
		rep := &recorder{}
		h := open(t, progress.Discard)
		if _, err := h.Environment(t.Context(), base, reqs, rep); err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(rep.lines, func(line string) bool { return !strings.HasPrefix(line, "phase") })
	}
	resolve, install := "phase resolve the Python requirements of 0", "phase install the Python requirements of 1"
	first := phases()
	if !slices.Contains(first, resolve) {
		t.Errorf("first: %q", first)
	}
	if again := phases(); len(again) != 0 {
		t.Errorf("the same again: %q", again)
	}
	write(t, dir, "more.txt", "idna==3.9\n")
	if got := phases(); got[0] != resolve {
		t.Errorf("included file changed: %q", got)
	}
	write(t, dir, "more.txt", "idna==3.9 # comment\n")
	if got := phases(); len(got) != 0 {
		t.Errorf("comment changed: %q", got)
	}
	write(t, dir, "more.txt", "idna<3.10,>=3.9\n")
	if got := phases(); !slices.Equal(got, []string{resolve}) {
		t.Errorf("asked for in another way: %q, want a resolution with the same result and so no %q", got, install)
	}
}

func TestProjectDependencies(t *testing.T) {
	project := write(t, t.TempDir(), "pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"idna==3.10\"]\n")
	env := environment(t, managed(t), Requirements{Project: project})
	if got := run(t, env, `import idna; print(idna.__version__)`); got != "3.10" {
		t.Errorf("got %q", got)
	}
}

// TestEnvironmentOnTopOfAVenv: what the user's environment has stays importable,
// also through its .pth files; the requirements come first.
func TestEnvironmentOnTopOfAVenv(t *testing.T) {
	base := pyenv(t, "3.9")
	dir := filepath.Join(t.TempDir(), "véñv")
	if out, err := exec.Command(base.Executable, "-I", "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	site := filepath.Join(dir, "lib", "python3.9", "site-packages")
	editable := t.TempDir()
	write(t, site, "own.py", "")
	write(t, site, "idna.py", "raise ImportError('the old one')")
	write(t, editable, "worked_on.py", "")
	write(t, site, "editable.pth", editable+"\n")
	venv, err := pydist.FromInterpreter(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	env := environment(t, venv, Requirements{Specs: []string{"idna==3.10"}})
	if got := run(t, env, `import idna, own, worked_on; print(idna.__version__)`); got != "3.10" {
		t.Errorf("got %q", got)
	}
	if !slices.Contains(env.SitePackages, site) || env.BaseExecutable != base.BaseExecutable || env.Managed {
		t.Errorf("unexpected description: %+v", env)
	}
}

func TestUnresolvable(t *testing.T) {
	h := open(t, progress.Discard)
	for _, test := range []struct {
		name string
		reqs Requirements
		want []string
	}{
		{"no such version", Requirements{Specs: []string{"idna==0.0.99"}}, []string{"no version of idna==0.0.99"}},
		{"conflict", Requirements{Specs: []string{"idna==3.10", "idna<3"}}, []string{"idna", "unsatisfiable"}},
		{"no requirement", Requirements{Specs: []string{"=>"}}, []string{"requirements.in"}},
		{"missing file", Requirements{Files: []string{filepath.Join(t.TempDir(), "gone.txt")}}, []string{"cannot read the requirements", "gone.txt"}},
		{"bad project", Requirements{Project: write(t, t.TempDir(), "pyproject.toml", "[project\n")}, []string{"pyproject.toml"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.Environment(t.Context(), managed(t), test.reqs, progress.Discard)
			oneLineError(t, err, append(test.want, "requirements")...)
		})
	}
}

// TestInstallationChecksTheLock changes a hash of a resolution, as a changed
// index would; no setting of the user's leaves hashes unchecked.
func TestInstallationChecksTheLock(t *testing.T) {
	t.Setenv("UV_NO_VERIFY_HASHES", "1")
	h := open(t, progress.Discard)
	u, err := h.uv(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := u.compile(t.Context(), managed(t), Requirements{Specs: []string{"idna==3.10"}}, t.TempDir(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`sha256 = "[0-9a-f]{64}"`).ReplaceAllString(text, `sha256 = "`+strings.Repeat("0", 64)+`"`)
	lock, err := pylock.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "env")
	err = cachedir.Ensure(t.Context(), dir, func(work string) error {
		return u.fill(t.Context(), managed(t), filling{Installation{Lock: text}, text, lock}, work, progress.Discard)
	})
	oneLineError(t, err, "cannot install the Python requirements", "Hash mismatch")
	var e *Error
	if !errors.As(err, &e) || e.Detail() == "" {
		t.Errorf("no detail in %#v", err)
	}
}

func TestKeyDependsOnEveryInput(t *testing.T) {
	dist := &pydist.Dist{Identity: "a"}
	file := write(t, t.TempDir(), "requirements.txt", "-r requirements.txt\nidna\n") // includes itself
	key := func(d *pydist.Dist, r Requirements) string {
		k, err := r.key(d)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	keys := []string{
		key(dist, Requirements{Specs: []string{"a", "b"}}),
		key(dist, Requirements{Specs: []string{"ab"}}),
		key(dist, Requirements{Specs: []string{"a", "b"}, Files: []string{file}}),
		key(&pydist.Dist{Identity: "b"}, Requirements{Specs: []string{"a", "b"}}),
	}
	t.Setenv("UV_EXCLUDE_NEWER", "2026-01-01")
	keys = append(keys, key(dist, Requirements{Specs: []string{"a", "b"}}))
	slices.Sort(keys)
	if n := len(slices.Compact(keys)); n != 5 {
		t.Errorf("%d different keys of 5 different inputs", n)
	}
}
