package acceptance

import (
	"archive/zip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The flags of go build reach the compiler.
func TestGoFlags(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "hello"), "func main() {", "var stamp, tagged string\n\nfunc main() {\n\tprintln(stamp, tagged)", 1))
	plantFile(t, src, "tagged.go", "//go:build special\n\npackage main\n\nfunc init() { tagged = \"tagged\" }\n")
	r := build(t, filepath.Dir(src), "-C", "prog", "-py-onedir", "-v", "-x", "-tags", "special", "-ldflags", "-s -X main.stamp=stamped",
		"-trimpath", "-gcflags=-N", "-o", "out/", ".")
	if !strings.Contains(r.stderr, "-checklinkname=0") || !strings.Contains(r.stderr, "-N") || !strings.Contains(r.stderr, "example.com/hello") {
		t.Errorf("-x and -v show nothing of the compiler: %s", r.stderr)
	}
	if r := startIn(t, filepath.Join(src, "out", "hello")); r.stderr != "stamped tagged\n" || r.code != 0 {
		t.Errorf("%v", r)
	}
}

// Without -o the directory is dist/<name>, and a second build replaces it.
func TestDefaultOutput(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "hello")
	for range 2 {
		build(t, src, "--py-onedir")
	}
	if r := startIn(t, filepath.Join(src, "dist", "hello", "hello")); r.stdout != expected(t, "hello") {
		t.Errorf("%v", r)
	}
	entries, _ := os.ReadDir(filepath.Join(src, "dist", "hello"))
	if len(entries) != 2 {
		t.Errorf("dist/hello holds %v", entries)
	}
}

// A program without Python builds, and is told that nothing needs packaging.
func TestNoPython(t *testing.T) {
	t.Parallel()
	src := write(t, "package main\n\nfunc main() { println(\"plain\") }\n")
	r := build(t, src, "--py-onedir", "-o", "out/app")
	if !strings.Contains(r.stderr, "uses no Python: nothing needs packaging") {
		t.Errorf("%v", r)
	}
	if r := startIn(t, filepath.Join(src, "out", "app")); r.stderr != "plain\n" {
		t.Errorf("%v", r)
	}
	if _, err := os.Stat(filepath.Join(src, "out", "python")); err == nil {
		t.Error("out/python was made")
	}
}

// -json is one object per line on stdout, each with a type, the summary last, and nothing else.
func TestJSON(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "hello")
	r := build(t, src, "--py-onedir", "-json", "-o", "out/hello")
	if r.stderr != "" {
		t.Errorf("stderr: %s", r.stderr)
	}
	types := map[string]int{}
	var last map[string]any
	for line := range strings.Lines(r.stdout) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		types[last["type"].(string)]++
	}
	if types["progress"] < 3 || types["summary"] != 1 || last["type"] != "summary" {
		t.Errorf("types %v, last %v", types, last)
	}
	if last["path"] != filepath.Join("out", "hello") || last["compiler"] != "go" || last["modules"].(float64) < 50 || last["size"].(float64) < 1e6 {
		t.Errorf("summary: %v", last)
	}
}

// Bindings of other modules are translated where they lie: in the module cache,
// in a replaced directory, in another module of a workspace, in package main.
func TestBindingsElsewhere(t *testing.T) {
	t.Parallel()
	const binding = "package bind\n\nimport (\n\t_ \"unsafe\"\n\n\t\"github.com/goplus/lib/py\"\n)\n\nconst LLGoPackage = \"py.colorsys\"\n\n" +
		"//go:linkname RgbToHsv py.rgb_to_hsv\nfunc RgbToHsv(r, g, b *py.Object) *py.Object\n"
	const main = "package main\n\nimport (\n\t\"example.com/bind\"\n\t\"github.com/goplus/lib/py\"\n\t\"github.com/goplus/lib/py/std\"\n)\n\n" +
		"func main() { std.Print(bind.RgbToHsv(py.Long(1), py.Long(0), py.Long(0))) }\n"
	const want = "(0.0, 1.0, 1)\n"
	lib := func() (gomod, gosum string) {
		m, _ := os.ReadFile(filepath.Join(root, "testdata", "apps", "hello", "go.mod"))
		s, _ := os.ReadFile(filepath.Join(root, "testdata", "apps", "hello", "go.sum"))
		return string(m), string(s)
	}
	gomod, gosum := lib()
	bindMod := strings.Replace(gomod, "example.com/hello", "example.com/bind", 1)

	t.Run("module cache", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		proxy := filepath.Join(dir, "proxy")
		plantFile(t, dir, "proxy/example.com/bind/@v/v1.0.0.info", `{"Version":"v1.0.0"}`)
		plantFile(t, dir, "proxy/example.com/bind/@v/v1.0.0.mod", bindMod)
		zipModule(t, filepath.Join(proxy, "example.com/bind/@v/v1.0.0.zip"), "example.com/bind@v1.0.0", map[string]string{"go.mod": bindMod, "bind.go": binding})
		src := filepath.Join(dir, "prog")
		plantFile(t, src, "go.mod", gomod+"\nrequire example.com/bind v1.0.0\n")
		plantFile(t, src, "go.sum", gosum)
		plantFile(t, src, "main.go", main)
		proxied := surroundings{"GOPROXY=file://" + proxy + "," + goEnv("GOPROXY"), "GONOSUMDB=example.com", "GOFLAGS=-modcacherw"}
		tidy := exec.Command("go", "mod", "tidy")
		tidy.Dir, tidy.Env = src, append(os.Environ(), proxied...)
		if r := start(t, tidy); r.code != 0 {
			t.Fatal(r)
		}
		proxied.runsAs(t, src, want)
	})
	t.Run("replaced directory", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		plantFile(t, dir, "bind/go.mod", bindMod)
		plantFile(t, dir, "bind/bind.go", binding)
		src := filepath.Join(dir, "prog")
		plantFile(t, src, "go.mod", gomod+"\nrequire example.com/bind v1.0.0\n\nreplace example.com/bind => ../bind\n")
		plantFile(t, src, "go.sum", gosum)
		plantFile(t, src, "main.go", main)
		runsAs(t, src, want)
	})
	t.Run("workspace", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		plantFile(t, dir, "bind/go.mod", bindMod)
		plantFile(t, dir, "bind/go.sum", gosum)
		plantFile(t, dir, "bind/bind.go", binding)
		plantFile(t, dir, "go.work", "go 1.21\n\nuse (\n\t./bind\n\t./prog\n)\n")
		src := filepath.Join(dir, "prog")
		plantFile(t, src, "go.mod", gomod)
		plantFile(t, src, "go.sum", gosum)
		plantFile(t, src, "main.go", main)
		runsAs(t, src, want)
	})
	t.Run("package main", func(t *testing.T) {
		t.Parallel()
		src := write(t, strings.Replace(strings.Replace(binding, "package bind", "package main", 1), "\"github.com/goplus/lib/py\"\n",
			"\"github.com/goplus/lib/py\"\n\t\"github.com/goplus/lib/py/std\"\n", 1)+
			"\nfunc main() {\n\tstd.Print(RgbToHsv(py.Long(1), py.Long(0), py.Long(0)))\n\tstd.Print(std.Callable(py.List(RgbToHsv).ListItem(0)))\n}\n")
		runsAs(t, src, want+"True\n")
	})
}

// runsAs builds the program in dir and checks its output.
func runsAs(t *testing.T, dir, want string) {
	t.Helper()
	surroundings{}.runsAs(t, dir, want)
}

func (s surroundings) runsAs(t *testing.T, dir, want string) {
	t.Helper()
	s.build(t, dir, "--py-onedir", "-o", "out/app")
	if r := sealed(t, filepath.Join(dir, "out", "app"), nil); r.code != 0 || r.stdout != want {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

// zipModule writes what a module proxy serves.
func zipModule(t *testing.T, path, prefix string, files map[string]string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	for name, content := range files {
		e, err := w.Create(prefix + "/" + name)
		if err == nil {
			_, err = e.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
