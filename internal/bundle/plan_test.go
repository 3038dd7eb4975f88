package bundle

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// TestRefusedInput: what cannot become a tree is said before anything is written.
func TestRefusedInput(t *testing.T) {
	add := func(f File) func(*Input) {
		return func(in *Input) {
			if f.Source == "exe" {
				f.Source = in.Exe
			}
			in.Files = append(in.Files, f)
		}
	}
	file := func(dest string) func(*Input) { return add(File{Dest: dest, Source: "exe", Kind: Data}) }
	link := func(dest, target string) func(*Input) { return add(File{Dest: dest, Kind: Symlink, Target: target}) }
	for want, change := range map[string]func(*Input){
		`"python/../x" is not a path`:                              file("../x"),
		`"python//etc/x" is not a path`:                            file("/etc/x"),
		`"python/lib/./x" is not a path`:                           file("lib/./x"),
		`"python/lib/" is not a path`:                              file("lib/"),
		`"python/" is not a path`:                                  file(""),
		`"python/a\xff" is not a path`:                             file("a\xff"),
		"manifest.json is written by":                              file("manifest.json"),
		"two files for python/bin/python3: ":                       file("bin/python3"),
		"two files for python/lib/python3.14/os.pyc: ":             file("lib/python3.14/os.pyc"),
		"python/lib/python3.14 is data and a directory":            file("lib/python3.14"),
		"python/lib/libz.so.1 is library and a directory":          file("lib/libz.so.1/x"),
		"site-packages/numbers/link is symlink and a directory":    file("lib/python3.14/site-packages/numbers/link/x"),
		"python3.14/lib-dynload is data and a directory":           file("lib/python3.14/lib-dynload"),
		`link to "../../../x" leaves the tree`:                     link("lib/l", "../../../x"),
		`link to "../.." leaves the tree`:                          link("lib/l", "../.."),
		`link to "/etc/passwd" leaves the tree`:                    link("lib/l", "/etc/passwd"),
		`link to "" leaves the tree`:                               link("lib/l", ""),
		`link to "nothing" leads to nothing`:                       link("lib/l", "nothing"),
		`link to "libz.so.1/x" leads to nothing`:                   link("lib/l", "libz.so.1/x"),
		`link to "l" leads back to itself`:                         link("lib/l", "l"),
		"python/x is a link and has a source":                      add(File{Dest: "x", Kind: Symlink, Target: "lib", Source: "exe"}),
		"python/x is data and has a link target":                   add(File{Dest: "x", Kind: Data, Target: "lib", Source: "exe"}),
		"python/x has no source":                                   add(File{Dest: "x", Kind: Data}),
		"python/x: open /nonexistent: no such file":                add(File{Dest: "x", Kind: Data, Source: "/nonexistent"}),
		"its source / is not a file":                               add(File{Dest: "x", Kind: Data, Source: "/"}),
		"python/x belongs to other, which is not":                  add(File{Dest: "x", Kind: Data, Source: "exe", Distribution: "other"}),
		"the distribution cases is there twice":                    func(in *Input) { in.Distributions = append(in.Distributions, in.Distributions[1]) },
		"app has no source":                                        func(in *Input) { in.Exe = "" },
		"app: open ":                                               func(in *Input) { in.Exe += "x" },
		`a program cannot be named "python"`:                       func(in *Input) { in.Name = "python" },
		`"" is not a file name`:                                    func(in *Input) { in.Name = "" },
		`"../app" is not a file name`:                              func(in *Input) { in.Name = "../app" },
		`"lib/python3.14" is not a file name`:                      func(in *Input) { in.Python.LibDir = "lib/python3.14" },
		`"/x/libpython.so" is not a file name`:                     func(in *Input) { in.Python.SONAME = "/x/libpython.so" },
		"linux/riscv64 is not supported":                           func(in *Input) { in.Python.Arch = "riscv64" },
		"only glibc is supported":                                  func(in *Input) { in.Python.SOABI = "cpython-314-x86_64-linux-musl" },
		`"python/../y" is not a path inside the tree (and 1 more)`: func(in *Input) { file("../y")(in); link("z", "w")(in) },
	} {
		in := sample(t, "1")
		change(&in)
		plan, err := NewPlan(in)
		if err == nil {
			t.Errorf("accepted, want %q: %+v", want, plan)
			continue
		}
		oneLine(t, err, want)
	}
}

// TestLinks: links that are right, also through others.
func TestLinks(t *testing.T) {
	in := sample(t, "1")
	for dest, target := range map[string]string{
		"lib/libz.so": "libz.so.1", "lib/libz2.so": "libz.so", "top": "lib", "up": ".",
		"through": "top/libz2.so", "bin/x": "../lib/python3.14/site-packages/numbers/link/data",
	} {
		in.Files = append(in.Files, File{Dest: dest, Kind: Symlink, Target: target})
	}
	dir := t.TempDir()
	build(t, in, Options{Dir: dir})
	wantVersion(t, dir, "1")
	for _, name := range []string{"through", "bin/x", "up/top/libz.so"} {
		if _, err := objects.HexOfFile(filepath.Join(dir, "python", name)); err != nil {
			t.Error(err)
		}
	}
}

// TestCase: names that differ by case are refused where they are one file, else
// only mentioned.
func TestCase(t *testing.T) {
	in := sample(t, "1")
	in.Files = append(in.Files, File{Dest: "lib/python3.14/Größe/x", Source: in.Exe, Kind: Data},
		File{Dest: "lib/python3.14/GRÖSSE/y", Source: in.Exe, Kind: Data},
		File{Dest: "lib/python3.14/OS.pyc", Source: in.Exe, Kind: Data})
	plan, err := NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	want := "[python/lib/python3.14/OS.pyc and python/lib/python3.14/os.pyc differ by case only]"
	if got := fmt.Sprint(plan.Warnings); got != want {
		t.Errorf("warnings %s, want %s", got, want)
	}
	in.Python.OS, in.Interpreter = "darwin", in.Exe
	_, err = NewPlan(in)
	oneLine(t, err, strings.Trim(want, "[]"))
}
