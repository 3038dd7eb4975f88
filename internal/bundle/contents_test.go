package bundle

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// described is a plan of the sample with modules, its manifest, and the tree as it is
// written.
func described(t *testing.T) (plan *Plan, m *Manifest, dir string) {
	t.Helper()
	in := withModules(t)
	plan, told := describe(t, in)
	dir = t.TempDir()
	build(t, in, Options{Dir: dir})
	return plan, told.Manifest, dir
}

// TestContents: what is read where it comes from is what a written tree has.
func TestContents(t *testing.T) {
	plan, m, dir := described(t)
	contents, err := plan.Contents(m)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, c := range contents {
		switch {
		case c.IsDir:
			got = append(got, "empty "+c.Path)
		case c.Kind == Symlink:
			got = append(got, c.Path+" -> "+c.Link)
		default:
			r, err := c.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil || r.Close() != nil || int64(len(data)) != c.Size {
				t.Errorf("%s: %d bytes, not %d: %v", c.Path, len(data), c.Size, err)
			}
			got = append(got, fmt.Sprintf("%s %s %s", c.Path, c.Mode, data))
		}
	}
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if inside, err := os.ReadDir(name); err != nil || len(inside) == 0 {
				want = append(want, "empty "+rel)
			}
		case d.Type() == fs.ModeSymlink:
			target, _ := os.Readlink(name)
			want = append(want, rel+" -> "+target)
		default:
			info, err := d.Info()
			if err != nil {
				return err
			}
			data, _ := os.ReadFile(name)
			want = append(want, fmt.Sprintf("%s %04o %s", rel, info.Mode().Perm(), data))
		}
		return nil
	})
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: got\n%q\nwant\n%q", err, got, want)
	}
}

// TestScanOfPlan finds what Scan finds in the written tree: in contents, modules, names,
// links and directories.
func TestScanOfPlan(t *testing.T) {
	plan, m, dir := described(t)
	needles := []string{"/home/builder", "python3.14", "code", "site-packages", "manifest", "lib-dynload", "nowhere to be found", "x"}
	want, err := Scan(t.Context(), dir, needles)
	if err != nil {
		t.Fatal(err)
	}
	got, err := plan.Scan(t.Context(), m, needles)
	if err != nil || !slices.Equal(got, want) || len(got) < 10 {
		t.Errorf("%v: got\n%v\nwant\n%v", err, got, want)
	}
}
