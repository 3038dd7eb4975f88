package acceptance

import (
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// dataDir makes a directory for a store and environments, removed by who may.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	t.Cleanup(func() { _ = readonly.Remove(dir) })
	return dir
}

// inData runs llgo with a store and environments of the test's own.
func inData(t *testing.T, data string, args ...string) result {
	t.Helper()
	cmd := exec.Command(llgo, args...)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), store.EnvDir+"="+data)
	return start(t, cmd)
}

func succeed(t *testing.T, data string, args ...string) result {
	t.Helper()
	r := inData(t, data, args...)
	if r.code != 0 {
		t.Fatalf("llgo %s: %v", strings.Join(args, " "), r)
	}
	return r
}

const multiply = "import numpy; a = numpy.array([[1., 2.], [3., 4.]]); print(numpy.__version__, (a @ a).tolist())"

// TestPythonEnvironments: environments with different versions of numpy share every
// equal file; without one of them the other works, and a packaged program that is
// installed in it prints what it prints elsewhere.
func TestPythonEnvironments(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	succeed(t, data, "py", "env", "create", "old", "python@3.14", "numpy==2.5.4")
	succeed(t, data, "py", "env", "create", "new", "python", "numpy==2.5.5")
	home := func(name string) string { return filepath.Join(data, "envs", name, "current") }
	for name, want := range map[string]string{"old": "2.5.4", "new": "2.5.5"} {
		cmd := exec.Command(filepath.Join(home(name), "bin", "python3"), "-c", multiply)
		cmd.Env = []string{}
		if r := start(t, cmd); r.stdout != want+" [[7.0, 10.0], [15.0, 22.0]]\n" {
			t.Errorf("%s: %v", name, r)
		}
	}
	checkShared(t, home("old"), home("new"))

	succeed(t, data, "py", "env", "delete", "old")
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	removed, err := s.GC(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := s.Verify(t.Context())
	if err != nil || len(problems) > 0 {
		t.Errorf("the store is damaged: %v, %v", problems, err)
	}
	t.Logf("gc: %+v", removed)
	if _, err := s.Find("numpy,2.5.4"); err == nil {
		t.Error("gc has left numpy 2.5.4")
	}

	t.Run("libs", func(t *testing.T) { checkLibs(t, data) })
	t.Run("bundle", func(t *testing.T) {
		dir := packaged(t, "matrix")
		succeed(t, data, "py", "env", "install", "new", filepath.Join(dir, "matrix"))
		for _, env := range [][]string{nil, {"PYTHONHOME=/nonexistent", "PYTHONPATH=/nonexistent"}} {
			r := sealed(t, filepath.Join(home("new"), "bin", "matrix"), env, dir)
			if r.code != 0 || r.stdout != expected(t, "matrix") || r.stderr != "" {
				t.Errorf("installed in an environment: %v", r)
			}
		}
		child := sealedCommand(t, filepath.Join(home("new"), "bundles", "matrix", "python", "bin", "python3"), nil, dir)
		child.Args = append(child.Args, "-c", "import math; print(math.pi)")
		if r := start(t, child); r.stdout != "3.141592653589793\n" || r.stderr != "" {
			t.Errorf("its interpreter for child processes: %v", r)
		}
	})
	// Where no other Python of this machine can be seen.
	cmd := sealedCommand(t, filepath.Join(home("new"), "bin", "python3"), nil)
	cmd.Args = append(cmd.Args, "-c", multiply)
	if r := start(t, cmd); r.stdout != "2.5.5 [[7.0, 10.0], [15.0, 22.0]]\n" || r.stderr != "" {
		t.Errorf("sealed off: %v", r)
	}
}

// checkShared compares every file of two environments: what is equal is one inode.
func checkShared(t *testing.T, a, b string) {
	t.Helper()
	first, second := contents(t, a), contents(t, b)
	shared, bytes, own := 0, int64(0), 0
	for content, inode := range first {
		other, ok := second[content]
		switch {
		case !ok:
			own++
		case other.ino != inode.ino:
			t.Errorf("%s and %s are equal, and two files", inode.path, other.path)
		default:
			shared++
			bytes += inode.size
		}
	}
	t.Logf("%d contents (%d bytes) are shared, %d are of the first alone", shared, bytes, own)
	if shared < 1500 || own == 0 {
		t.Errorf("%d contents are shared, and %d are not", shared, own)
	}
}

type inode struct {
	path string
	ino  uint64
	size int64
}

// contents finds all regular files by content and whether they are executable. Equal
// ones in one tree have to be one inode as well.
func contents(t *testing.T, dir string) map[string]inode {
	t.Helper()
	found := map[string]inode{}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		key := string(sum[:]) + info.Mode().String()
		now := inode{path, info.Sys().(*syscall.Stat_t).Ino, info.Size()}
		if before, ok := found[key]; ok && before.ino != now.ino {
			t.Errorf("%s and %s are equal, and two files", before.path, path)
		}
		found[key] = now
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkLibs: a library that is loaded through ctypes, one that an extension module
// needs, and the machine's, each told of with its entry.
func checkLibs(t *testing.T, data string) {
	r := succeed(t, data, "py", "env", "libs", "-json", "new", "--", "import numpy, ctypes, glob, os",
		"ctypes.CDLL(glob.glob(os.path.dirname(numpy.__file__) + '/fft/_pocketfft_umath*.so')[0])")
	type library struct{ Type, File, SONAME, Place, Entry, Path, How string }
	found := map[string]library{}
	for line := range strings.Lines(r.stdout) {
		var l library
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if l.Type == "library" {
			name, _, _ := strings.Cut(filepath.Base(l.File), ".")
			found[strings.TrimRight(strings.Split(name, "-")[0], "_0123456789")] = l
		}
	}
	for name, want := range map[string]library{
		"_multiarray_umath": {Place: "environment", Entry: "numpy,2.5.5,", How: "import"},
		"libscipy_openblas": {Place: "environment", Entry: "numpy,2.5.5,", How: "needed"},
		"_pocketfft_umath":  {Place: "environment", Entry: "numpy,2.5.5,", How: "ctypes"},
		"libc":              {Place: "system", How: "needed"},
	} {
		got := found[name]
		if got.Place != want.Place || got.How != want.How || !strings.HasPrefix(got.Entry, want.Entry) || want.Entry == "" && got.Entry != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
