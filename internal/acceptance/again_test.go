package acceptance

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A build of which nothing changed is not done again, and one of which anything
// changed is: by content, so that an edit which keeps size and time is seen.
func TestUnchangedBuildIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "own")
	for _, kind := range []string{"--py-onedir", "--py-onefile"} {
		t.Run(strings.TrimPrefix(kind, "--py-"), func(t *testing.T) {
			out := filepath.Join(src, "out"+kind, "app")
			args := []string{kind, fast, "-o", out}
			first := build(t, src, args...)
			if unchanged(first) {
				t.Fatalf("the first build: %v", first)
			}
			before := tree(t, filepath.Dir(out))
			if r := build(t, src, args...); !unchanged(r) {
				t.Errorf("nothing changed: %v", r)
			}
			edit(t, filepath.Join(src, "main.go"), "package main", "package main //")
			if r := build(t, src, args...); unchanged(r) {
				t.Errorf("the Go side changed: %v", r)
			}
			edit(t, filepath.Join(src, "main.go"), "package main //", "package main")
			build(t, src, args...)
			damage(t, out)
			if r := build(t, src, args...); unchanged(r) {
				t.Errorf("the program was changed: %v", r)
			}
			if after := tree(t, filepath.Dir(out)); after["app"] != before["app"] || len(after) != len(before) {
				t.Error("the damage was not undone")
			}
			if r := build(t, src, append(args, "--py-no-interpreter")...); unchanged(r) {
				t.Errorf("the settings changed: %v", r)
			}
		})
	}
}

// A change of Go code repeats nothing of the Python side, and what comes of it is what a
// build comes to that starts with the last step.
func TestChangeOfGoCode(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "hello")
	for _, kind := range []string{"--py-onedir", "--py-onefile"} {
		args := []string{"-json", kind, "-o", filepath.Join("out"+kind, "app")}
		build(t, src, args...)
		edit(t, filepath.Join(src, "main.go"), `"Hello`, `"Hallo`)
		r := build(t, src, args...)
		phases := []string{"analyse the Python side", "compile the Python modules", "check the native libraries", "compress"}
		for _, phase := range phases {
			if strings.Contains(r.stdout, phase) {
				t.Errorf("%s: %q is done again", kind, phase)
			}
		}
		other := copyApp(t, "hello")
		edit(t, filepath.Join(other, "main.go"), `"Hello`, `"Hallo`)
		build(t, other, args...)
		if !maps.Equal(tree(t, filepath.Join(src, "out"+kind)), tree(t, filepath.Join(other, "out"+kind))) {
			t.Errorf("%s: another program than one that was built at once", kind)
		}
		program := sealed(t, filepath.Join(src, "out"+kind, "app"), []string{"LLGO_PY_CACHE=" + t.TempDir()})
		if program.code != 0 || !strings.HasPrefix(program.stdout, "Hallo, World!") {
			t.Errorf("%s: %v", kind, program)
		}
		edit(t, filepath.Join(src, "main.go"), `"Hallo`, `"Hello`)
	}
}

func unchanged(r result) bool { return strings.Contains(r.stderr, ", unchanged, ") }

// edit replaces text in a file and gives it its old time again.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), old, new, 1)
	if text == string(data) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// damage changes one byte in the middle of a file.
func damage(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
}
