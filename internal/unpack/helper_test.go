//go:build linux || darwin

package unpack

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// memory is a payload in memory; opened counts how often it was asked for.
type memory struct {
	entries []payload.Entry
	data    [][]byte
	bad     int // index of an entry whose Copy fails after half of it, -1 for none
	opened  int
}

var errBadPayload = errors.New("the payload is damaged")

func (m *memory) Entries() []payload.Entry { return m.entries }

func (m *memory) Copy(i int, w io.Writer) error {
	data := m.data[i]
	if i == m.bad {
		if _, err := w.Write(data[:len(data)/2]); err != nil {
			return err
		}
		return errBadPayload
	}
	for len(data) > 0 {
		n := min(len(data), 1<<15)
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (m *memory) id() [32]byte {
	h := sha256.New()
	for _, e := range m.entries {
		fmt.Fprintf(h, "%s %v %x %s\n", e.Path, e.Mode, e.Hash, e.Target)
	}
	return [32]byte(h.Sum(nil))
}

func (m *memory) open() (Payload, error) {
	m.opened++
	return m, nil
}

// file adds a file; paths must come in order.
func (m *memory) file(path string, mode fs.FileMode, data []byte) {
	m.add(payload.Entry{Path: path, Mode: mode, Size: int64(len(data)), Hash: sha256.Sum256(data)}, data)
}

func (m *memory) add(e payload.Entry, data []byte) {
	m.entries = append(m.entries, e)
	m.data = append(m.data, data)
}

// sample has n files of that size, among them executables, duplicates, an empty
// one, a link, an empty directory, and names that need care. seed decides on the
// contents of every eighth file; the others are the same in all samples.
func sample(n, size int, seed int64) *memory {
	m := &memory{bad: -1}
	for i := 0; i < n; i++ {
		contentSeed := int64(i)
		if i%8 == 7 {
			contentSeed = seed*1_000_000 + int64(i)
		}
		data := make([]byte, size)
		rand.New(rand.NewSource(contentSeed)).Read(data)
		if i%8 == 3 && i > 8 {
			data = m.data[0] // a duplicate
		}
		m.file(fmt.Sprintf("python/lib/python3.14/package%02d/module%04d.pyc", i/16, i), 0o644, data)
	}
	m.file("python/bin/python3", 0o755, []byte("#!/bin/sh\necho started\n"))
	m.file("python/lib/empty", 0o644, nil)
	m.file("python/lib/naïve name", 0o644, []byte("é"))
	m.add(payload.Entry{Path: "python/bin/python3.14", Mode: fs.ModeSymlink | 0o777, Target: "python3"}, nil)
	m.add(payload.Entry{Path: "python/lib/void", Mode: fs.ModeDir | 0o755}, nil)
	sort.Sort(byPath{m})
	return m
}

type byPath struct{ *memory }

func (m byPath) Len() int           { return len(m.entries) }
func (m byPath) Less(i, j int) bool { return m.entries[i].Path < m.entries[j].Path }
func (m byPath) Swap(i, j int) {
	m.entries[i], m.entries[j] = m.entries[j], m.entries[i]
	m.data[i], m.data[j] = m.data[j], m.data[i]
}

// setCache makes dir the only candidate that can be used.
func setCache(t testing.TB, dir string) {
	t.Helper()
	for _, name := range []string{EnvVerify, EnvVerbose, "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", "")
	t.Setenv(EnvCache, dir)
	setLastResorts(t, "/nonexistent", "/nonexistent/program")
	t.Cleanup(release)
}

// setLastResorts replaces the candidates that are the same on every machine.
func setLastResorts(t testing.TB, shared, program string) {
	oldRoot, oldPath := sharedRoot, executablePath
	t.Cleanup(func() { sharedRoot, executablePath = oldRoot, oldPath })
	sharedRoot = shared
	executablePath = func() (string, error) { return program, nil }
}

// release gives back what a process holds until its end.
func release() {
	held.Lock()
	defer held.Unlock()
	for _, fd := range held.fds {
		closeFile(fd)
	}
	held.fds = nil
}

// ensure is Ensure with a cache of the test's own, which must be the one used.
func ensure(t testing.TB, m *memory) string {
	t.Helper()
	dir, err := Ensure(m.id(), m.open)
	if err != nil {
		t.Fatal(err)
	}
	if root := os.Getenv(EnvCache); !strings.HasPrefix(dir, root+"/") {
		t.Fatalf("the tree is %s, not in %s", dir, root)
	}
	return dir
}

// check compares a tree with the payload it should hold: every byte and mode.
func check(t testing.TB, dir string, m *memory) {
	t.Helper()
	if err := m.compare(dir); err != nil {
		t.Fatal(err)
	}
}

func (m *memory) compare(dir string) error {
	for i, e := range m.entries {
		name := filepath.Join(dir, e.Path)
		info, err := os.Lstat(name)
		if err != nil {
			return err
		}
		switch e.Mode.Type() {
		case fs.ModeSymlink:
			if target, err := os.Readlink(name); err != nil || target != e.Target {
				return fmt.Errorf("%s leads to %q, %v", name, target, err)
			}
		case fs.ModeDir:
			if !info.IsDir() {
				return fmt.Errorf("%s is no directory", name)
			}
		default:
			data, err := os.ReadFile(name)
			if err != nil || !bytes.Equal(data, m.data[i]) {
				return fmt.Errorf("%s has other content (%d bytes, not %d), %v", name, len(data), e.Size, err)
			}
			if want := objects.Permissions(executable(&e)); info.Mode() != want {
				return fmt.Errorf("%s has mode %v, not %v", name, info.Mode(), want)
			}
		}
	}
	return nil
}

// inode tells which file a path is.
func inode(t testing.TB, path string) uint64 {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

// stored names the file of a onefile directory that holds a content.
func stored(dir string, e *payload.Entry) string {
	return (&objects.Pool{Dir: dir + "/" + filesDir}).Path(e.Hash, executable(e))
}
