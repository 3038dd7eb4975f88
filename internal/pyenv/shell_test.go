package pyenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// environment makes the directories of one, with what a shell needs of it.
func environment(t *testing.T) (home string) {
	t.Helper()
	// Links that were resolved would show.
	top := filepath.Join(t.TempDir(), "a b", "envs", "my-env")
	home = filepath.Join(top, "current", "python3.14")
	for _, f := range Files("python3.14") {
		path := filepath.Join(top, "generations", "1", "python3.14", f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Text), f.Mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("generations/1", filepath.Join(top, "current")); err != nil {
		t.Fatal(err)
	}
	return home
}

// inShell runs a script in a shell with odd but possible variables.
func inShell(t *testing.T, shell, script, home string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("no %s on this machine", shell)
	}
	args := []string{"-c", script, "x", home}
	if shell == "fish" {
		args = []string{"--no-config", "-c", script, home}
	}
	cmd := exec.Command(path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH") + ":/odd $dir/it's", "HOME=" + t.TempDir(), "PYTHONHOME=/x", "PS1=$ ", "TERM=dumb"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", shell, err, out)
	}
	return string(out)
}

var shells = []string{"bash", "zsh", "fish"}

func TestActivate(t *testing.T) {
	home := environment(t)
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			script := `. "$1/bin/activate"; echo "$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PATH|$MANPATH|${PYTHONHOME-unset}"; command -v pip`
			if shell == "fish" {
				script = `source $argv[1]/bin/activate.fish; echo "$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|"(string join : $PATH)"|"(string join : $MANPATH)"|$PYTHONHOME"; command -v pip; fish_prompt`
			}
			lines := strings.Split(inShell(t, shell, script, home), "\n")
			fields := strings.Split(lines[0], "|")
			around := filepath.Dir(home)
			if fields[0] != home || fields[1] != "my-env" || !strings.HasPrefix(fields[2], home+"/bin:"+around+"/bin:/") ||
				!strings.HasSuffix(fields[2], ":/odd $dir/it's") || fields[3] != home+"/share/man:"+around+"/share/man:" ||
				fields[4] != "unset" && fields[4] != "" {
				t.Errorf("got %q", fields)
			}
			if lines[1] != home+"/bin/pip" {
				t.Errorf("pip is %s", lines[1])
			}
			if shell == "fish" && !strings.Contains(lines[2], "(my-env) ") {
				t.Errorf("prompt %q", lines[2])
			}
		})
	}
}

// TestDeactivate: nothing that can be seen is different from before, also if the
// file was read twice.
func TestDeactivate(t *testing.T) {
	home := environment(t)
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			look := `look() { export -p | grep -v '^declare -x _='; set | grep -E '^(PS1|PATH|MANPATH|PYTHONHOME|VIRTUAL_ENV|_llgo)'; typeset -f deactivate; alias; }
before=$(look); . "$1/bin/activate"; during=$(look); . "$1/bin/activate"; deactivate; after=$(look)
[ "$before" != "$during" ] || echo "it has changed nothing"
[ "$before" = "$after" ] && echo restored || printf '%s\n-----\n%s\n' "$before" "$after"`
			if shell == "fish" {
				look = `function look; set -x; set -g | string match -r '^_llgo.*'; functions | string match -r 'deactivate|_llgo.*'; functions fish_prompt | string match -rv '^#'; end
function fish_prompt; echo mine; end
set before (look | string collect); source $argv[1]/bin/activate.fish; set during (look | string collect); source $argv[1]/bin/activate.fish; deactivate; set after (look | string collect)
test "$before" != "$during"; or echo "it has changed nothing"
test "$before" = "$after"; and echo restored; or printf '%s\n-----\n%s\n' "$before" "$after"`
			}
			if got := inShell(t, shell, look, home); got != "restored\n" {
				t.Error(got)
			}
		})
	}
}

// TestActivateIsNoProgram: run instead of read, it says so.
func TestActivateIsNoProgram(t *testing.T) {
	home := environment(t)
	out, err := exec.Command("bash", filepath.Join(home, "bin", "activate")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "to be read by the shell") {
		t.Errorf("%v: %s", err, out)
	}
	out, err = exec.Command(filepath.Join(home, "bin", "pip"), "install", "x").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "llgo py env install") {
		t.Errorf("%v: %s", err, out)
	}
}
