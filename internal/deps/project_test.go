package deps

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir/cachetest"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

func TestMain(m *testing.M) { cachetest.Main(m) }

// notes is a Reporter that keeps what people are told and what was worked on.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) Phase(name string, _ int) progress.Task {
	n.Note("phase " + name)
	return progress.Discard.Phase(name, 0)
}
func (n *notes) Warn(text string) { n.Note(text) }
func (n *notes) Note(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, text)
}

// take returns what was told since the last time.
func (n *notes) take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := strings.Join(n.lines, "\n")
	n.lines = nil
	return all
}

// world is a project in its surroundings.
type world struct {
	*Project
	t     *testing.T
	dist  *pydist.Dist
	notes *notes
}

func newWorld(t *testing.T, files map[string]string) *world {
	t.Helper()
	dist, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	n := &notes{}
	h, err := helper.Open(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return &world{&Project{Dir: module(t, files), Helper: h, Reporter: n}, t, dist, n}
}

// installed makes the environment and returns the versions in it: "a 1, b 2".
func (w *world) installed(d Demand) string {
	w.t.Helper()
	env, err := w.Environment(w.t.Context(), w.dist, d)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.versions(env)
}

func (w *world) versions(env *pydist.Dist) string {
	w.t.Helper()
	if env == w.dist {
		return ""
	}
	cmd, err := env.Command(w.t.Context(), "-c",
		"from importlib.metadata import distributions as d; print(', '.join(sorted(f'{x.name} {x.version}' for x in d())))")
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// fails makes the environment in vain; the error is one line with these parts, and
// with its hint.
func (w *world) fails(d Demand, text, hint string) {
	w.t.Helper()
	_, err := w.Environment(w.t.Context(), w.dist, d)
	checkError(w.t, err, text, hint)
}

func checkError(t *testing.T, err error, text, hint string) {
	t.Helper()
	var hinted interface{ Hint() string }
	if err == nil || !errors.As(err, &hinted) {
		t.Fatalf("error %v, want one with a hint and %q", err, text)
	}
	if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q, want %q", err, text)
	}
	if !strings.Contains(hinted.Hint(), hint) {
		t.Errorf("hint %q, want %q", hinted.Hint(), hint)
	}
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// lock is the text of the lock, "" if there is none.
func (w *world) lock() string {
	data, err := os.ReadFile(filepath.Join(w.Dir, pylock.FileName))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(data)
}

func (w *world) told(parts ...string) {
	w.t.Helper()
	told := w.notes.take()
	for _, part := range parts {
		if !strings.Contains(told, part) {
			w.t.Errorf("told %q, want %q", told, part)
		}
	}
	if len(parts) == 0 && told != "" {
		w.t.Errorf("told %q, want nothing", told)
	}
}

// TestLockIsWrittenAndUsed: once written the lock decides, whatever the index has
// by then and whether it is there at all.
func TestLockIsWrittenAndUsed(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0", Requires: []string{"tiny-two"}}, wheeltest.Wheel{Name: "tiny-two", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	w.fails(Demand{Locked: true}, "pylock.toml is missing", "llgo py lock")
	if got := w.installed(Demand{}); got != "tiny-one 1.0, tiny-two 1.0" {
		t.Errorf("installed %q", got)
	}
	w.told("pylock.toml written: 2 distributions", "phase resolve", "phase install")
	lock := w.lock()
	for _, want := range []string{`lock-version = "1.0"`, "sha256", "[tool.llgo-py]", "'tiny-one'"} {
		if !strings.Contains(lock, want) {
			t.Errorf("no %s in\n%s", want, lock)
		}
	}
	index.Add(wheeltest.Wheel{Name: "tiny-two", Version: "2.0"})
	for _, demand := range []Demand{{}, {Locked: true}} {
		if got := w.installed(demand); got != "tiny-one 1.0, tiny-two 1.0" {
			t.Errorf("%+v: installed %q", demand, got)
		}
	}
	w.told() // neither resolved nor installed again
	if w.lock() != lock {
		t.Error("the lock changed")
	}
}

// TestOffline: a lock and a warm cache need no network, also where the environment
// itself has to be made again.
func TestOffline(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	env, err := w.Environment(t.Context(), w.dist, Demand{})
	if err != nil {
		t.Fatal(err)
	}
	index.Close()
	asked := index.Requests.Load()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	if got := w.installed(Demand{Locked: true}); got != "tiny-one 1.0" {
		t.Errorf("installed %q", got)
	}
	if err := os.RemoveAll(env.Prefix); err != nil {
		t.Fatal(err)
	}
	t.Setenv("UV_OFFLINE", "1")
	if got := w.installed(Demand{Locked: true}); got != "tiny-one 1.0" {
		t.Errorf("installed anew: %q", got)
	}
	if n := index.Requests.Load(); n != asked {
		t.Errorf("%d requests", n-asked)
	}
	t.Setenv("UV_CACHE_DIR", t.TempDir())
	if err := os.RemoveAll(env.Prefix); err != nil {
		t.Fatal(err)
	}
	_, err = w.Environment(t.Context(), w.dist, Demand{})
	if err == nil || !strings.Contains(err.Error(), "cannot install the Python requirements") {
		t.Errorf("with a cold cache: %v", err)
	}
}

// TestStaleLock: what changed is named, versions that still fit stay, and content
// decides, not time.
func TestStaleLock(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	w.installed(Demand{})
	index.Add(wheeltest.Wheel{Name: "tiny-one", Version: "2.0"}, wheeltest.Wheel{Name: "tiny-two", Version: "2.0"})
	t.Setenv("UV_REFRESH", "1")
	w.notes.take()
	w.write("requirements.txt", "# nothing new\ntiny-one   # the first\n")
	w.installed(Demand{Locked: true})
	w.told()
	w.write("requirements.txt", "tiny-one\ntiny-two\n")
	w.fails(Demand{Locked: true}, "pylock.toml is stale: it has no tiny-two", "llgo py lock")
	if got := w.installed(Demand{}); got != "tiny-one 1.0, tiny-two 2.0" {
		t.Errorf("installed %q", got)
	}
	w.told("pylock.toml was stale (it has no tiny-two) and is written anew: 2 distributions")
	w.write("requirements.txt", "")
	w.fails(Demand{Locked: true}, "tiny-one, tiny-two is no longer asked for", "llgo py lock")
	if got := w.installed(Demand{}); got != "" {
		t.Errorf("installed %q", got)
	}
}

// TestBesides: what the command line adds is for one build and leaves the lock
// alone, but keeps to its versions.
func TestBesides(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	w.installed(Demand{})
	lock := w.lock()
	index.Add(wheeltest.Wheel{Name: "tiny-one", Version: "2.0"}, wheeltest.Wheel{Name: "tiny-two", Version: "2.0"})
	t.Setenv("UV_REFRESH", "1")
	besides := []string{"tiny-two"}
	w.fails(Demand{Besides: besides, Locked: true}, "--py-requirement tiny-two is not part of it", "llgo py add tiny-two")
	if got := w.installed(Demand{Besides: besides}); got != "tiny-one 1.0, tiny-two 2.0" {
		t.Errorf("installed %q", got)
	}
	if w.lock() != lock {
		t.Error("the lock changed")
	}
	empty := newWorld(t, nil)
	if got := empty.installed(Demand{Besides: besides}); got != "tiny-two 2.0" || empty.lock() != "" {
		t.Errorf("installed %q, lock %q", got, empty.lock())
	}
	if got := empty.installed(Demand{Locked: true}); got != "" {
		t.Errorf("nothing asked for: %q", got)
	}
}

// TestNoPlaceForALock: a module of the module cache, and a directory that cannot
// be written to, are built all the same.
func TestNoPlaceForALock(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	w.Foreign = true
	if got := w.installed(Demand{}); got != "tiny-one 1.0" || w.lock() != "" {
		t.Errorf("installed %q, lock %q", got, w.lock())
	}
	w.told("resolved for this build only")
	w.fails(Demand{Locked: true}, "pylock.toml is missing", "llgo py lock")
	w.Foreign = false
	if err := os.Chmod(w.Dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(w.Dir, 0o755)
	if w.writable() {
		t.Skip("this user may write everywhere")
	}
	if got := w.installed(Demand{}); got != "tiny-one 1.0" || w.lock() != "" {
		t.Errorf("installed %q, lock %q", got, w.lock())
	}
}

// TestLockOfAnotherTool: it is used as it is, judged by its names, never written.
func TestLockOfAnotherTool(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	w.installed(Demand{})
	foreign, _, _ := strings.Cut(w.lock(), "[tool.llgo-py]")
	w.write(pylock.FileName, foreign)
	if got := w.installed(Demand{Locked: true}); got != "tiny-one 1.0" {
		t.Errorf("installed %q", got)
	}
	w.write("requirements.txt", "")
	if got := w.installed(Demand{}); got != "tiny-one 1.0" {
		t.Errorf("alone: installed %q", got)
	}
	w.write("requirements.txt", "tiny-one\ntiny-two\n")
	w.fails(Demand{}, "pylock.toml is stale: it has no tiny-two; another tool wrote it", "remove it and: llgo py lock")
	_, err := w.Lock(t.Context(), w.dist, true)
	checkError(t, err, "written by another tool", "remove the file")
	if w.lock() != foreign {
		t.Error("the lock changed")
	}
	w.write(pylock.FileName, "lock-version = \"9\"\n")
	w.fails(Demand{}, `pylock.toml is no lock: lock-version "9"`, "restore it")
}

func TestLockUpgrade(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, nil)
	_, err := w.Lock(t.Context(), w.dist, false)
	checkError(t, err, "nothing to lock", "llgo py add")
	w.write("pyproject.toml", "[tool.llgo-py]\ndependencies = [\"tiny-one\"]\n")
	lock := func(upgrade bool, want string) {
		t.Helper()
		changes, err := w.Lock(t.Context(), w.dist, upgrade)
		if got := strings.Trim(fmt.Sprint(changes), "[]"); err != nil || got != want {
			t.Errorf("upgrade %t: %q, %v; want %q", upgrade, got, err, want)
		}
	}
	lock(false, "+ tiny-one 1.0")
	index.Add(wheeltest.Wheel{Name: "tiny-one", Version: "2.0"})
	t.Setenv("UV_REFRESH", "1")
	w.notes.take()
	lock(false, "")
	w.told("pylock.toml is up to date")
	lock(true, "tiny-one 1.0 → 2.0")
}

// TestPinsOfGoPackages: llpkg.cfg counts, what Python itself has does not.
func TestPinsOfGoPackages(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"}, wheeltest.Wheel{Name: "tiny-one", Version: "2.0"})
	index.Use(t)
	config := strings.NewReplacer("numpy", "tiny-one", "1.26.4", "1.0").Replace(numpyConfig)
	w := newWorld(t, map[string]string{
		"one/llpkg.cfg":  config,
		"math/llpkg.cfg": strings.NewReplacer("numpy", "math").Replace(numpyConfig),
	})
	w.Packages = []string{filepath.Join(w.Dir, "one"), filepath.Join(w.Dir, "math"), w.Dir}
	if got := w.installed(Demand{}); got != "tiny-one 1.0" {
		t.Errorf("installed %q", got)
	}
	w.installed(Demand{Locked: true})
	w.write("requirements.txt", "tiny-one>=2\n")
	w.fails(Demand{Locked: true}, "it has no tiny-one>=2; tiny-one==1.0 of llpkg.cfg is overruled", "llgo py lock")
	if got := w.installed(Demand{}); got != "tiny-one 2.0" {
		t.Errorf("the module decides: installed %q", got)
	}
}

// TestSourceTree: a directory is installed as it is now, also if it is asked for
// as editable, and its path in the lock is relative.
func TestSourceTree(t *testing.T) {
	index := wheeltest.Serve(t)
	index.Use(t)
	w := newWorld(t, map[string]string{
		"requirements.txt": "-e ./lib\n",
		"lib/mine.py":      "value = 1\n",
		// A build backend of three lines (PEP 517) needs nothing from an index.
		"lib/pyproject.toml": "[project]\nname = \"mine\"\nversion = \"1\"\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
		"lib/backend.py":     backend,
	})
	value := func() string {
		t.Helper()
		env, err := w.Environment(t.Context(), w.dist, Demand{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(env.Executable, "-I", "-B", "-c", "import mine; print(mine.value, mine.__file__)").CombinedOutput()
		if err != nil || !strings.Contains(string(out), env.Prefix) {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out[:1])
	}
	if got := value(); got != "1" {
		t.Errorf("value %s", got)
	}
	if !strings.Contains(w.lock(), `path = "lib"`) {
		t.Errorf("lock:\n%s", w.lock())
	}
	w.write("lib/mine.py", "value = 2\n")
	if got := value(); got != "2" {
		t.Errorf("value %s after a change", got)
	}
}

const backend = `
import zipfile

def build_wheel(directory, settings=None, metadata=None):
    name = "mine-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.write("mine.py")
        wheel.writestr("mine-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
        wheel.writestr("mine-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("mine-1.dist-info/RECORD", "")
    return name

build_editable = build_wheel
`
