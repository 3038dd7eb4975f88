package helper

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// TestHello installs the native tools and asks the real pyhelper what it found.
func TestHello(t *testing.T) {
	hello, err := open(t, progress.Discard).Hello(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if hello.Python != "3.14.6" {
		t.Errorf("Python %s", hello.Python)
	}
	for _, name := range []string{"lief", "pyelftools", "macholib", "tomlkit", "uv", "zstandard"} {
		if hello.Packages[name] == "" {
			t.Errorf("%s is missing from %v", name, hello.Packages)
		}
	}
}

// TestAnalysisTools checks that what the lock names is there, nothing else, and
// nothing that only runs on one version of Python.
func TestAnalysisTools(t *testing.T) {
	tools, err := open(t, progress.Discard).tools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := tools.install(t.Context(), analysisTools)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := pyhelper.Files.ReadFile("lock/analysis.txt")
	if err != nil {
		t.Fatal(err)
	}
	infos, _ := filepath.Glob(filepath.Join(dir, "*.dist-info"))
	if want := strings.Count(string(lock), "=="); len(infos) != want {
		t.Errorf("%d distributions, the lock names %d: %v", len(infos), want, infos)
	}
	if native, _ := filepath.Glob(filepath.Join(dir, "*", "*.cpython-*.so")); len(native) != 0 {
		t.Errorf("extension modules of one Python version: %v", native)
	}
	if _, err := os.Stat(filepath.Join(dir, ".scratch")); !os.IsNotExist(err) {
		t.Errorf("pip's scratch directory was left: %v", err)
	}
}

// smallTools is a toolset with a lock of one small distribution, installed into a
// cache of its own.
func smallTools(t *testing.T, lock string) (*toolset, *recorder) {
	t.Helper()
	python := managed(t)
	t.Setenv(cachedir.EnvRoot, filepath.Join(t.TempDir(), "cache"))
	rep := &recorder{}
	return &toolset{fstest.MapFS{"lock/small.txt": {Data: []byte(lock)}}, python, rep, nil}, rep
}

var small = group{"small", "a small tool"}

const smallLock = `altgraph==0.17.5 \
    --hash=sha256:c87b395dd12fabde9c99573a9749d67da8d29ef9de0125c7f536699b4a9bc9e7 \
    --hash=sha256:f3a22400bce1b0c701683820ac4f3b159cd301acab067c51c653e06961600597
`

func TestInstallReportsAndIsKept(t *testing.T) {
	tools, rep := smallTools(t, smallLock)
	dir, err := tools.install(t.Context(), small)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "altgraph", "__init__.py")); err != nil {
		t.Error(err)
	}
	want := "phase install a small tool of 1\nstep 0 altgraph==0.17.5\ndone"
	if rep.String() != want {
		t.Errorf("reported\n%s\nwant\n%s", rep, want)
	}
	again, err := tools.install(t.Context(), small)
	if err != nil || again != dir || rep.String() != want {
		t.Errorf("installed again: %s, %v\n%s", again, err, rep)
	}
}

// TestInstallUnderHostileSettings: settings of pip that contradict an
// installation into a directory do not reach it.
func TestInstallUnderHostileSettings(t *testing.T) {
	for name, value := range map[string]string{
		"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_TARGET": "/nonexistent", "PIP_NO_BINARY": ":all:",
		"PYTHONHOME": "/nonexistent", "PYTHONPATH": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	tools, _ := smallTools(t, smallLock)
	if _, err := tools.install(t.Context(), small); err != nil {
		t.Error(err)
	}
}

func TestInstallChecksHashes(t *testing.T) {
	wrong := strings.NewReplacer("c87b395d", "00000000", "f3a22400", "00000000").Replace(smallLock)
	tools, _ := smallTools(t, wrong)
	dir, err := tools.install(t.Context(), small)
	oneLineError(t, err, "cannot install a small tool", "DO NOT MATCH")
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something was installed: %v", err)
	}
}

func TestInstallWithoutAnIndex(t *testing.T) {
	t.Setenv("PIP_NO_INDEX", "1")
	tools, _ := smallTools(t, smallLock)
	_, err := tools.install(t.Context(), small)
	oneLineError(t, err, "cannot install a small tool", "No matching distribution found for altgraph==0.17.5")
}

func TestSourcesFollowTheirContent(t *testing.T) {
	t.Setenv(cachedir.EnvRoot, filepath.Join(t.TempDir(), "cache"))
	files := fstest.MapFS{"__main__.py": {Data: []byte("1")}, "analysis/plan.py": {Data: []byte("2")}, "lock/x.txt": {Data: []byte("3")}}
	tools := &toolset{files: files}
	first, err := tools.main(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(filepath.Dir(first), "analysis", "plan.py")); err != nil || string(data) != "2" {
		t.Errorf("plan.py: %q, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(first), "lock")); !os.IsNotExist(err) {
		t.Errorf("the lock was copied: %v", err)
	}
	files["analysis/plan.py"].Data = []byte("4")
	second, err := tools.main(t.Context())
	if err != nil || second == first {
		t.Errorf("changed sources: %s, %v", second, err)
	}
}

func TestNoSources(t *testing.T) {
	_, err := (&toolset{files: fstest.MapFS{}}).main(t.Context())
	oneLineError(t, err, "without the sources")
}

// TestEmbeddedSourcesAreComplete compares what is embedded with what lies in the
// repository: a package that the embed pattern misses would fail only at run time.
func TestEmbeddedSourcesAreComplete(t *testing.T) {
	names, _, err := listSources(pyhelper.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.py", "analysis/*.py", "binaries/*.py"} {
		found, _ := filepath.Glob(filepath.Join("..", "..", "pyhelper", pattern))
		for _, file := range found {
			name, _ := filepath.Rel(filepath.Join("..", "..", "pyhelper"), file)
			if !slices.Contains(names, filepath.ToSlash(name)) {
				t.Errorf("%s is not embedded", name)
			}
		}
	}
}
