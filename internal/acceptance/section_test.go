package acceptance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

// changed is a copy of hello as one file, after change.
func changed(t *testing.T, change func(data []byte) []byte) (exe string) {
	t.Helper()
	data, err := os.ReadFile(onefile(t, "hello"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plantFile(t, dir, "hello", string(change(data)))
	return filepath.Join(dir, "hello")
}

// What `strip` makes of the file works as before, and passes for the program that it is.
func TestOnefileStripped(t *testing.T) {
	t.Parallel()
	strip, err := exec.LookPath("strip")
	if err != nil {
		t.Skip("no strip: ", err)
	}
	exe := changed(t, func(data []byte) []byte { return data })
	if r := start(t, exec.Command(strip, exe)); r.code != 0 {
		t.Fatal(r)
	}
	home := t.TempDir()
	for range 2 {
		if r := sealed(t, exe, []string{"HOME=" + home}); r.code != 0 || r.stdout != expected(t, "hello") || r.stderr != "" {
			t.Error(r)
		}
	}
	if r := start(t, exec.Command(llgo, "py", "check", exe)); r.code != 0 || !strings.Contains(r.stdout, "onefile") {
		t.Error(r)
	}
}

// A file of which a part is missing or was changed says so in one line, and if the
// program would not even find its files by it, whether the cache has them or not.
func TestOnefileDamaged(t *testing.T) {
	t.Parallel()
	var offset, size int64
	changed(t, func(data []byte) []byte {
		var err error
		if offset, size, err = section.Find(bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		return data
	})
	cut := func(size int64) func([]byte) []byte {
		return func(data []byte) []byte { return data[:size] }
	}
	flip := func(at int64) func([]byte) []byte {
		return func(data []byte) []byte { data[at] ^= 1; return data }
	}
	for name, test := range map[string]struct {
		damage func(data []byte) []byte
		always bool // even where the cache has the files
		want   string
	}{
		"without its archive":      {cut(offset), true, "cut short"},
		"with half of its archive": {cut(offset + size/2), true, "cut short"},
		"with nearly all of it":    {cut(offset + size - 1), true, "cut short"},
		"without section headers":  {func(data []byte) []byte { clear(data[0x28:0x30]); return data }, true, section.Name},
		"with another id":          {flip(offset + size - 20), true, "payload"},
		"with another index": {func(data []byte) []byte {
			index := bytes.Index(data[offset:], []byte("llgo-py payload 1\n"))
			return flip(offset + int64(index) + 30)(data)
		}, false, "hash"},
		"with other contents": {flip(offset + size/2), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			exe, home := changed(t, test.damage), t.TempDir()
			refuses(t, exe, home, test.want)
			if r := sealed(t, onefile(t, "hello"), []string{"HOME=" + home}); r.code != 0 {
				t.Fatal(r)
			}
			if test.always {
				refuses(t, exe, home, test.want)
			} else if r := sealed(t, exe, []string{"HOME=" + home}); r.code != 0 || r.stdout != expected(t, "hello") {
				t.Error(r)
			}
		})
	}
}

// refuses starts a program that cannot be.
func refuses(t *testing.T, exe, home, want string) {
	t.Helper()
	r := sealed(t, exe, []string{"HOME=" + home})
	if r.code != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "hello: cannot start") || !strings.Contains(r.stderr, want) {
		t.Errorf("%v\nwant one line with %q", r, want)
	}
}
