package acceptance

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every app prints, as one file and sealed off, at its first start and at the
// next, what it prints as a directory.
func TestOnefileApps(t *testing.T) {
	t.Parallel()
	apps, err := os.ReadDir(filepath.Join(root, "testdata", "apps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, app := range apps {
		t.Run(app.Name(), func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			for _, which := range []string{"first", "second"} {
				r := sealed(t, onefile(t, app.Name()), []string{"HOME=" + home})
				if r.code != 0 || r.stdout != expected(t, app.Name()) || r.stderr != "" {
					t.Errorf("%s start: %v\nwant:\n%s", which, r, expected(t, app.Name()))
				}
			}
		})
	}
}

// It stays one process: the program's file, arguments, environment, open files
// and signals are what it was started with, in itself and in its children.
func TestOnefileIsOneProcess(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "child"))
	build(t, src, "--py-onefile", fast, "-o", "out/app")
	exe := filepath.Join(src, "out", "app")
	env := []string{"A=1", "HOME=" + t.TempDir(), "LD_LIBRARY_PATH=/opt/x", "EMPTY="}
	for range 2 {
		inheritsNothing(t, exe, env)
	}

	src = write(t, "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t_ \"github.com/goplus/lib/py\"\n)\n\nfunc main() {\n"+
		"\texe, _ := os.Executable()\n\tself, _ := os.Readlink(\"/proc/self/exe\")\n\tfmt.Println(exe, self, os.Getppid(), os.Args)\n}\n")
	build(t, src, "--py-onefile", fast, "-o", "out/app")
	exe = filepath.Join(src, "out", "app")
	want := fmt.Sprintln(exe, exe, os.Getpid(), []string{exe, "x"})
	if r := startWith(t, env, exe, "x"); r.stdout != want {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

// Two builds of the same sources are the same bytes.
func TestOnefileIsReproducible(t *testing.T) {
	t.Parallel()
	first, second := copyApp(t, "hello"), copyApp(t, "hello")
	build(t, first, "--py-onefile", "-o", "out/app")
	build(t, second, "--py-onefile", "-o", "elsewhere/app")
	a, errA := os.ReadFile(filepath.Join(first, "out", "app"))
	b, errB := os.ReadFile(filepath.Join(second, "elsewhere", "app"))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("%d and %d bytes, not the same; %v, %v", len(a), len(b), errA, errB)
	}
}

// Compressed fast it is larger, and the same in everything else.
func TestOnefileCompressedFast(t *testing.T) {
	t.Parallel()
	exe := filepath.Join(t.TempDir(), "hello")
	build(t, copyApp(t, "hello"), "--py-onefile", fast, "-o", exe)
	if r := sealed(t, exe, []string{"HOME=" + t.TempDir()}); r.code != 0 || r.stdout != expected(t, "hello") || r.stderr != "" {
		t.Error(r)
	}
	fast, errFast := os.Stat(exe)
	best, errBest := os.Stat(onefile(t, "hello"))
	if errFast != nil || errBest != nil || fast.Size() <= best.Size() {
		t.Errorf("%v, %v: fast is no larger than best", errFast, errBest)
	}
}

// Of fifty first starts at once all are right and one unpacks.
func TestOnefileConcurrentFirstStarts(t *testing.T) {
	t.Parallel()
	exe, home := onefile(t, "hello"), t.TempDir()
	results := make([]result, 50)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			cmd := exec.Command(exe)
			cmd.Env = []string{"HOME=" + home, "LLGO_PY_VERBOSE=1"}
			results[i] = start(t, cmd)
		})
	}
	wg.Wait()
	unpacked := 0
	for _, r := range results {
		if r.code != 0 || r.stdout != expected(t, "hello") {
			t.Fatalf("%v", r)
		}
		if strings.Contains(r.stderr, "unpacked") {
			unpacked++
		}
	}
	if unpacked != 1 {
		t.Errorf("%d of %d unpacked: %s", unpacked, len(results), results[0].stderr)
	}
}

// A first start that is killed at any moment leaves nothing that the next one
// takes for complete. Where the moments are decided by the code, internal/unpack
// tests them one by one; here they are random.
func TestOnefileKilledFirstStarts(t *testing.T) {
	t.Parallel()
	rounds := 25
	if full() {
		rounds = 200
	}
	exe := onefile(t, "hello")
	for range rounds {
		home := t.TempDir()
		cmd := exec.Command(exe)
		cmd.Env = []string{"HOME=" + home}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Intn(250)) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		next := exec.Command(exe)
		next.Env = []string{"HOME=" + home}
		if r := start(t, next); r.code != 0 || r.stdout != expected(t, "hello") || r.stderr != "" {
			t.Fatalf("after a kill: %v", r)
		}
	}
}

// A file of the cache that was changed, cut or removed is repaired at the next start.
func TestOnefileRepairsTheCache(t *testing.T) {
	t.Parallel()
	exe, home := onefile(t, "hello"), t.TempDir()
	run := func() result {
		cmd := exec.Command(exe)
		cmd.Env = []string{"HOME=" + home}
		return start(t, cmd)
	}
	if r := run(); r.code != 0 {
		t.Fatal(r)
	}
	for name, damage := range map[string]func(path string) error{
		"changed": func(path string) error { return os.WriteFile(path, []byte("not what it was"), 0o644) },
		"cut":     func(path string) error { return os.Truncate(path, 100) },
		"removed": os.Remove,
	} {
		for _, victim := range []string{"libpython3.14.so.1.0", "os.pyc", "modules.marshal"} {
			path := find(t, home, victim)
			_ = os.Chmod(filepath.Dir(path), 0o755)
			_ = os.Chmod(path, 0o644)
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			if r := run(); r.code != 0 || r.stdout != expected(t, "hello") {
				t.Errorf("%s %s: %v", victim, name, r)
			}
		}
	}
}

// find returns a file of the tree that a program unpacked below home.
func find(t *testing.T, home, name string) (found string) {
	t.Helper()
	_ = filepath.WalkDir(filepath.Join(home, ".cache", "llgo-py", "onefile", "trees"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == name {
			found = path
		}
		return nil
	})
	if found == "" {
		t.Fatalf("no %s below %s", name, home)
	}
	return found
}

// Where no cache can be had, one line says which were tried, why not, and what to set.
func TestOnefileWithoutACache(t *testing.T) {
	t.Parallel()
	if !namespaces(t) {
		t.Skip("a file system that is too small needs a mount namespace")
	}
	exe := onefile(t, "hello")
	script := `set -e
mount -t tmpfs -o size=1m tmpfs /mnt
mkdir /mnt/cache /mnt/home
mount -t tmpfs -o ro,noexec tmpfs /var/tmp
mount --bind ` + filepath.Dir(exe) + ` ` + filepath.Dir(exe) + `
mount -o remount,bind,ro ` + filepath.Dir(exe) + `
exec env -i LLGO_PY_CACHE=/mnt/cache HOME=/mnt/home "$0"`
	r := start(t, exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c", script, exe))
	if r.code != 1 || strings.Count(strings.TrimSpace(r.stderr), "\n") != 0 || !strings.Contains(r.stderr, "/mnt/cache") || !strings.Contains(r.stderr, "LLGO_PY_CACHE") {
		t.Errorf("%v\nwant one line that names /mnt/cache and LLGO_PY_CACHE", r)
	}
}

// Any zip reader that knows zstd can list the finished program.
func TestOnefileIsAZip(t *testing.T) {
	t.Parallel()
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) == 0 {
		t.Skip("LLGO_PY_TEST_PYTHONS is not set: scripts/test sets it")
	}
	r := start(t, exec.Command(pythons[0], "-m", "zipfile", "-t", onefile(t, "hello")))
	if r.code != 0 {
		t.Fatalf("%v", r)
	}
	r = start(t, exec.Command(pythons[0], "-m", "zipfile", "-l", onefile(t, "hello")))
	if !strings.Contains(r.stdout, "lib/libpython3.14.so.1.0") || !strings.Contains(r.stdout, "lib/python3.14/os.pyc") {
		t.Errorf("%v", r)
	}
}
