package install

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pyenv"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// wheelFile writes a wheel with a script of its own name, which prints its version
// and that of what it requires.
func wheelFile(t *testing.T, dir string, w wheeltest.Wheel, prints string) string {
	t.Helper()
	w.Files = map[string]string{
		w.Name + ".py": "import sys\n\ndef main():\n    print(" + prints + ")\n",
		w.Name + "-" + w.Version + ".dist-info/entry_points.txt": "[console_scripts]\n" + w.Name + " = " + w.Name + ":main\n",
	}
	path := filepath.Join(dir, w.FileName())
	must(t, os.WriteFile(path, w.Bytes(), 0o644))
	return path
}

// A wheel is a program: it gets an interpreter and what it requires, two versions lie
// side by side, and the directory works elsewhere.
func TestWheels(t *testing.T) {
	data, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	s := openStore(t, data)
	open := func(ctx context.Context) (*helper.Helper, error) { return helper.Open(ctx, progress.Discard) }
	environments := env.Open(data, s, pyenv.Options(s, open)...)
	in, err := New(s, filepath.Join(t.TempDir(), "tools"), environments)
	must(t, err)
	wheels := t.TempDir()
	bring := func(file string) *store.Entry {
		t.Helper()
		e, _, err := Bring(t.Context(), s, file, progress.Discard)
		must(t, err)
		return e
	}
	bring(wheelFile(t, wheels, wheeltest.Wheel{Name: "word", Version: "1.5"}, "'word'"))
	requires := []string{"word", "other; sys_platform == 'win32'", "more; extra == 'all'"}
	one := bring(wheelFile(t, wheels, wheeltest.Wheel{Name: "greet", Version: "1.0", Requires: requires}, `"greet 1.0", __import__("word").__file__.startswith(sys.prefix)`))
	install(t, in, one)
	two := bring(wheelFile(t, wheels, wheeltest.Wheel{Name: "greet", Version: "2.0"}, `"greet 2.0", sys.prefix`))
	install(t, in, two)

	prefix := func(where string) string {
		found, _ := filepath.Glob(filepath.Join(where, "greet-2.0_deps", "python3*"))
		if len(found) != 1 {
			t.Fatalf("%v", found)
		}
		return found[0]
	}
	real, err := filepath.EvalSymlinks(in.Where())
	must(t, err)
	runsIn := func(where string) {
		t.Helper()
		scripts(t, where, map[string]string{"greet": "greet 2.0 " + prefix(where), "greet-1.0": "greet 1.0 True", "greet-2.0": "greet 2.0 " + prefix(where)})
	}
	runsIn(real)
	if p := install(t, in, two); !p.Already() {
		t.Errorf("%+v", p.Steps)
	}
	elsewhere := filepath.Join(filepath.Dir(real), "else where")
	if out, err := exec.Command("cp", "-R", real, elsewhere).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, os.Rename(real, real+".hidden"))
	runsIn(elsewhere)
	must(t, os.Rename(real+".hidden", real))

	// From a module of it there is a way back.
	found, err := Which(s, filepath.Join(elsewhere, "greet-1.0_deps", filepath.Base(prefix(real)), "lib", filepath.Base(prefix(real)), "site-packages", "word.py"))
	if must(t, err); !strings.HasPrefix(found[0].ID, "word,1.5,") || !found[0].Recorded {
		t.Errorf("%+v", found)
	}

	if _, err := in.Uninstall(t.Context(), "greet,2.0"); err != nil {
		t.Fatal(err)
	}
	scripts(t, real, map[string]string{"greet": "greet 1.0 True"})
	_, err = in.Uninstall(t.Context(), "greet")
	must(t, err)
	wantTree(t, real)
	interpreterRuns(t, s, environments)
	unfulfilled(t, in, wheelFile(t, wheels, wheeltest.Wheel{Name: "lonely", Version: "1", Requires: []string{"company >= 2"}}, "1"))
}

// What the store lacks is named, and what to type.
func unfulfilled(t *testing.T, in *Installer, wheel string) {
	t.Helper()
	src, err := source.Open(wheel, source.Options{})
	must(t, err)
	defer src.Close()
	drafts, err := src.Drafts(t.Context())
	must(t, err)
	e, err := in.store.Add(t.Context(), drafts[0])
	must(t, err)
	_, err = in.Plan(t.Context(), e, nil)
	var unfit *pyenv.Error
	if !errors.As(err, &unfit) || !strings.Contains(err.Error(), "company") || !strings.HasPrefix(unfit.Hint(), "llgo py store add 'company") {
		t.Errorf("%v", err)
	}
}

// scripts starts programs without any environment but a PATH that has no Python.
func scripts(t *testing.T, where string, want map[string]string) {
	t.Helper()
	tools := t.TempDir()
	for _, name := range []string{"sh", "dirname", "realpath"} {
		path, err := exec.LookPath(name)
		must(t, err)
		must(t, os.Symlink(path, filepath.Join(tools, name)))
	}
	for name, text := range want {
		cmd := exec.Command(filepath.Join(where, name))
		cmd.Env, cmd.Dir = []string{"PATH=" + tools}, t.TempDir()
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != text+"\n" {
			t.Errorf("%s: %q, %v; want %q", name, out, err, text)
		}
	}
}

// An interpreter is a program too, by all of its names.
func interpreterRuns(t *testing.T, s *store.Store, environments *env.Set) {
	in, err := New(s, t.TempDir(), environments)
	must(t, err)
	e, err := s.Find("python")
	must(t, err)
	p := install(t, in, e)
	if names := p.Programs(); !slices.Contains(names, "python3") || !slices.Contains(names, "python3.14") {
		t.Errorf("%v", names)
	}
	for _, name := range []string{"python3", "python3-" + e.Version} {
		out, err := exec.Command(in.at(name), "-I", "-c", "import ssl, sys; print(sys.prefix)").CombinedOutput()
		if want := in.at("python-" + e.Version + depsSuffix + "/python3.14"); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %s, %v; want %s", name, out, err, want)
		}
	}
}
