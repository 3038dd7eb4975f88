//go:build linux || darwin

package unpack

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestListAndTrim(t *testing.T) {
	cache := t.TempDir()
	old, young := program{files: 20, size: 1000, seed: 1}, program{files: 20, size: 1000, seed: 2}
	oldDir, youngDir := old.mustRun(t, cache).dir, young.mustRun(t, cache).dir
	age(t, stampPath(oldDir), 40*24*time.Hour)

	trees, err := List(cache)
	if err != nil || len(trees) != 2 || trees[0].Dir != youngDir || trees[1].Dir != oldDir {
		t.Fatalf("trees %+v, %v", trees, err)
	}
	if self := "/nonexistent/program"; trees[0].Program != self || trees[0].Files != 25 || trees[0].Size < 20_000 || trees[0].InUse {
		t.Errorf("tree %+v", trees[0])
	}
	r, err := Trim(cache, 30*24*time.Hour)
	if err != nil || len(r.Removed) != 1 || r.Removed[0].Dir != oldDir || r.Bytes == 0 || r.Bytes > 10_000 {
		t.Errorf("trimmed %+v, %v", r, err)
	}
	if again := young.mustRun(t, cache); again.opened != 0 {
		t.Error("the tree that stayed is not complete")
	}
	clean(t, cache)
	if r, err = Clear(cache); err != nil || len(r.Removed) != 1 || r.Bytes < 10_000 {
		t.Errorf("cleared %+v, %v", r, err)
	}
	clean(t, cache)
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	must(t, os.Chtimes(path, then, then))
}

// A start notes the use of its tree hourly, and trims daily.
func TestDailyTrim(t *testing.T) {
	cache := t.TempDir()
	old, young := program{files: 5, size: 100, seed: 1}, program{files: 10, size: 100, seed: 2}
	oldDir, youngDir := old.mustRun(t, cache).dir, young.mustRun(t, cache).dir
	litter := filepath.Join(cache, "onefile/trees/litter")
	must(t, os.Mkdir(litter, 0o700))
	age(t, stampPath(oldDir), 31*24*time.Hour)
	age(t, stampPath(youngDir), 30*time.Minute)

	young.mustRun(t, cache)
	if info, _ := os.Stat(stampPath(youngDir)); time.Since(info.ModTime()) < 20*time.Minute {
		t.Error("touched within the hour")
	}
	if _, err := os.Stat(oldDir); err != nil {
		t.Error("trimmed at a start that had nothing to note")
	}
	age(t, stampPath(youngDir), 2*time.Hour)
	young.mustRun(t, cache)
	if info, _ := os.Stat(stampPath(youngDir)); time.Since(info.ModTime()) > time.Minute {
		t.Error("not touched after two hours")
	}
	for _, gone := range []string{oldDir, litter} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s was not trimmed", gone)
		}
	}
	old.mustRun(t, cache)
	age(t, stampPath(oldDir), 31*24*time.Hour)
	age(t, stampPath(youngDir), 2*time.Hour)
	young.mustRun(t, cache)
	if _, err := os.Stat(oldDir); err != nil {
		t.Error("trimmed twice a day")
	}
}

// A child that was started from the tree, and outlives its program, holds no lock
// but is seen.
func TestRunningChildKeepsItsTree(t *testing.T) {
	if _, err := os.Stat("/proc/self/maps"); err != nil {
		t.Skip("SKIPPED: processes cannot be looked at here")
	}
	sleep, err := os.ReadFile(lookPath(t, "sleep"))
	must(t, err)
	cache := t.TempDir()
	setCache(t, cache)
	m := &memory{bad: -1}
	m.file("python/bin/python3", 0o755, sleep)
	dir := ensure(t, m)
	release()
	cmd := exec.Command(dir+"/python/bin/python3", "60")
	must(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	for i := 0; i < 500; i++ { // until it has replaced the fork of this process
		if exe, _ := os.Readlink("/proc/" + itoa(cmd.Process.Pid) + "/exe"); strings.HasPrefix(exe, dir) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if r, err := Clear(cache); err != nil || len(r.InUse) != 1 || len(r.Removed) != 0 {
		t.Errorf("cleared %+v, %v", r, err)
	}
	check(t, dir, m)
}

func TestVerbose(t *testing.T) {
	p := program{files: 10, size: 100, seed: 1}
	cache := t.TempDir()
	for _, want := range []string{"unpacked 15 entries: ", "ready after "} {
		cmd := p.command(cache, EnvVerbose+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "llgo-py: "+cache) || !strings.Contains(string(out), want) {
			t.Errorf("%s, %v", out, err)
		}
	}
	if out, err := p.command(cache).CombinedOutput(); err != nil || strings.Contains(string(out), "llgo-py:") {
		t.Errorf("unasked: %s, %v", out, err)
	}
}

// sha256sum reads what the cache says about its trees.
func TestSums(t *testing.T) {
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("SKIPPED: no sha256sum here")
	}
	dir := program{files: 10, size: 100, seed: 1}.mustRun(t, t.TempDir()).dir
	verify := func() error {
		cmd := exec.Command(tool, "--check", "--quiet", "--strict", "../../sums/"+filepath.Base(dir))
		cmd.Dir = dir
		return cmd.Run()
	}
	must(t, verify())
	damage(t, dir+somePyc)
	if verify() == nil {
		t.Error("a changed file is right for sha256sum")
	}
}

func TestNoCacheYet(t *testing.T) {
	none := t.TempDir() + "/none"
	trees, err := List(none)
	problems, err2 := Verify(none)
	r, err3 := Clear(none)
	if len(trees) != 0 || len(problems) != 0 || len(r.Removed) != 0 || err != nil || err2 != nil || err3 != nil {
		t.Errorf("%v %v %v, %v %v %v", trees, problems, r, err, err2, err3)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("looking made a cache")
	}
}
