package pydist

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommands: none of the user's variables reaches the interpreter, however it is
// started, nor what lies in the working directory or among the user's own packages; and
// with a seed hashes of strings are those of every other run.
func TestCommands(t *testing.T) {
	d := managed(t, "")
	here := t.TempDir()
	user := filepath.Join(here, "lib", d.LibDirName(), "site-packages")
	for _, dir := range []string{here, user} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "stray.py"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script := filepath.Join(t.TempDir(), "script.py")
	code := "import os, sys, importlib.util as u; print(u.find_spec('stray'), sys.flags.optimize, hash('a'), sys.path[0] == os.path.dirname(__file__))"
	if err := os.WriteFile(script, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONPATH", here)
	t.Setenv("PYTHONUSERBASE", here)
	t.Setenv("PYTHONOPTIMIZE", "2")
	t.Setenv("PYTHONHASHSEED", "7")
	run := func(command func(context.Context, ...string) (*exec.Cmd, error)) []string {
		t.Helper()
		cmd, err := command(t.Context(), script)
		if err != nil {
			t.Fatal(err)
		}
		cmd.Dir = here
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(string(out))
	}
	seeded := run(d.CommandWithSeed)
	if got, want := strings.Join(seeded, " "), "None 0 "+seeded[2]+" True"; got != want {
		t.Errorf("with a seed: %s, want %s", got, want)
	}
	if again := run(d.CommandWithSeed); again[2] != seeded[2] {
		t.Errorf("hash %s, then %s", seeded[2], again[2])
	}
	plain := run(d.Command)
	if got, want := strings.Join(plain, " "), "None 0 "+plain[2]+" False"; got != want {
		t.Errorf("isolated: %s, want %s", got, want)
	}
	if again := run(d.Command); again[2] == plain[2] {
		t.Error("isolated, hashes have a seed that somebody gave")
	}
}
