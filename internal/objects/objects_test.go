package objects

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/iotest"
)

func newPool(t *testing.T) (p *Pool, work string) {
	t.Helper()
	dir := t.TempDir()
	work = filepath.Join(dir, "work")
	for _, name := range []string{work, filepath.Join(dir, "pool")} {
		if err := os.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &Pool{Dir: filepath.Join(dir, "pool"), UID: uint32(os.Geteuid())}, work
}

func content(text string, executable bool) Content {
	return Content{sha256.Sum256([]byte(text)), int64(len(text)), executable, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
}

func obtain(t *testing.T, p *Pool, work string, contents ...Content) Obtained {
	t.Helper()
	got, err := p.Obtain(work, contents)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(work); len(left) != 0 {
		t.Errorf("work holds %v", left)
	}
	return got
}

// checkFile looks at everything a file of a pool should be.
func checkFile(t *testing.T, name, want string, mode os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil || string(data) != want {
		t.Errorf("%s holds %q, %v; want %q", name, data, err, want)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != mode || !info.ModTime().Equal(Time) {
		t.Errorf("%s: mode %v, time %v", name, info.Mode(), info.ModTime())
	}
}

func TestObtainWritesEachContentOnce(t *testing.T) {
	p, work := newPool(t)
	both := []Content{content("one", false), content("one", false), content("one", true), content("two", false)}
	if got := obtain(t, p, work, both...); got.Written != 9 || got.Shared != 0 || got.Replaced != nil {
		t.Errorf("first: %+v", got)
	}
	checkFile(t, p.Path(both[0].Hash, false), "one", 0o444)
	checkFile(t, p.Path(both[0].Hash, true), "one", 0o555)
	if got := obtain(t, p, work, both...); got.Written != 0 || got.Shared != 9 {
		t.Errorf("again: %+v", got)
	}
}

// What lies under the name of a content is believed for its content alone.
func TestObtainReplacesWhatIsWrong(t *testing.T) {
	for name, damage := range map[string]func(string) error{
		"another content": func(f string) error { return os.WriteFile(f, []byte("One"), 0) },
		"cut":             func(f string) error { return os.Truncate(f, 1) },
		"writable":        func(f string) error { return os.Chmod(f, 0o644) },
		"another time":    func(f string) error { return os.Chtimes(f, Time, Time.Add(1e9)) },
		"a link": func(f string) error {
			return errors.Join(os.Rename(f, f+".moved"), os.Symlink(f+".moved", f))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, work := newPool(t)
			c := content("one", false)
			obtain(t, p, work, c)
			file := p.Path(c.Hash, false)
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := damage(file); err != nil {
				t.Fatal(err)
			}
			got := obtain(t, p, work, c)
			wrong := name != "writable" && name != "another time"
			if wrong != (len(got.Replaced) == 1) || wrong && got.Replaced[0] != file {
				t.Errorf("got %+v", got)
			}
			checkFile(t, file, "one", 0o444)
			if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

// An error of a source is told from one of the disk, and neither leaves a name that
// counts.
func TestObtainTellsWhoFailed(t *testing.T) {
	p, work := newPool(t)
	bad := content("one", false)
	failure := errors.New("cut off")
	bad.Copy = func(w io.Writer) error {
		_, _ = io.WriteString(w, "on")
		return failure
	}
	_, err := p.Obtain(work, []Content{bad})
	var source *SourceError
	if !errors.As(err, &source) || !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(p.Path(bad.Hash, false)); err == nil {
		t.Error("a content that could not be read is in the pool")
	}
	_, err = p.Obtain(filepath.Join(work, "none"), []Content{content("two", false)})
	if err == nil || errors.As(err, &source) {
		t.Errorf("an error of the disk: %v", err)
	}
}

func TestPrivateRefuses(t *testing.T) {
	p, work := newPool(t)
	refusal := errors.New("not yours")
	p.Private = func(string) error { return refusal }
	if _, err := p.Obtain(work, []Content{content("one", false)}); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
}

func TestPlaceLinksOrCopies(t *testing.T) {
	p, work := newPool(t)
	c := content("one", true)
	obtain(t, p, work, c)
	link, duplicate := filepath.Join(work, "link"), filepath.Join(work, "copy")
	if copied, err := p.Place(c.Hash, true, link); copied || err != nil {
		t.Errorf("copied %v, %v", copied, err)
	}
	p.Link = func(string, string) error { return os.ErrPermission }
	if copied, err := p.Place(c.Hash, true, duplicate); !copied || err != nil {
		t.Errorf("copied %v, %v", copied, err)
	}
	checkFile(t, link, "one", 0o555)
	checkFile(t, duplicate, "one", 0o555)
	freed, err := p.Sweep(func(_ string, links uint64) bool { return links > 1 })
	if freed != 0 || err != nil {
		t.Errorf("swept %d, %v", freed, err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	freed, err = p.Sweep(func(_ string, links uint64) bool { return links > 1 })
	if freed != 3 || err != nil {
		t.Errorf("swept %d, %v", freed, err)
	}
}

// sha256sum itself reads what is written, and finds the same files wrong.
func TestSums(t *testing.T) {
	dir := t.TempDir()
	var list []Sum
	for i := 0; i < 5; i++ {
		text := fmt.Sprint("content ", i)
		name := fmt.Sprintf("a file %d", i)
		if i == 4 {
			name = "a \\ and a \n"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, Sum{name, sha256.Sum256([]byte(text))})
	}
	sums := filepath.Join(t.TempDir(), "sums")
	if err := os.WriteFile(sums, EncodeSums(list), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSums(sums); err != nil || fmt.Sprint(got) != fmt.Sprint(list) {
		t.Errorf("read %v, %v", got, err)
	}
	if wrong := Wrong(dir, list); len(wrong) != 0 {
		t.Errorf("wrong %v", wrong)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "a file 1")), os.WriteFile(filepath.Join(dir, "a file 3"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if wrong := Wrong(dir, list); fmt.Sprint(wrong) != "[a file 1 a file 3]" {
		t.Errorf("wrong %v", wrong)
	}
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("no sha256sum on this machine to ask as well")
	}
	cmd := exec.Command(tool, "--check", "--quiet", sums)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err == nil || !bytes.Contains(out, []byte("a file 1")) || !bytes.Contains(out, []byte("a file 3")) || bytes.Contains(out, []byte("a file 2")) {
		t.Errorf("sha256sum says %s, %v", out, err)
	}
}

func TestReadSumsRefusesDamage(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sums")
	good := string(EncodeSums([]Sum{{Path: "a"}}))
	for _, text := range []string{"short\n", "zz" + good[2:], good[:66] + "../a\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if list, err := ReadSums(name); err == nil {
			t.Errorf("%q is read as %v", text, list)
		}
	}
}

// Hashing many small files takes no memory for each but for what the system needs.
func TestHashFileOfMany(t *testing.T) {
	name := filepath.Join(t.TempDir(), "small")
	if err := os.WriteFile(name, []byte("small"), 0o600); err != nil {
		t.Fatal(err)
	}
	hash := func() {
		if sum, err := HashFile(name); err != nil || sum != sha256.Sum256([]byte("small")) {
			t.Fatal(sum, err)
		}
	}
	hash()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const files = 1000
	for i := 0; i < files; i++ {
		hash()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / files; each > 4<<10 {
		t.Errorf("%d bytes for each file", each)
	}
}

// Copy uses neither end's own way to copy, and says what it copied.
func TestCopy(t *testing.T) {
	var to bytes.Buffer
	data := bytes.Repeat([]byte("x"), 200_000)
	if n, err := Copy(&to, bytes.NewReader(data)); n != int64(len(data)) || err != nil || !bytes.Equal(to.Bytes(), data) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, err := Copy(&to, iotest.ErrReader(io.ErrNoProgress)); err != io.ErrNoProgress {
		t.Errorf("%v", err)
	}
}

// A directory is made, and looked at, once for all contents in it.
func TestDirectoriesOnce(t *testing.T) {
	p, work := newPool(t)
	faults, looks := map[string]int{}, 0
	var mu sync.Mutex
	p.Fault = func(point string) { mu.Lock(); faults[point]++; mu.Unlock() }
	p.Private = func(string) error { mu.Lock(); looks++; mu.Unlock(); return nil }
	var contents []Content
	for i := 0; i < 3000; i++ {
		contents = append(contents, content(fmt.Sprint(i), false))
	}
	obtain(t, p, work, contents...)
	if faults["create"] != 3000 || faults["mkdir files"] > 256 || looks != faults["mkdir files"] {
		t.Errorf("%v, looked at %d times", faults, looks)
	}
}
