package cachedir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary starts itself as these programs, because what is promised
// about processes can only be seen between processes.
const (
	roleVar    = "CACHEDIR_TEST_ROLE"
	roleFill   = "fill" // fill the entry slowly, noting the start in a log
	roleHang   = "hang" // begin to fill, then wait to be killed
	roleDir    = "CACHEDIR_TEST_DIR"
	fillLog    = "fills.log"
	entryFiles = 20
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVar); role {
	case "":
		os.Exit(m.Run())
	case roleFill, roleHang:
		dir := os.Getenv(roleDir)
		err := Ensure(context.Background(), dir, func(work string) error {
			return childFill(dir, work, role == roleHang)
		})
		if err == nil {
			err = checkEntry(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func childFill(dir, work string, hang bool) error {
	log, err := os.OpenFile(filepath.Join(filepath.Dir(dir), fillLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	for i := range entryFiles {
		if err := os.WriteFile(filepath.Join(work, fmt.Sprint(i)), []byte("x"), 0o600); err != nil {
			return err
		}
		if i == entryFiles/2 {
			fmt.Fprintln(log, "half")
			if hang {
				select {}
			}
		}
	}
	return nil
}

func checkEntry(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) != entryFiles {
		err = fmt.Errorf("%s holds %d of %d files", dir, len(entries), entryFiles)
	}
	return err
}

func child(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+role, roleDir+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func fills(t *testing.T, dir string) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(dir), fillLog))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(data), "half")
}

// workDirs lists what is left beside the entry dir under the names of work
// directories.
func workDirs(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(sibling(dir, "work-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEnsureFillsOnceAmongProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kind", "entry")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := child(roleFill, dir).Run(); err != nil {
				t.Errorf("child: %v", err)
			}
		})
	}
	wg.Wait()
	if n := fills(t, dir); n != 1 {
		t.Errorf("the entry was filled %d times, want once", n)
	}
	if left := workDirs(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEnsureFillsOnceAmongGoroutines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := Ensure(t.Context(), dir, func(work string) error { return childFill(dir, work, false) })
			if err = errors.Join(err, checkEntry(dir)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := fills(t, dir); n != 1 {
		t.Errorf("the entry was filled %d times, want once", n)
	}
}

func TestKilledFillIsNeverTakenForComplete(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	killHalfway(t, dir)
	if isDir(dir) {
		t.Fatal("the entry exists although its fill was killed")
	}
	if left := workDirs(t, dir); len(left) != 1 {
		t.Fatalf("work directories after the kill: %v, want the one of the dead process", left)
	}
	if err := child(roleFill, dir).Run(); err != nil {
		t.Fatalf("Ensure after the kill: %v", err)
	}
	if err := checkEntry(dir); err != nil {
		t.Error(err)
	}
	if left := workDirs(t, dir); len(left) != 0 {
		t.Errorf("not cleaned up: %v", left)
	}
}

// killHalfway starts a process that fills dir and kills it with half the files
// written.
func killHalfway(t *testing.T, dir string) {
	t.Helper()
	cmd := child(roleHang, dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for fills(t, dir) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestFailedFillLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	failure := errors.New("out of ideas")
	err := Ensure(t.Context(), dir, func(work string) error {
		if err := os.WriteFile(filepath.Join(work, "half"), nil, 0o600); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("Ensure = %v, want %v", err, failure)
	}
	if isDir(dir) || len(workDirs(t, dir)) != 0 {
		t.Error("a failed fill left a directory behind")
	}
}

func TestPanicInFillLeavesNothingAndUnlocks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	func() {
		defer func() { _ = recover() }()
		_ = Ensure(t.Context(), dir, func(string) error { panic("fill") })
	}()
	if len(workDirs(t, dir)) != 0 {
		t.Error("a work directory was left behind")
	}
	if err := Ensure(t.Context(), dir, func(string) error { return nil }); err != nil {
		t.Errorf("Ensure after a panic: %v", err)
	}
}

func TestWaitForTheLockEndsWithTheContext(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	holding, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- Ensure(context.Background(), dir, func(string) error {
			close(holding)
			<-release
			return nil
		})
	}()
	<-holding
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Ensure(ctx, dir, func(string) error { t.Error("filled twice"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Ensure = %v, want context.Canceled", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Errorf("the holder of the lock: %v", err)
	}
}

func TestCancelledFillIsNotCompleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "entry")
	ctx, cancel := context.WithCancel(t.Context())
	err := Ensure(ctx, dir, func(string) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || isDir(dir) {
		t.Errorf("Ensure = %v, entry exists: %v; want context.Canceled and no entry", err, isDir(dir))
	}
}
