package links

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func file(t *testing.T, content string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, mode), os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0))); err != nil {
		t.Fatal(err)
	}
	return path
}

// failing replaces system calls by one that fails as they do where they cannot work.
func failing(t *testing.T, links, clones bool) {
	oldLink, oldClone := hardLink, reflink
	t.Cleanup(func() { hardLink, reflink = oldLink, oldClone })
	if links {
		hardLink = func(src, dst string) error { return &os.LinkError{Op: "link", Old: src, New: dst, Err: syscall.EXDEV} }
	}
	if clones {
		reflink = func(src, dst string) error {
			_ = os.WriteFile(dst, nil, 0o600) // FICLONE needs the file to be there already
			return syscall.EOPNOTSUPP
		}
	}
}

func place(t *testing.T, src string, how How, want Way) string {
	t.Helper()
	dst := filepath.Join(t.TempDir(), "placed")
	way, err := Place(src, dst, how)
	if err != nil || way != want {
		t.Fatalf("%v, %v; want a %v", way, err, want)
	}
	if data, err := os.ReadFile(dst); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(dst)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	return dst
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return os.SameFile(x, y)
}

func TestLightestFirst(t *testing.T) {
	src := file(t, "content", 0o444)
	if dst := place(t, src, How{}, HardLink); !same(t, src, dst) {
		t.Error("a hard link is another file")
	}
	failing(t, true, true)
	if dst := place(t, src, How{}, Symlink); !same(t, src, dst) {
		t.Error("a symbolic link leads elsewhere")
	}
	if dst := place(t, src, How{Real: true}, Copy); same(t, src, dst) {
		t.Error("a copy is the same file")
	}
}

// A reflink is taken before a symbolic link; the clone here is a copy, since few
// test machines have a file system with clones.
func TestReflinkBeforeSymlink(t *testing.T) {
	failing(t, true, false)
	reflink = copyFile
	place(t, file(t, "content", 0o444), How{}, Reflink)
}

func TestOwnFile(t *testing.T) {
	failing(t, false, true)
	src := file(t, "content", 0o444)
	dst := place(t, src, How{Own: true, Mode: 0o640}, Copy)
	info, err := os.Stat(dst)
	if err != nil || info.Mode() != 0o640 || !info.ModTime().Equal(time.Unix(1e9, 0)) {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(dst, []byte("changed"), 0); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(src); string(data) != "content" {
		t.Error("the source changed with its copy")
	}
	if info, err := os.Stat(place(t, src, How{Own: true}, Copy)); err != nil || info.Mode() != 0o444 {
		t.Errorf("%v, %v", info, err)
	}
}

// On this machine's own file system: a clone, or the copy in its place.
func TestRealClone(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "clone")
	src := file(t, "content", 0o555)
	way, err := Place(src, dst, How{Own: true})
	if err != nil || way != Reflink && way != Copy {
		t.Fatalf("%v, %v", way, err)
	}
	if data, err := os.ReadFile(dst); err != nil || string(data) != "content" || same(t, src, dst) {
		t.Errorf("%v: %q, %v", way, data, err)
	}
}

func TestOtherFileSystem(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "links-")
	if err != nil {
		t.Skip("no second file system: ", err)
	}
	defer os.RemoveAll(dir)
	src := file(t, "content", 0o444)
	if os.Link(src, filepath.Join(dir, "x")) == nil {
		t.Skip("/dev/shm is on the same file system")
	}
	for want, how := range map[Way]How{Symlink: {}, Copy: {Real: true}} {
		dst := filepath.Join(dir, want.String())
		if way, err := Place(src, dst, how); err != nil || way != want {
			t.Errorf("%v, %v; want a %v", way, err, want)
		}
		if data, err := os.ReadFile(dst); err != nil || string(data) != "content" {
			t.Errorf("%q, %v", data, err)
		}
	}
}

// A link as source is followed, also where a hard link to the link could be made.
func TestSourceIsALink(t *testing.T) {
	src := file(t, "content", 0o444)
	alias := filepath.Join(t.TempDir(), "alias")
	if err := os.Symlink(src, alias); err != nil {
		t.Fatal(err)
	}
	dst := place(t, alias, How{}, HardLink)
	if info, err := os.Lstat(dst); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

func TestRelative(t *testing.T) {
	top := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(top, "a", "b"), 0o700), os.Mkdir(filepath.Join(top, "c"), 0o700),
		os.WriteFile(filepath.Join(top, "c", "file"), []byte("content"), 0o400),
		os.Symlink("a/b", filepath.Join(top, "short"))); err != nil {
		t.Fatal(err)
	}
	// The way up from a directory that is a link itself starts at the real one.
	dst := filepath.Join(top, "short", "file")
	if _, err := Place(filepath.Join(top, "c", "file"), dst, How{Ways: []Way{Symlink}, Relative: true}); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(dst); err != nil || to != "../../c/file" {
		t.Errorf("%q, %v", to, err)
	}
	if data, err := os.ReadFile(dst); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestRefusals(t *testing.T) {
	src := file(t, "content", 0o444)
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ways := range [][]Way{nil, {HardLink}, {Reflink}, {Symlink}, {Copy}} {
		if way, err := Place(src, taken, How{Ways: ways}); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%v onto a file: %v, %v", ways, way, err)
		}
	}
	if data, _ := os.ReadFile(taken); string(data) != "mine" {
		t.Errorf("a file that was there holds %q", data)
	}
	if _, err := Place(filepath.Join(dir, "none"), filepath.Join(dir, "x"), How{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no source: %v", err)
	}
	if _, err := Place(dir, filepath.Join(dir, "x"), How{}); err == nil {
		t.Error("a directory was placed")
	}
	if _, err := Place(src, filepath.Join(dir, "none", "x"), How{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	if _, err := Place(src, filepath.Join(dir, "x"), How{Own: true, Ways: []Way{HardLink, Symlink}}); err == nil {
		t.Error("a file of its own was made by a link")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
