//go:build unix

package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestForeign: what is not ours is never overwritten, and stays as it is.
func TestForeign(t *testing.T) {
	for want, prepare := range map[string]func(t *testing.T, dir string){
		"app is there and is not from a build": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "app"), "precious", 0o755)
		},
		"python is there and is not": func(t *testing.T, dir string) {
			makeDir(t, filepath.Join(dir, "python", "lib"))
		},
		"python is there and": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "python"), "precious", 0o755)
		},
		"app is there and": func(t *testing.T, dir string) {
			makeDir(t, filepath.Join(dir, "app"))
		},
		"is not from a build of \"app\"": func(t *testing.T, dir string) {
			makeDir(t, filepath.Join(dir, "python"))
			put(t, filepath.Join(dir, "python", "manifest.json"), `{"name": "a web app", "version": 3}`, 0o644)
		},
		`python belongs to the program "other"`: func(t *testing.T, dir string) {
			in := sample(t, "1")
			in.Name = "other"
			build(t, in, Options{Dir: dir})
		},
		"app is there and is": func(t *testing.T, dir string) { // ours, with a link of the user's
			build(t, sample(t, "1"), Options{Dir: dir})
			if err := os.Remove(filepath.Join(dir, "app")); err != nil {
				t.Fatal(err)
			}
			symlink(t, "/bin/sh", filepath.Join(dir, "app"))
		},
		"python is there": func(t *testing.T, dir string) { // a link to a tree of ours
			build(t, sample(t, "1"), Options{Dir: filepath.Join(dir, "sub")})
			symlink(t, "sub/python", filepath.Join(dir, "python"))
		},
	} {
		t.Run(want, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, dir)
			before := listing(t, dir)
			_, err := tryBuild(sample(t, "2"), Options{Dir: dir})
			oneLine(t, err, want)
			if after := listing(t, dir); !slices.Equal(before, after) {
				t.Errorf("was\n%s\nis\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
		})
	}
}

func makeDir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

// TestOurs: what is ours is replaced, whatever state it is in.
func TestOurs(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"as it was":       func(*testing.T, string) {},
		"program removed": func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "app")) },
		"program changed": func(t *testing.T, dir string) { put(t, filepath.Join(dir, "app"), "signed", 0o500) },
		"files added":     func(t *testing.T, dir string) { put(t, filepath.Join(dir, "python", "lib", "x"), "", 0o644) },
		"read-only": func(t *testing.T, dir string) {
			for _, sub := range []string{"python/lib/python3.14", "python/lib", "python"} {
				if err := os.Chmod(filepath.Join(dir, sub), 0o555); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, source := nobodysDir(t), writeSample(t, "2")
			mustBuildAsNobody(t, writeSample(t, "1"), dir)
			change(t, dir)
			mustBuildAsNobody(t, source, dir)
			wantVersion(t, dir, "2")
		})
	}
}

// nobody is a user without rights, for tests that run as root.
const nobody = 65534

// nobodysDir returns a directory that the user of asNobody can write to.
func nobodysDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	makeDir(t, dir)
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// asNobody runs a role as a user whom permissions stop; tests of root would not be
// stopped. It returns the message of a build that failed, "" for one that did not.
func asNobody(t *testing.T, r role) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	if os.Geteuid() == 0 {
		binary := filepath.Join(t.TempDir(), "test")
		data, err := os.ReadFile(os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		put(t, binary, string(data), 0o755)
		for _, dir := range []string{binary, r.dir, r.source} {
			openUp(t, dir)
		}
		cmd = exec.Command(binary)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	state, stderr := r.run(t, cmd)
	if state.Success() {
		return ""
	}
	return strings.TrimSpace(stderr)
}

func mustBuildAsNobody(t *testing.T, source, dir string) {
	t.Helper()
	if msg := asNobody(t, role{name: "build", source: source, dir: dir}); msg != "" {
		t.Fatal(msg)
	}
}

// openUp lets everybody reach a path, and read what a sample has there.
func openUp(t *testing.T, name string) {
	t.Helper()
	for dir := filepath.Dir(name); len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if !exists(filepath.Join(name, "libpython")) {
		return // not the sources of a sample
	}
	for _, f := range sampleFiles {
		if err := os.Chmod(filepath.Join(name, f.name), f.mode|0o444); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNoRight: where the user may not write, one line says so and nothing changes.
func TestNoRight(t *testing.T) {
	dir := nobodysDir(t)
	mustBuildAsNobody(t, writeSample(t, "1"), dir)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	msg := asNobody(t, role{name: "build", source: writeSample(t, "2"), dir: dir})
	if !strings.Contains(msg, "permission denied") || strings.Contains(msg, "\n") {
		t.Errorf("message %q", msg)
	}
	wantVersion(t, dir, "1")
}

// TestUnreadableSource: a source that cannot be read is named before anything is
// written.
func TestUnreadableSource(t *testing.T) {
	dir, source := nobodysDir(t), writeSample(t, "1")
	mustBuildAsNobody(t, source, dir)
	if err := os.Chmod(source, 0o000); err != nil {
		t.Fatal(err)
	}
	msg := asNobody(t, role{name: "build", source: source, dir: dir})
	if !strings.Contains(msg, "app: open "+source) || strings.Contains(msg, "\n") {
		t.Errorf("message %q", msg)
	}
	wantVersion(t, dir, "1")
}

// TestDiskFull: files cannot be written beyond a size, as when the disk is full.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	build(t, sample(t, "1"), Options{Dir: dir})
	state, msg := role{name: "small", source: writeSample(t, "2"), dir: dir, arg: 100}.run(t, exec.Command(os.Args[0]))
	if state.Success() || !strings.Contains(msg, "file too large") || strings.Count(msg, "\n") != 1 {
		t.Errorf("%v: %q", state, msg)
	}
	wantVersion(t, dir, "1")
}
