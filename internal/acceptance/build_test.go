package acceptance

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two builds of the same sources in different directories are equal in every byte and mode.
func TestBuildsAreReproducible(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stdlib", "matrix"} {
		t.Run(name, func(t *testing.T) {
			first, second := copyApp(t, name), copyApp(t, name)
			build(t, first, "--py-onedir", "-o", "out/app")
			build(t, second, "--py-onedir", "-o", "elsewhere/deep/app")
			sameTree(t, filepath.Join(first, "out"), filepath.Join(second, "elsewhere", "deep"))
		})
	}
}

func sameTree(t *testing.T, a, b string) {
	t.Helper()
	filesA, filesB := tree(t, a), tree(t, b)
	if len(filesA) < 10 {
		t.Fatalf("only %d files in %s", len(filesA), a)
	}
	for name, fa := range filesA {
		if fb, ok := filesB[name]; !ok || fa != fb {
			t.Errorf("%s differs between two builds", name)
		}
	}
	for name := range filesB {
		if _, ok := filesA[name]; !ok {
			t.Errorf("%s is in the second build only", name)
		}
	}
}

// tree maps the files below dir to their mode and content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			content, err = os.Readlink(path)
		case d.Type().IsRegular():
			var data []byte
			data, err = os.ReadFile(path)
			content = string(data)
		}
		files[rel] = info.Mode().String() + "\x00" + content
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// No file of a package names a directory of the build machine.
func TestNoPathOfTheBuildMachine(t *testing.T) {
	t.Parallel()
	home, _ := os.UserHomeDir()
	for _, name := range []string{"hello", "stdlib", "matrix"} {
		src := copyApp(t, name)
		build(t, src, "--py-onedir", "-o", "out/app")
		for path, content := range tree(t, filepath.Join(src, "out")) {
			for _, needle := range []string{src, os.TempDir() + "/", cacheRoot(), goEnv("GOMODCACHE"), goEnv("GOROOT"), root, home + "/"} {
				// A home of "/" or "/root" is too short to mean anything by itself; home+"/" is not.
				if strings.Contains(content, needle) && !allowed(path, needle) {
					t.Errorf("%s: %s contains %s: …%s…", name, path, needle, around(content, needle))
				}
			}
		}
	}
}

// allowed are paths that a file has by right: the library's own default for
// temporary files.
func allowed(path, needle string) bool {
	return needle == os.TempDir()+"/" && os.TempDir() == "/tmp"
}

func around(content, needle string) string {
	i := strings.Index(content, needle)
	return string(bytes.ToValidUTF8([]byte(content[max(0, i-20):min(len(content), i+len(needle)+40)]), []byte("?")))
}

// A build that fails leaves the old result whole.
func TestFailedBuildKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "hello"))
	build(t, src, "--py-onedir", "-o", "out/app")
	before := tree(t, filepath.Join(src, "out"))
	for _, broken := range []string{
		"package main\n\nfunc main() { undefined() }\n",
		strings.Replace(program(t, "hello"), "import sys", "import no_such_module_anywhere", 1),
	} {
		if err := os.WriteFile(filepath.Join(src, "main.go"), []byte(broken), 0o644); err != nil {
			t.Fatal(err)
		}
		if r := tryBuild(t, src, "--py-onedir", "-o", "out/app"); r.code != 1 {
			t.Errorf("a broken program built: %v", r)
		}
	}
	after := tree(t, filepath.Join(src, "out"))
	if len(after) != len(before) {
		t.Errorf("%d files before, %d after", len(before), len(after))
	}
	for name := range before {
		if before[name] != after[name] {
			t.Errorf("%s changed", name)
		}
	}
}

// What is not ours is never overwritten.
func TestForeignDirectoryIsKept(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "hello"))
	foreign := filepath.Join(src, "out", "python")
	if err := os.MkdirAll(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(foreign, "precious.txt")
	if err := os.WriteFile(precious, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := tryBuild(t, src, "--py-onedir", "-o", "out/app")
	if r.code != 1 || !strings.Contains(r.stderr, filepath.Join("out", "python")) {
		t.Errorf("got %v, want a refusal that names out/python", r)
	}
	if data, err := os.ReadFile(precious); err != nil || string(data) != "mine" {
		t.Errorf("precious.txt: %q, %v", data, err)
	}
}
