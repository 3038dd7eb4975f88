package facts

import (
	"archive/zip"
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// sitePackages is where the files of a wheel are in a bundle.
const sitePackages = "lib/python3.14/site-packages/"

// unpacked extracts the Mach-O files of a wheel.
func unpacked(t *testing.T, wheel string) (files []helper.LinkFile) {
	t.Helper()
	z, err := zip.OpenReader(wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	for _, f := range z.File {
		if ext := path.Ext(f.Name); ext != ".so" && ext != ".dylib" {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data.Bytes(), 0o755); err != nil {
			t.Fatal(err)
		}
		files = append(files, helper.LinkFile{Dest: sitePackages + f.Name, Source: file})
	}
	if len(files) == 0 {
		t.Fatalf("no binaries in %s", wheel)
	}
	return files
}

// linked links files into a directory; changed are those that were written anew.
func linked(t *testing.T, files []helper.LinkFile) (dir string, changed []string) {
	t.Helper()
	dir = t.TempDir()
	answer, err := newHelper(t).Link(t.Context(), helper.LinkRequest{
		Files: files, Output: t.TempDir(), Neutral: []helper.Neutral{{Path: "/Users/runner/work", Instead: "/w"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Findings) != 0 || len(answer.Added) != 0 {
		t.Errorf("%+v, %+v joined", answer.Findings, answer.Added)
	}
	for _, f := range answer.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Dest))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, checktest.Read(t, f.Source), 0o755); err != nil {
			t.Fatal(err)
		}
		if f.Patched {
			changed = append(changed, f.Dest)
		}
	}
	return dir, changed
}

// checkLinked: every reader reads the files, the hashes of their signatures are right,
// and what they load is there.
func checkLinked(t *testing.T, c *Container, changed []string) {
	t.Helper()
	for _, f := range c.Files {
		b := f.Binary
		if len(b.Failures) != 0 || len(b.Disagreements) != 0 || len(b.Readers) != 3 {
			t.Errorf("%s: %+v %+v %v", f.Path, b.Failures, b.Disagreements, b.Readers)
		}
		for i, img := range b.Images {
			s, anew := b.Signatures[i], slices.Contains(changed, f.Path)
			if s.Problem != "" || img.Arch == "arm64" && !(s.Present && s.Hashed) || anew && s.Present && !s.AdHoc {
				t.Errorf("%s, %s: %+v", f.Path, img.Arch, s)
			}
			if strings.HasPrefix(img.Name, "/") {
				t.Errorf("%s is called %s", f.Path, img.Name)
			}
			for _, name := range img.Needed {
				rest, own := strings.CutPrefix(name, "@loader_path/")
				if own && c.File(path.Join(path.Dir(f.Path), rest)) == nil || !own && !strings.HasPrefix(name, "/usr/lib/") && !strings.HasPrefix(name, "/System/Library/") {
					t.Errorf("%s loads %s", f.Path, name)
				}
			}
		}
	}
}

// TestLinkedWheels: real Mach-O files are closed, changed and signed again on this
// machine, fat ones and thin ones, twice alike.
func TestLinkedWheels(t *testing.T) {
	wheels := []string{checktest.MarkupSafe(t, checktest.Universal2), checktest.MarkupSafe(t, checktest.Arm64),
		checktest.WheelFor(t, "3.14", "psycopg2-binary==2.9.13", checktest.Arm64)}
	if os.Getenv("LLGO_PY_TEST_FULL") != "" {
		wheels = append(wheels, checktest.WheelFor(t, "3.14", "numpy==2.5.5", checktest.Arm64),
			checktest.WheelFor(t, "3.14", "pillow==13.0.0", checktest.Arm64))
	}
	for _, wheel := range wheels {
		t.Run(filepath.Base(wheel), func(t *testing.T) {
			files := unpacked(t, wheel)
			dir, changed := linked(t, files)
			if len(changed) == 0 {
				t.Error("nothing was changed")
			}
			before, c := collect(t, wheel), collect(t, dir)
			if len(c.Files) != len(files) {
				t.Errorf("%d files of %d", len(c.Files), len(files))
			}
			checkLinked(t, c, changed)
			for _, f := range c.Files {
				was := before.File(strings.TrimPrefix(f.Path, sitePackages)).Binary
				for i, img := range f.Binary.Images {
					if old := was.Images[i]; img.Arch != old.Arch || img.MinOS != old.MinOS || len(img.Needed) != len(old.Needed) || !slices.Equal(img.Exports, old.Exports) {
						t.Errorf("%s, %s: not the image it was", f.Path, old.Arch)
					}
				}
			}
			again, _ := linked(t, files)
			for _, f := range c.Files {
				if !bytes.Equal(checktest.Read(t, filepath.Join(dir, f.Path)), checktest.Read(t, filepath.Join(again, f.Path))) {
					t.Errorf("%s is another one the second time", f.Path)
				}
			}
		})
	}
}

// TestLinkedElsewhere: libraries that are not where their wheel had them are named anew
// in what loads them, and keep loading one another.
func TestLinkedElsewhere(t *testing.T) {
	files := unpacked(t, checktest.WheelFor(t, "3.14", "psycopg2-binary==2.9.13", checktest.Arm64))
	for i, f := range files {
		if strings.HasSuffix(f.Dest, ".dylib") {
			files[i].Dest = "lib/" + path.Base(f.Dest)
		}
	}
	dir, changed := linked(t, files)
	c := collect(t, dir)
	checkLinked(t, c, changed)
	const module = sitePackages + "psycopg2/_psycopg.cpython-314-darwin.so"
	if needed := c.File(module).Binary.Images[0].Needed; !slices.Contains(changed, module) || !slices.Contains(needed, "@loader_path/../../../libpq.5.dylib") {
		t.Errorf("%v loads %v", changed, needed)
	}
}
