package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The test binary, started again, is another process that uses a store.
const childVar = "STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if how := os.Getenv(childVar); how != "" {
		if err := child(strings.Fields(how)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child does `add <data> <kill> <sources> <version> <root>` or `gc <data> <kill>`, and
// prints what came of it and how many changes to the disk there were. Before the one
// of number kill it is killed (0: none).
func child(args []string) error {
	kill, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	var points atomic.Int64
	s, err := Open(args[1], func(s *Store) {
		s.fault = func(string) {
			if points.Add(1) == kill {
				killSelf()
			}
		}
	})
	if err != nil {
		return err
	}
	result := ""
	switch args[0] {
	case "add":
		result, err = childAdd(s, args[3], args[4], args[5])
	case "gc":
		_, err = s.GC(context.Background(), false)
	case "repair":
		result, err = childRepair(s, args[3])
	}
	fmt.Println(points.Load(), result)
	return err
}

func killSelf() {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		_ = p.Kill()
	}
	time.Sleep(time.Minute) // until the signal arrives
}

// childAdd adds the files of a directory as an entry and says that it needs it.
func childAdd(s *Store, dir, version, root string) (string, error) {
	e, err := s.Add(context.Background(), directoryDraft(dir, version))
	if err != nil {
		return "", err
	}
	if root != "-" {
		err = s.Root(root, []string{e.ID()})
	}
	return e.ID(), err
}

func directoryDraft(dir, version string) Draft {
	d := Draft{
		Entry: Entry{
			Name: "words", Version: version, Kind: KindData, Origin: Origin{Kind: "directory"},
			Files: []File{{Path: "share/link", Link: "f0"}},
		},
		Sources: map[string]string{},
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		d.Sources["share/"+filepath.Base(name)] = name
	}
	return d
}

func childRepair(s *Store, archive string) (string, error) {
	f, err := os.Open(archive)
	if err != nil {
		return "", err
	}
	defer f.Close()
	entries, err := s.Import(context.Background(), f)
	if err != nil {
		return "", err
	}
	return entries[0].ID(), nil
}

func command(args ...any) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{childVar + "=" + strings.TrimSpace(fmt.Sprintln(args...))}
	return cmd
}

// run starts a child and returns what it printed.
func run(t testing.TB, args ...any) (points int64, result string) {
	t.Helper()
	cmd := command(args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, stderr.String())
	}
	_, _ = fmt.Sscan(string(out), &points, &result)
	return points, result
}

// sourceFiles makes a directory of n files, of which those after the first half have
// other contents for another seed.
func sourceFiles(t testing.TB, n int, seed string) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		text := fmt.Sprintf("file %d", i)
		if i >= n/2 {
			text += " of " + seed
		}
		write(t, filepath.Join(dir, fmt.Sprintf("f%d", i)), text, 0o644)
	}
	return dir
}
