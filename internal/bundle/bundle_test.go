//go:build unix

package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// listing describes everything below dir: path, type and mode, time, content. The
// time of the program itself is its own.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	names, err := listFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, 0, len(names))
	for _, name := range names {
		full := filepath.Join(dir, name)
		info, err := os.Lstat(full)
		if err != nil {
			t.Fatal(err)
		}
		content := ""
		switch {
		case info.Mode().IsRegular():
			content, err = objects.HexOfFile(full)
		case info.Mode()&fs.ModeSymlink != 0:
			content, err = os.Readlink(full)
		}
		if err != nil {
			t.Fatal(err)
		}
		when := info.ModTime().Unix()
		if name == "app" {
			when = 0
		}
		lines = append(lines, fmt.Sprint(name, " ", info.Mode(), " ", when, " ", content))
	}
	return lines
}

// TestSameTree: other directories, other modes of the sources, another umask,
// the same tree.
func TestSameTree(t *testing.T) {
	dirs := []string{filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "zweiter Größe", "b")}
	for i, umask := range []int{0o077, 0o000} {
		in := sample(t, "1")
		if err := os.Chmod(in.Exe, []os.FileMode{0o600, 0o4777}[i]); err != nil {
			t.Fatal(err)
		}
		slices.Reverse(in.Files[i:])
		withUmask(umask, func() { build(t, in, Options{Dir: dirs[i]}) })
	}
	one, two := listing(t, dirs[0]), listing(t, dirs[1])
	if !slices.Equal(one, two) {
		t.Errorf("different trees:\n%s\n\n%s", strings.Join(one, "\n"), strings.Join(two, "\n"))
	}
	text := strings.Join(one, "\n")
	stamp := fmt.Sprint(" ", DefaultModTime.Unix(), " ")
	for _, want := range []string{
		"app -rwxr-xr-x 0 ",
		"python drwxr-xr-x" + stamp,
		"python/bin/python L", "python3.14",
		"python/bin/python3.14 -rwxr-xr-x" + stamp,
		"python/lib/libpython3.14.so.1.0 -rwxr-xr-x" + stamp,
		"python/lib/python3.14/lib-dynload drwxr-xr-x" + stamp,
		"python/lib/python3.14/os.pyc -rw-r--r--" + stamp,
		"python/lib/python3.14/site-packages/numbers/tool -rwxr-xr-x" + stamp,
		"python/lib/python3.14/site-packages/numbers/größe 3/data -rw-r--r--" + stamp,
		"python/lib/python3.14/site-packages/numbers/ext.so -rwxr-xr-x" + stamp,
		"python/manifest.json -rw-r--r--" + stamp,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestResult: what Write says is what is there.
func TestResult(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	stamp := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	var steps []string
	in := sample(t, "1")
	result := build(t, in, Options{Dir: dir, ModTime: stamp, Progress: func(done, total int, name string) {
		steps = append(steps, fmt.Sprintf("%d/%d", done, total))
	}})
	wantVersion(t, dir, "1")
	info, err := os.Stat(filepath.Join(dir, "python", "lib"))
	if err != nil || !info.ModTime().Equal(stamp) {
		t.Errorf("time %v, %v", info.ModTime(), err)
	}
	var size int64
	files := 0
	for _, name := range listingNames(t, dir) {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().IsRegular() {
			size += info.Size()
		}
		if !info.IsDir() {
			files++
		}
	}
	sum, err := objects.HexOfFile(filepath.Join(dir, "python", "manifest.json"))
	if result.Size != size || result.Files != files || result.ManifestSHA256 != sum || err != nil {
		t.Errorf("result %d bytes %d files %s; there are %d, %d, %s; %v", result.Size, result.Files, result.ManifestSHA256, size, files, sum, err)
	}
	if result.Program != filepath.Join(dir, "app") || result.Recovered {
		t.Errorf("%+v", result)
	}
	last := fmt.Sprintf("%d/%d", files-1, files-1)
	if len(steps) != files-1 || steps[len(steps)-1] != last {
		t.Errorf("progress %v, want %d steps up to %s", steps, files-1, last)
	}
}

func listingNames(t *testing.T, dir string) []string {
	t.Helper()
	names, err := listFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestNoInterpreter(t *testing.T) {
	in := sample(t, "1")
	in.NoInterpreter = true
	dir := t.TempDir()
	build(t, in, Options{Dir: dir})
	wantVersion(t, dir, "1")
	if exists(filepath.Join(dir, "python", "bin")) {
		t.Error("there is a bin")
	}
}

// TestCopiedInterpreter: where no launcher can be generated, one that is given is
// copied.
func TestCopiedInterpreter(t *testing.T) {
	in := sample(t, "1")
	in.Python.OS, in.Python.SONAME = "darwin", "libpython3.14.dylib"
	_, err := tryBuild(in, Options{Dir: t.TempDir()})
	oneLine(t, err, "not darwin")

	in.Interpreter = in.Exe
	dir := t.TempDir()
	build(t, in, Options{Dir: dir})
	wantVersion(t, dir, "1")
	want, _ := objects.HexOfFile(in.Exe)
	if got, err := objects.HexOfFile(filepath.Join(dir, "python", "bin", "python3")); got != want {
		t.Errorf("not copied: %v", err)
	}
}

// TestInspect: the caller sees a whole tree, and can refuse it.
func TestInspect(t *testing.T) {
	dir := t.TempDir()
	build(t, sample(t, "1"), Options{Dir: dir})
	refused := errors.New("refused")
	_, err := tryBuild(sample(t, "2"), Options{Dir: dir, Inspect: func(fresh string) error {
		if got := starts(fresh); got != says("2") {
			t.Errorf("the new tree says %q", got)
		}
		return refused
	}})
	if !errors.Is(err, refused) {
		t.Error(err)
	}
	wantVersion(t, dir, "1")
}

// TestCancelled: a build that is interrupted leaves the old tree.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	build(t, sample(t, "1"), Options{Dir: dir})
	plan, err := NewPlan(sample(t, "2"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = plan.Write(ctx, Options{Dir: dir, Progress: func(done, _ int, _ string) {
		if done == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	wantVersion(t, dir, "1")
}

// describe plans a tree and says what it would be.
func describe(t *testing.T, in Input) (*Plan, *Result) {
	t.Helper()
	plan, err := NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	told, err := plan.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return plan, told
}

// TestDescribe: what would be written is what is written.
func TestDescribe(t *testing.T) {
	in := sample(t, "1")
	plan, told := describe(t, in)
	written := build(t, in, Options{Dir: t.TempDir()})
	if told.ManifestSHA256 != written.ManifestSHA256 || told.Size != written.Size || told.Files != written.Files ||
		!slices.Equal(told.Manifest.Files, written.Manifest.Files) || plan.Len() != len(told.Manifest.Files) {
		t.Errorf("told %+v\nwritten %+v", told, written)
	}
	// A sum that is known is not asked for; what is written has its own.
	known := strings.Repeat("5", 64)
	in.Sums = map[string]string{in.LibPython: known}
	_, believed := describe(t, in)
	if believed.Size != told.Size {
		t.Errorf("%+v", believed)
	}
	for i, e := range believed.Manifest.Files {
		if is := e.SHA256 == known; is != strings.HasSuffix(e.Path, "/lib/"+in.Python.SONAME) {
			t.Errorf("%s: %s, was %s", e.Path, e.SHA256, told.Manifest.Files[i].SHA256)
		}
	}
	if again := build(t, in, Options{Dir: t.TempDir()}); again.ManifestSHA256 != told.ManifestSHA256 {
		t.Error("what was written is not what is there")
	}
	if err := os.Remove(in.Exe); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Describe(t.Context()); !isMissing(err) {
		t.Errorf("without the program: %v", err)
	}
}
