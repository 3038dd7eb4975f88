package facts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
)

// sound checks that nothing is wrong with a container, and that every binary was read
// by three readers who agree.
func sound(t *testing.T, c *Container) {
	t.Helper()
	if len(c.Damages) > 0 || len(c.Changes) > 0 || len(c.Notes) > 0 {
		t.Errorf("%s: damages %v, changes %v, notes %v", c.Path, c.Damages, c.Changes, c.Notes)
	}
	binaries := 0
	for i := range c.Files {
		b := c.Files[i].Binary
		if b == nil {
			continue
		}
		binaries++
		if len(b.Readers) != 3 || len(b.Failures)+len(b.Disagreements) > 0 {
			t.Errorf("%s: readers %v, failures %v, disagreements %v", c.Files[i].Path, b.Readers, b.Failures, b.Disagreements)
		}
	}
	if binaries == 0 {
		t.Errorf("%s: no binaries", c.Path)
	}
}

// TestOnedirAndOnefile: the same program as a directory and as a file has the same
// facts, and the file's are read where they are.
func TestOnedirAndOnefile(t *testing.T) {
	tree, one := collect(t, checktest.Onedir(t)), collect(t, checktest.Onefile(t))
	sound(t, tree)
	sound(t, one)
	if tree.Kind != Onedir || tree.Program != "hello" || one.Kind != Onefile || one.Program != "one" {
		t.Errorf("%s %s, %s %s", tree.Kind, tree.Program, one.Kind, one.Program)
	}
	for i := range tree.Files {
		f := &tree.Files[i]
		if f.Path == tree.Program || f.Path == manifestPath {
			continue
		}
		if g := one.File(f.Path); g == nil || g.SHA256 != f.SHA256 || !g.Packed {
			t.Errorf("%s is %+v in the one file", f.Path, g)
		}
	}
	if len(tree.Modules) < 100 || len(tree.Modules) != len(one.Modules) || tree.Interpreter.Version != "3.14.6" {
		t.Errorf("%d and %d modules, read by %q", len(tree.Modules), len(one.Modules), tree.Interpreter.Version)
	}
	if one.Payload == nil || len(one.Payload.ID) != 64 || one.Payload.Offset == 0 {
		t.Errorf("%+v", one.Payload)
	}
}

// TestTheProgramStandsForItsDirectory, as does the directory above it for both.
func TestTheProgramStandsForItsDirectory(t *testing.T) {
	tree := checktest.Onedir(t)
	if c := open(t, filepath.Join(tree, "hello")); c.Kind != Onedir || c.Path != tree {
		t.Errorf("%s %s", c.Kind, c.Path)
	}
	found, err := Open(t.Context(), filepath.Dir(tree))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []Kind
	for _, c := range found {
		kinds = append(kinds, c.Kind)
		defer c.Close()
	}
	if !slices.Equal(kinds, []Kind{Onefile, Onedir}) {
		t.Errorf("%v", kinds)
	}
}

// TestChanges: what is missing, added or changed, is that and nothing else.
func TestChanges(t *testing.T) {
	dir := checktest.Writable(t)
	lib := filepath.Join(dir, "python", "lib", "python3.14")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Remove(filepath.Join(lib, "os.pyc")))
	must(os.WriteFile(filepath.Join(lib, "extra.py"), []byte("import os\n"), 0o644))
	start := filepath.Join(lib, "encodings", "__init__.pyc")
	data := checktest.Read(t, start)
	data[len(data)-1] ^= 1
	must(os.WriteFile(start, data, 0o644))
	must(os.Chmod(filepath.Join(lib, "modules.marshal"), 0o755|fs.ModeSetuid))
	c := goOnly(t, dir)
	want := []string{"__init__.pyc changed", "extra.py added", "modules.marshal changed", "os.pyc missing"}
	var got []string
	for _, change := range c.Changes {
		got = append(got, filepath.Base(change.Path)+" "+string(change.Change))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", c.Changes, want)
	}
	if f := c.File("python/lib/python3.14/modules.marshal"); f.Mode&fs.ModeSetuid == 0 {
		t.Errorf("%v", f.Mode)
	}
	if verified, err := bundle.Verify(t.Context(), dir); err != nil || len(verified) != len(c.Changes) {
		t.Errorf("bundle.Verify: %v, %v", verified, err)
	}
}

// TestWheels of three platforms, whose records are right and whose licence is known.
func TestWheels(t *testing.T) {
	for _, platform := range []string{checktest.Universal2, checktest.Arm64, checktest.Manylinux} {
		c := collect(t, checktest.MarkupSafe(t, platform))
		sound(t, c)
		if c.Kind != Wheel || c.Wheel.Name != "MarkupSafe" || c.Wheel.Purelib || !slices.Equal(c.Wheel.Tags, c.Wheel.NameTags) {
			t.Errorf("%s %+v", c.Kind, c.Wheel)
		}
		if len(c.Distributions) != 1 || c.Distributions[0].License != "BSD License" || len(c.Distributions[0].LicenseFiles) != 1 {
			t.Errorf("%+v", c.Distributions)
		}
		if len(c.Modules) != 2 || c.Modules[0].Name != "markupsafe" || !c.Modules[0].Package {
			t.Errorf("%+v", c.Modules)
		}
	}
}

// TestDamagedManifest: what cannot be read is damage, and the files are there.
func TestDamagedManifest(t *testing.T) {
	dir := checktest.Writable(t)
	checktest.Edit(t, filepath.Join(dir, filepath.FromSlash(manifestPath)), `"format"`, `"forgot"`)
	c := goOnly(t, dir)
	if c.Kind != Onedir || c.Manifest != nil || len(c.Damages) != 1 || c.Damages[0].Path != manifestPath || len(c.Files) < 5 {
		t.Errorf("%s %v %d files", c.Kind, c.Damages, len(c.Files))
	}
	if strings.Contains(c.Damages[0].Text, dir) {
		t.Errorf("%q names this machine", c.Damages[0].Text)
	}
}

// TestOpenRefuses what is nothing to judge, in one line with advice.
func TestOpenRefuses(t *testing.T) {
	for _, path := range []string{checktest.Write(t, "text", []byte("hello")), checktest.Write(t, "empty", nil), os.DevNull} {
		_, err := Open(t.Context(), path)
		var own *Error
		if !errors.As(err, &own) || own.Hint() == "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if c := open(t, t.TempDir()); c.Kind != Directory || len(c.Files) != 0 {
		t.Errorf("an empty directory is %+v", c)
	}
}

// TestUnreadableFile is damage of the container; the other files are read.
func TestUnreadableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := checktest.Writable(t)
	if err := os.Chmod(filepath.Join(dir, "python", "lib", "python3.14", "os.pyc"), 0); err != nil {
		t.Fatal(err)
	}
	c := goOnly(t, dir)
	if len(c.Damages) != 1 || c.Damages[0].Text != "cannot be read: permission denied" {
		t.Errorf("%v", c.Damages)
	}
}
