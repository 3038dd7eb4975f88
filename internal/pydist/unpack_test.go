package pydist

import (
	"archive/zip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// unpackList packs files into the zip of a module, lists entries as its tree
// "data", and unpacks that.
func unpackList(t *testing.T, target string, files map[string]string, entries []entry) error {
	t.Helper()
	zipPath := filepath.Join(t.TempDir(), "module.zip")
	f, err := os.Create(zipPath)
	if err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(map[string]any{"files": entries})
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	add := func(name, content string) {
		e, err := w.Create(modulePath + "@v0.0.0-test/data/" + name)
		if err == nil {
			_, err = e.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("files.json", string(list))
	for name, content := range files {
		add(name, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	a, err := release{version: "v0.0.0-test"}.open(zipPath)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return a.unpack(t.Context(), "data", target, progress.Discard.Phase("", 0))
}

func TestUnpack(t *testing.T) {
	target := filepath.Join(t.TempDir(), "target")
	err := unpackList(t, target, map[string]string{"bin/tool": "#!", "bin/plain": "text"}, []entry{
		{Name: "bin", Mode: fs.ModeDir | 0o755},
		{Name: "bin/plain", Size: 4, Mode: 0o664},
		{Name: "bin/tool", Size: 2, Mode: 0o775},
		{Name: "bin/link", Mode: fs.ModeSymlink, Symlink: "../bin/tool"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, executable := range map[string]bool{"bin/plain": false, "bin/tool": true, "bin/link": true} {
		info, err := os.Stat(filepath.Join(target, name))
		if err != nil || info.Mode()&0o100 != 0 != executable || info.Mode()&0o022 != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	dir := entry{Name: "d", Mode: fs.ModeDir | 0o755}
	for _, test := range []struct {
		name    string
		entries []entry
		want    string
	}{
		{"absolute name", []entry{{Name: "/etc/x", Mode: 0o644}}, "unsafe name"},
		{"name leading outside", []entry{{Name: "../x", Mode: 0o644}}, "unsafe name"},
		{"name with a detour", []entry{dir, {Name: "d/../../x", Mode: 0o644}}, "unsafe name"},
		{"empty name", []entry{{Name: "", Mode: 0o644}}, "unsafe name"},
		{"absolute link", []entry{{Name: "l", Mode: fs.ModeSymlink, Symlink: "/etc"}}, "unsafe link"},
		{"link leading outside", []entry{dir, {Name: "d/l", Mode: fs.ModeSymlink, Symlink: "../../x"}}, "unsafe link"},
		{"link to nothing", []entry{{Name: "l", Mode: fs.ModeSymlink}}, "unsafe link"},
		{"device", []entry{{Name: "dev", Mode: fs.ModeDevice | 0o644}}, "neither file"},
		{"file missing", []entry{{Name: "x", Mode: 0o644}}, "not in the archive"},
		{"file too long", []entry{{Name: "f", Size: 2, Mode: 0o644}}, "size"},
		{"file too short", []entry{{Name: "f", Size: 4, Mode: 0o644}}, "size"},
		{"file twice", []entry{{Name: "f", Size: 3, Mode: 0o644}, {Name: "f", Size: 3, Mode: 0o644}}, "exists"},
		{"not compressed", []entry{{Name: "z", Size: 21, Mode: 0o644, Compressed: true}}, "gzip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			err := unpackList(t, filepath.Join(base, "target"), map[string]string{"f": "abc", "z.gz": "not compressed at all"}, test.entries)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
			if entries, _ := os.ReadDir(base); len(entries) > 1 {
				t.Errorf("written outside of the target: %v", entries)
			}
		})
	}
}
