package wheel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// sample has something in every scheme.
var sample = wheeltest.Wheel{Name: "My-Lib", Version: "1.0", Files: map[string]string{
	"my_lib/__init__.py":                    "def main():\n    import sys\n    print('main', sys.argv[1:])\n    return 3\n",
	"my_lib/native.so":                      "not really",
	"My_Lib-1.0.dist-info/entry_points.txt": "# scripts\n[console_scripts]\nmy-lib = my_lib:main\nother = my_lib : main [extra]\n\n[gui_scripts]\nmy-gui=my_lib:main\n[else]\nx = y\n",
	"My_Lib-1.0.dist-info/direct_url.json":  "{}",
	"My_Lib-1.0.data/purelib/more.py":       "",
	"My_Lib-1.0.data/platlib/most.py":       "",
	"My_Lib-1.0.data/scripts/hand":          "#!python\nimport sys, my_lib\nprint('by hand', sys.argv[1:])\n",
	"My_Lib-1.0.data/scripts/shell":         "#!/bin/sh\necho shell\n",
	"My_Lib-1.0.data/headers/my.h":          "int my;",
	"My_Lib-1.0.data/data/share/man/man1/m": ".TH m",
	"My_Lib-1.0.data/data/etc/my.conf":      "x",
}}

func save(t *testing.T, w wheeltest.Wheel) string {
	t.Helper()
	return saveBytes(t, w.FileName(), w.Bytes())
}

func saveBytes(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func paths(d *Distribution) string {
	var all []string
	for _, f := range d.Files {
		name := f.Path
		if f.Executable {
			name += "*"
		}
		all = append(all, name)
	}
	return strings.Join(all, "\n")
}

const sampleFiles = `bin/hand*
bin/my-gui*
bin/my-lib*
bin/other*
bin/shell*
etc/my.conf
include/My_Lib/my.h
share/man/man1/m
site-packages/My_Lib-1.0.dist-info/INSTALLER
site-packages/My_Lib-1.0.dist-info/METADATA
site-packages/My_Lib-1.0.dist-info/WHEEL
site-packages/My_Lib-1.0.dist-info/entry_points.txt
site-packages/more.py
site-packages/most.py
site-packages/my_lib/__init__.py
site-packages/my_lib/native.so`

func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	d, err := Unpack(context.Background(), save(t, sample), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := paths(d); got != sampleFiles {
		t.Errorf("files:\n%s", got)
	}
	if d.Name != "My-Lib" || d.Version != "1.0" || d.Info != "My_Lib-1.0.dist-info" || len(d.Tags) != 1 {
		t.Errorf("got %+v", d)
	}
	for _, f := range d.Files {
		if want := filepath.Join(dir, filepath.FromSlash(f.Path)); f.Source != want {
			t.Errorf("%s is at %s", f.Path, f.Source)
		}
	}
}

// TestScriptsRun: in any directory, spaces and links included, a script takes the
// python3 that is beside it.
func TestScriptsRun(t *testing.T) {
	python, err := exec.LookPath("python3")
	if given := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS")); len(given) > 0 {
		python, err = given[0], nil
	}
	if err != nil {
		t.Skip("neither LLGO_PY_TEST_PYTHONS, which scripts/test sets, nor a python3 on PATH")
	}
	dir := filepath.Join(t.TempDir(), "with space")
	if _, err := Unpack(context.Background(), save(t, sample), dir); err != nil {
		t.Fatal(err)
	}
	// It stands for the interpreter of an environment.
	wrapper := "#!/bin/sh\nPYTHONPATH='" + filepath.Join(dir, SitePackages) + "' exec " + python + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "bin", "python3"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(dir, "bin", "my-lib"), link); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "bin", "my-lib"): "main ['a b', '']\n", link: "main ['a b', '']\n",
		filepath.Join(dir, "bin", "hand"): "by hand ['a b', '']\n", filepath.Join(dir, "bin", "shell"): "shell\n",
	} {
		cmd := exec.Command(name, "a b", "")
		out, _ := cmd.Output()
		if string(out) != want {
			t.Errorf("%s: %q, want %q", name, out, want)
		}
		if strings.HasPrefix(want, "main") && cmd.ProcessState.ExitCode() != 3 {
			t.Errorf("%s: exit code %d", name, cmd.ProcessState.ExitCode())
		}
	}
}

// TestInstalledIsTheSame: what an installer has made of a wheel is laid out like
// the wheel.
func TestInstalledIsTheSame(t *testing.T) {
	unpacked, err := Unpack(context.Background(), save(t, sample), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	prefix := t.TempDir()
	site := filepath.Join(prefix, "lib", "python3.14", "site-packages")
	var record bytes.Buffer
	rows := csv.NewWriter(&record)
	add := func(listed, text string) {
		path := filepath.Join(site, filepath.FromSlash(listed))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		_ = rows.Write([]string{listed, "", ""})
	}
	for _, f := range unpacked.Files {
		data, err := os.ReadFile(f.Source)
		if err != nil {
			t.Fatal(err)
		}
		name, inside := strings.CutPrefix(f.Path, SitePackages+"/")
		if !inside {
			name = "../../../" + strings.Replace(f.Path, "include/", "include/site/python3.14/", 1)
		}
		text := string(data)
		switch f.Path {
		case "bin/hand":
			text = strings.Replace(text, shebang, "#!/venv/bin/python3.14\n", 1)
		case "bin/my-lib":
			text = "#!/venv/bin/python\nfrom somewhere import else\n"
		}
		add(name, text)
		if !f.Executable {
			if err := os.Chmod(filepath.Join(site, filepath.FromSlash(name)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("my_lib/__pycache__/__init__.cpython-314.pyc", "byte code")
	add("My_Lib-1.0.dist-info/REQUESTED", "")
	rows.Flush()
	info := filepath.Join(site, unpacked.Info)
	if err := os.WriteFile(filepath.Join(info, "RECORD"), record.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	laid, err := FromInstalled(info, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if paths(laid) != paths(unpacked) {
		t.Fatalf("files:\n%s", paths(laid))
	}
	for i := range laid.Files {
		a, _ := os.ReadFile(laid.Files[i].Source)
		b, _ := os.ReadFile(unpacked.Files[i].Source)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs:\n%s\n%s", laid.Files[i].Path, a, b)
		}
	}
}

func TestRefuses(t *testing.T) {
	change := func(name, text string) wheeltest.Wheel {
		return wheeltest.Wheel{Name: "a", Version: "1", Files: map[string]string{"a.py": "", name: text}}
	}
	withWheel := func(text string) []byte {
		files := wheeltest.Wheel{Name: "a", Version: "1"}.Contents()
		files["a-1.dist-info/WHEEL"] = text
		return wheeltest.Archive(files)
	}
	good := change("a/b.py", "good text").Bytes()
	for name, test := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"an odd name":      {"a.zip", good, "not the name of a wheel"},
		"no archive":       {"a-1-py3-none-any.whl", []byte("hello"), "not a wheel"},
		"a path upwards":   {"a-1-py3-none-any.whl", change("../evil.py", "").Bytes(), "leads elsewhere"},
		"an absolute path": {"a-1-py3-none-any.whl", change("/evil.py", "").Bytes(), "leads elsewhere"},
		"an unknown place": {"a-1-py3-none-any.whl", change("a-1.data/mine/x", "").Bytes(), `unknown scheme "mine"`},
		"another format":   {"a-1-py3-none-any.whl", withWheel("Wheel-Version: 2.0\n"), "of version 2.0 of the format"},
		"no format":        {"a-1-py3-none-any.whl", withWheel("Tag: py3-none-any\n"), "no Wheel-Version"},
		"another name":     {"b-1-py3-none-any.whl", good, "it is called b, and METADATA says a"},
		"a bad script":     {"a-1-py3-none-any.whl", change("a-1.dist-info/entry_points.txt", "[console_scripts]\n../x = a:b\n").Bytes(), "not an entry point"},
	} {
		_, err := Unpack(context.Background(), saveBytes(t, test.file, test.data), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.file) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestRecordIsChecked: the archive itself is sound, and RECORD says otherwise.
func TestRecordIsChecked(t *testing.T) {
	for name, test := range map[string]struct {
		record func(string) string
		want   string
	}{
		"another hash": {func(r string) string { return strings.Replace(r, "a.py,sha256=4", "a.py,sha256=5", 1) }, "not what RECORD says"},
		"no hash":      {func(r string) string { return strings.Replace(r, "a.py,sha256=", "a.py,,\nx,sha256=", 1) }, "no hash"},
		"weak hash":    {func(r string) string { return strings.Replace(r, "a.py,sha256=", "a.py,md5=", 1) }, "not accepted"},
		"another size": {func(r string) string { return strings.Replace(r, ",0\n", ",1\n", 1) }, "size is 0"},
		"a lost file":  {func(r string) string { return r + "gone.py,sha256=x,1\n" }, "gone.py: in RECORD and not"},
		"not listed":   {func(r string) string { return strings.Join(strings.SplitAfter(r, "\n")[1:], "") }, "no hash of it"},
	} {
		files := wheeltest.Wheel{Name: "a", Version: "1", Files: map[string]string{"a.py": ""}}.Contents()
		record := files["a-1.dist-info/RECORD"]
		files["a-1.dist-info/RECORD"] = test.record(record)
		if files["a-1.dist-info/RECORD"] == record {
			t.Fatalf("%s changes nothing in %s", name, record)
		}
		_, err := Unpack(context.Background(), saveBytes(t, "a-1-py3-none-any.whl", wheeltest.Archive(files)), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestRecord: the record of a layout is that of an installation.
func TestRecord(t *testing.T) {
	sum := sha256.Sum256([]byte("x"))
	name, text, err := Record("a-1.dist-info", []Recorded{
		{"site-packages/a-1.dist-info/RECORD", nil, 0}, {"site-packages/a,b.py", sum[:], 1}, {"bin/a", sum[:], 1},
	})
	want := "../../../bin/a,sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE,1\n" +
		"\"a,b.py\",sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE,1\na-1.dist-info/RECORD,,\n"
	if err != nil || name != "site-packages/a-1.dist-info/RECORD" || string(text) != want {
		t.Errorf("%s, %v:\n%s", name, err, text)
	}
}

func TestRelocate(t *testing.T) {
	for script, want := range map[string]string{
		"#!python\nx":                      shebang + "x",
		"#!pythonw\nx":                     shebang + "x",
		"#! /usr/bin/env python3.14 -E\nx": shebang + "x",
		"#!/a b/python\nx":                 "#!/a b/python\nx", // such a line never worked
		"#!/bin/bash\nx":                   "#!/bin/bash\nx",
		"#!/bin/sh\n'''exec' /v/bin/python \"$0\" \"$@\"\n' '''\nx": shebang + "x",
		"\x7fELF": "\x7fELF",
		"":        "",
	} {
		if got := string(relocate([]byte(script))); got != want {
			t.Errorf("%q: %q", script, got)
		}
	}
}
