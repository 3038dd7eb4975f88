package bundle

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden manifest")

// TestManifest pins the schema: the manifest of the sample, byte for byte. A change
// other than an added field needs a new manifestVersion.
func TestManifest(t *testing.T) {
	const golden = "testdata/manifest.golden.json"
	dir := t.TempDir()
	result := build(t, sample(t, "1"), Options{Dir: dir})
	got, err := os.ReadFile(filepath.Join(dir, "python", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		put(t, golden, string(got), 0o644)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got\n%s", got)
	}
	read, err := ReadManifest(dir)
	if err != nil || !reflect.DeepEqual(read, result.Manifest) {
		t.Errorf("read %+v, %v\nwritten %+v", read, err, result.Manifest)
	}
}

// TestBadManifest: what cannot be trusted is not read.
func TestBadManifest(t *testing.T) {
	for text, want := range map[string]string{
		``:             "not a manifest",
		`[]`:           "not a manifest",
		`{"files":[]}`: "not a manifest",
		`{"format":"llgo-py-onedir","version":2}`:                                               "version 2 is newer",
		`{"format":"llgo-py-onedir","version":1,"files":[{"path":"../x"}]}`:                     `outside of the tree: "../x"`,
		`{"format":"llgo-py-onedir","version":1,"files":[{"path":"a"},{"path":"/etc/passwd"}]}`: "outside of the tree",
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "python"), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "python", "manifest.json"), text, 0o644)
		m, err := ReadManifest(dir)
		oneLine(t, err, want)
		if m != nil || !strings.Contains(err.Error(), "manifest.json") {
			t.Errorf("%+v, %v", m, err)
		}
	}
}
