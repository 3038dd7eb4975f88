package installed

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// site installs wheels into a new site directory, one after the other.
func site(t *testing.T, wheels ...wheeltest.Wheel) string {
	t.Helper()
	dir := t.TempDir()
	for _, wheel := range wheels {
		for name, text := range wheel.Contents() {
			write(t, filepath.Join(dir, name), text)
		}
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestIn(t *testing.T) {
	dir := site(t,
		wheeltest.Wheel{Name: "B-two", Version: "2.0", Tag: "cp314-abi3-linux_x86_64", Files: map[string]string{"google/two/__init__.py": "", "google/two/sub/__init__.py": "", "two.py": "", "_two.abi3.so": ""}},
		wheeltest.Wheel{Name: "a", Version: "1"},
	)
	write(t, filepath.Join(dir, "broken-1.dist-info", "METADATA"), "Version: 1\n\nName: no\n")
	found := In(dir)
	if len(found) != 2 || found[0].Name != "B-two" || found[1].Version != "1" || found[0].Site() != dir {
		t.Fatalf("found %+v", found)
	}
	if got := found[0].Modules(); !reflect.DeepEqual(got, []string{"_two", "google.two", "two"}) {
		t.Errorf("modules %q", got)
	}
	if !reflect.DeepEqual(found[0].Tags, []string{"cp314-abi3-linux_x86_64"}) {
		t.Errorf("tags %q", found[0].Tags)
	}
}

func TestFits(t *testing.T) {
	regular := &pydist.Dist{Minor: "3.14", Platform: "linux-x86_64"}
	threaded := &pydist.Dist{Minor: "3.14", ABIFlags: "t", Platform: "linux-x86_64"}
	mac := &pydist.Dist{Minor: "3.9", Platform: "macosx-11.0-arm64"}
	for _, test := range []struct {
		tags string
		dist *pydist.Dist
		want bool
	}{
		{"", regular, true},
		{"py3-none-any", regular, true},
		{"py2.py3-none-any", regular, true},
		{"py39-none-any", regular, true},
		{"py315-none-any", regular, false},
		{"cp314-cp314-manylinux_2_27_x86_64.manylinux_2_28_x86_64", regular, true},
		{"cp311-cp311-manylinux_2_17_x86_64", regular, false},
		{"cp311-cp311-linux_x86_64 cp314-cp314-linux_x86_64", regular, true},
		{"cp39-abi3-musllinux_1_2_x86_64", regular, true},
		{"cp39-abi3-manylinux_2_17_x86_64", threaded, false},
		{"cp314-cp314t-manylinux_2_28_x86_64", threaded, true},
		{"cp314-cp314-manylinux_2_28_x86_64", threaded, false},
		{"cp314-cp314t-manylinux_2_28_x86_64", regular, false},
		{"cp314-cp314-manylinux_2_28_aarch64", regular, false},
		{"cp314-cp314-macosx_11_0_arm64", regular, false},
		{"py3-none-manylinux_2_17_x86_64", regular, true},
		{"py3-none-win_amd64", regular, false},
		{"cp39-cp39-macosx_10_9_universal2", mac, true},
		{"cp39-cp39-macosx_11_0_arm64", mac, true},
		{"cp39-cp39-macosx_11_0_x86_64", mac, false},
		{"pp39-pypy39_pp73-macosx_11_0_arm64", mac, false},
		{"odd", regular, true},
	} {
		if got := Fits(strings.Fields(test.tags), test.dist); got != test.want {
			t.Errorf("%q for %s%s on %s: %t", test.tags, test.dist.Minor, test.dist.ABIFlags, test.dist.Platform, got)
		}
	}
}

func TestOtherPython(t *testing.T) {
	dir := site(t,
		wheeltest.Wheel{Name: "good", Version: "1"},
		wheeltest.Wheel{Name: "native", Version: "2.5", Tag: "cp311-cp311-linux_x86_64"},
	)
	dist := &pydist.Dist{Minor: "3.14", Platform: "linux-x86_64", SitePackages: []string{dir}, Executable: "/v/bin/python"}
	if err := OtherPython(dist, []string{"good"}); err != nil {
		t.Errorf("one that is not used: %v", err)
	}
	for _, used := range [][]string{{"good", "native"}, nil} {
		err := OtherPython(dist, used)
		want := "native 2.5 in " + dir + " was installed for another Python (cp311-cp311-linux_x86_64) than CPython 3.14 on linux-x86_64"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		var hinted interface{ Hint() string }
		if !errors.As(err, &hinted) || hinted.Hint() != "/v/bin/python -m pip install --force-reinstall native==2.5" {
			t.Errorf("hint of %v", err)
		}
	}
}

func TestOverwritten(t *testing.T) {
	common := map[string]string{"shared/__init__.py": "", "shared/same.py": "same"}
	with := func(content string, extra ...string) map[string]string {
		files := map[string]string{"shared/__init__.py": "", "shared/same.py": "same"}
		for _, name := range extra {
			files[name] = content
		}
		return files
	}
	dir := site(t,
		wheeltest.Wheel{Name: "first", Version: "1", Files: with("1", "shared/a.py", "shared/b.py", "shared/unused.py")},
		wheeltest.Wheel{Name: "second", Version: "2", Files: with("2", "shared/a.py", "shared/b.py", "shared/unused.py")},
		wheeltest.Wheel{Name: "third", Version: "3", Files: common},
	)
	dist := &pydist.Dist{SitePackages: []string{dir}}
	path := func(name string) string { return filepath.Join(dir, "shared", name) }
	if got := Overwritten(dist, []string{path("__init__.py"), path("same.py"), "/elsewhere/x.py"}); got != nil {
		t.Errorf("equal files: %q", got)
	}
	want := "first 1 was overwritten by second 2 in " + dir + " (shared/a.py and 1 more): install only one of them"
	if got := Overwritten(dist, []string{path("a.py"), path("b.py"), path("same.py")}); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	write(t, path("a.py"), "by hand")
	if got := Overwritten(dist, []string{path("a.py")}); len(got) != 1 || !strings.Contains(got[0], "install only one") {
		t.Errorf("changed since: %q", got)
	}
}

// TestUnfollowed: setuptools' finder for an editable installation names its
// packages in code.
func TestUnfollowed(t *testing.T) {
	dir := site(t, wheeltest.Wheel{Name: "My-Lib", Version: "1", Files: map[string]string{
		"__editable___my_lib_1_finder.py": "MAPPING = {'mine': '/src/lib/mine'}\n",
	}})
	dist := &pydist.Dist{SitePackages: []string{dir}, Executable: "/v/bin/python"}
	if err := Unfollowed(dist, "mine"); err != nil {
		t.Errorf("not editable: %v", err)
	}
	write(t, filepath.Join(dir, "My_Lib-1.dist-info", "direct_url.json"), `{"url": "file:///src/my%20lib", "dir_info": {"editable": true}}`)
	if err := Unfollowed(dist, "yours"); err != nil {
		t.Errorf("another module: %v", err)
	}
	err := Unfollowed(dist, "mine.sub")
	want := "mine.sub is an editable installation of My-Lib from /src/my lib that analysis cannot follow"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
