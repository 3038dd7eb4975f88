//go:build linux || darwin

package unpack

import (
	"errors"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A first start is killed before each of its changes to the disk. The next start
// must be complete and right (program.run compares every byte), and clean up.
func TestKilledAtEveryChange(t *testing.T) {
	p := program{files: 24, size: 40_000, seed: 1}
	total := p.mustRun(t, t.TempDir()).points
	if total < 150 {
		t.Fatalf("a first start has only %d fault points", total)
	}
	stride := int64(1)
	if testing.Short() {
		stride = 7
	}
	for k := int64(1); k <= total; k += stride {
		killed := p
		killed.kill = k
		cache := t.TempDir()
		mustDie(t, killed.command(cache), k)
		p.mustRun(t, cache)
		clean(t, cache)
	}
	t.Logf("killed at %d points", (total+stride-1)/stride)
}

// The same for the repair of a damaged tree, which must not be believed half done.
func TestKilledDuringRepair(t *testing.T) {
	p := program{files: 12, size: 1000, seed: 1}
	prepare := func() string {
		cache := t.TempDir()
		dir := p.mustRun(t, cache).dir
		damage(t, dir+"/python/bin/python3")
		if err := os.Remove(dir + "/python/lib/empty"); err != nil {
			t.Fatal(err)
		}
		return cache
	}
	total := p.mustRun(t, prepare()).points
	if total < 15 {
		t.Fatalf("a repair has only %d fault points", total)
	}
	for k := int64(1); k <= total; k++ {
		killed := p
		killed.kill = k
		cache := prepare()
		mustDie(t, killed.command(cache), k)
		p.mustRun(t, cache)
		clean(t, cache)
	}
}

func TestKilledAtRandom(t *testing.T) {
	p := program{files: 60, size: 100_000, seed: 1}
	whole := p.mustRun(t, t.TempDir()).took
	random := rand.New(rand.NewSource(time.Now().UnixNano()))
	for i := 0; i < 40; i++ {
		cache := t.TempDir()
		cmd := p.command(cache)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int63n(int64(whole)*3/2 + 1)))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		p.mustRun(t, cache)
		clean(t, cache)
	}
}

// mustDie runs a program that is killed at fault point k. Which change that is
// depends on the scheduler, but every number up to the total occurs.
func mustDie(t *testing.T, cmd *exec.Cmd, k int64) {
	t.Helper()
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("fault point %d: %v", k, err)
	}
}

// clean checks that a cache holds nothing but what its trees need, and all of it.
func clean(t *testing.T, cache string) {
	t.Helper()
	if left, _ := os.ReadDir(cache + "/onefile/work"); len(left) != 0 {
		t.Errorf("work holds %v", left)
	}
	if problems, err := Verify(cache); err != nil || len(problems) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
	_ = filepath.WalkDir(cache+"/onefile/files", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			if id, err := lstat(path); err != nil || id.nlink < 2 {
				t.Errorf("%s belongs to no tree", path)
			}
		}
		return err
	})
}

// damage changes a byte of a file in place, and nothing else but its time.
func damage(t testing.TB, name string) {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	must(t, os.Chmod(name, 0o755))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	old := make([]byte, 1)
	_, err = f.ReadAt(old, 3)
	must(t, err)
	_, err = f.WriteAt([]byte{old[0] ^ 1}, 3)
	must(t, err)
	must(t, os.Chmod(name, info.Mode()))
}
