package payload

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// cpython runs a script in the managed CPython 3.14 and returns its output. The script
// has zipfile and sys.
func cpython(t *testing.T, script string, args ...string) string {
	t.Helper()
	dist, err := pydist.Managed(t.Context(), progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(dist.Executable, append([]string{"-I", "-c", "import sys, zipfile\n" + script}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestZipfile: CPython's zipfile lists a payload and reads the same from it.
func TestZipfile(t *testing.T) {
	sources, contents := sample()
	for _, level := range levels {
		data, _ := write(t, sources, Options{Level: level})
		name := filepath.Join(t.TempDir(), "payload.zip")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out := cpython(t, `
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist():
    assert i.date_time == (1980, 1, 1, 0, 0, 0)
    print(i.filename, oct(i.external_attr >> 16), i.file_size, i.compress_type, i.is_dir())
assert z.read("app") == open(sys.argv[2], "rb").read()
sys.exit(zipfile.main(["-t", sys.argv[1]]))`, name, writeFile(t, contents["app"]))
		zstd := "93"
		if level == Stored {
			zstd = "0"
		}
		for _, want := range []string{
			"app 0o100755 3000 0 False\n",
			"python/bin/python3 0o120777 27 0 False\n",
			"python/lib/libpython3.14.so.1.0 0o100755 1170000 " + zstd + " False\n",
			"python/lib/python3.14/größe 3/数据.txt 0o100644 4 0 False\n",
			"python/lib/python3.14/lib-dynload/ 0o40755 0 0 True\n",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if !strings.HasPrefix(out, indexName) {
			t.Errorf("the index is not the first:\n%s", out)
		}
	}
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestAppendListing: a finished program is an archive of its payload, wherever that is.
func TestAppendListing(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{})
	for _, before := range []int{0, 1, 5 << 20} {
		program := noise(before) + string(data) + noise(500)
		name := writeFile(t, program)
		if err := appendListing(t, name, before, len(data)); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(after), program) {
			t.Fatalf("the program was changed: %v", err)
		}
		cpython(t, `
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
assert len(z.namelist()) == 10, z.namelist()
assert z.read("python/lib/python3.14/os.pyc") == b"import os\n" * 300
zipfile.main(["-l", sys.argv[1]])`, name)
	}
}

func appendListing(t *testing.T, name string, base, size int) error {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return AppendListing(f, int64(base), int64(size))
}

// TestAppendListingRefuses: no payload there; the program stays as it was.
func TestAppendListingRefuses(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{})
	content := noise(100) + string(data)
	name := writeFile(t, content)
	wantError(t, appendListing(t, name, 0, 100), ErrNotPayload)
	wantError(t, appendListing(t, name, 101, len(data)), ErrTruncated)
	if after, err := os.ReadFile(name); err != nil || string(after) != content {
		t.Errorf("the program was changed: %v", err)
	}
}
