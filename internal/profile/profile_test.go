package profile

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func user(t *testing.T) User {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home of J. O'Hara $(touch x)")
	must(t, os.MkdirAll(home, 0o700))
	return User{Home: home, LockDir: t.TempDir()}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, u User, s Shell, dir string) []Change {
	t.Helper()
	changes, err := u.Apply(context.Background(), func() ([]Change, error) { return u.Add(s, dir) })
	must(t, err)
	return changes
}

func remove(t *testing.T, u User, s Shell, dir string) {
	t.Helper()
	_, err := u.Apply(context.Background(), func() ([]Change, error) { return u.Remove(s, dir) })
	must(t, err)
}

// start runs a command in a shell that reads its files, with an environment of its
// own, and returns what it prints.
func (s Shell) start(t *testing.T, u User, login bool, command string) string {
	t.Helper()
	exe, err := exec.LookPath(string(s))
	if err != nil {
		t.Skipf("no %s here", s)
	}
	args := []string{"-i", "-c", command}
	if login {
		args = []string{"-l", "-c", command}
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"HOME=" + u.Home, "PATH=/usr/bin:/bin", "TERM=dumb"}
	if u.ZDotDir != "" {
		cmd.Env = append(cmd.Env, "ZDOTDIR="+u.ZDotDir)
	}
	if u.ConfigHome != "" {
		cmd.Env = append(cmd.Env, "XDG_CONFIG_HOME="+u.ConfigHome)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", s, err, errs.String())
	}
	return string(out)
}

// The real shells have each directory on PATH, once, in front and in this order; in
// shells in shells as well.
func TestShells(t *testing.T) {
	for _, s := range Known() {
		t.Run(string(s), func(t *testing.T) {
			u := user(t)
			dirs := []string{
				filepath.Join(u.Home, ".local/bin"), filepath.Join(u.Home, `a "b" c`), "/opt/simple",
				`/opt/it's $HOME \ *`, u.Home,
			}
			for _, d := range dirs {
				add(t, u, s, d)
			}
			print := `printf '%s\n' "$PATH"; "$0" -i -c 'printf "%s\n" "$PATH"'`
			if s == Fish {
				print = `string join : $PATH; fish -i -c 'string join : $PATH'`
			} else {
				print = strings.ReplaceAll(print, "$0", string(s))
			}
			want := ""
			for _, d := range dirs {
				want = d + ":" + want
			}
			for _, login := range []bool{false, true} {
				if s == Zsh && login {
					continue // a login shell that is not interactive does not read .zshrc
				}
				// The machine's own files, read by login shells, have their say on the rest.
				once, again, _ := strings.Cut(s.start(t, u, login, print), "\n")
				if !strings.HasPrefix(once, want+"/usr/") || again != once+"\n" {
					t.Errorf("login %v:\n%s\n%s\nwant\n%s", login, once, again, want)
				}
			}
			if _, err := os.Stat(filepath.Join(u.Home, "x")); err == nil {
				t.Error("the name of the home directory was run")
			}
		})
	}
}

// What is printed for a person works when it is typed.
func TestLine(t *testing.T) {
	for _, s := range Known() {
		t.Run(string(s), func(t *testing.T) {
			u := user(t)
			for _, dir := range []string{filepath.Join(u.Home, ".local/bin"), `/opt/it's $HOME`} {
				command := s.Line(dir, u.Home) + "\n" + `printf '%s\n' "$PATH"`
				if s == Fish {
					command = s.Line(dir, u.Home) + "\nstring join : $PATH"
				}
				if got, want := s.start(t, u, false, command), dir+":/usr/bin:/bin\n"; got != want {
					t.Errorf("%s: %q, want %q", s.Line(dir, u.Home), got, want)
				}
			}
		})
	}
}

func TestLineIsShort(t *testing.T) {
	for line, want := range map[string]string{
		Bash.Line("/home/u/.local/bin", "/home/u"): `export PATH="$HOME/.local/bin":$PATH`,
		Fish.Line("/opt/x", "/home/u"):             `set -gx PATH "/opt/x" $PATH`,
		Zsh.Line("/home/user2/bin", "/home/user"):  `export PATH="/home/user2/bin":$PATH`,
		Zsh.Line("/a b", ""):                       `export PATH='/a b':$PATH`,
	} {
		if line != want {
			t.Errorf("%s, want %s", line, want)
		}
	}
}

// Whatever is asked how often, the block is there once, and around it nothing
// changes; without lines it goes.
func TestIdempotent(t *testing.T) {
	for _, before := range []string{"", "alias x=y\n", "no line break", "a\r\n\r\nb\n\n\n"} {
		u := user(t)
		rc := filepath.Join(u.Home, ".bashrc")
		must(t, os.WriteFile(rc, []byte(before), 0o640))
		if n := len(add(t, u, Bash, "/opt/a")); n != 2 {
			t.Errorf("%d files changed", n)
		}
		must(t, appendTo(rc, "after\n"))
		for range 3 {
			if changes := add(t, u, Bash, "/opt/a"); len(changes) != 0 {
				t.Errorf("%+v", changes)
			}
		}
		add(t, u, Bash, "/opt/b")
		data, err := os.ReadFile(rc)
		must(t, err)
		text := string(data)
		if strings.Count(text, begin) != 1 || strings.Count(text, "/opt/a") != 2 || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, end+"\nafter\n") {
			t.Errorf("%q", text)
		}
		remove(t, u, Bash, "/opt/a")
		remove(t, u, Bash, "/opt/none")
		remove(t, u, Bash, "/opt/b")
		if data, _ = os.ReadFile(rc); string(data) != before+"after\n" && string(data) != before+"\nafter\n" {
			t.Errorf("%q, was %q", data, before)
		}
		if info, err := os.Stat(rc); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// A start-up file that is a link into a repository of dotfiles stays one.
func TestLinkStays(t *testing.T) {
	u := user(t)
	real := filepath.Join(t.TempDir(), "zshrc")
	must(t, os.WriteFile(real, []byte("x\n"), 0o600))
	must(t, os.Symlink(real, filepath.Join(u.Home, ".zshrc")))
	add(t, u, Zsh, "/opt/a")
	if target, err := os.Readlink(filepath.Join(u.Home, ".zshrc")); err != nil || target != real {
		t.Errorf("%q, %v", target, err)
	}
	if data, _ := os.ReadFile(real); !strings.Contains(string(data), "/opt/a") {
		t.Errorf("%q", data)
	}
}

func TestFiles(t *testing.T) {
	u := user(t)
	login := func() string { return filepath.Base(u.Files(Bash)[1]) }
	for _, want := range []string{".profile", ".bash_login", ".bash_profile"} {
		must(t, os.WriteFile(filepath.Join(u.Home, want), nil, 0o600))
		if got := login(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	u.ZDotDir, u.ConfigHome = "/z", "/c"
	if z, f := u.Files(Zsh)[0], u.Files(Fish)[0]; z != "/z/.zshrc" || f != "/c/fish/conf.d/llgo-py.fish" {
		t.Errorf("%s, %s", z, f)
	}
	u.ConfigHome = ""
	add(t, u, Fish, "/opt/a")
	remove(t, u, Fish, "/opt/a")
	if _, err := os.Stat(u.Files(Fish)[0]); err == nil {
		t.Error("a file of ours is left, empty")
	}
}

func TestRefused(t *testing.T) {
	u := user(t)
	for _, dir := range []string{"bin", "/a:b", "/a\nb"} {
		if changes, err := u.Add(Bash, dir); err == nil {
			t.Errorf("%q: %+v", dir, changes)
		}
	}
	for _, text := range []string{begin + "\n", end + "\n" + begin + "\n", begin + "\n" + begin + "\n" + end + "\n"} {
		must(t, os.WriteFile(filepath.Join(u.Home, ".bashrc"), []byte(text), 0o600))
		if changes, err := u.Add(Bash, "/opt/a"); err == nil || !strings.Contains(err.Error(), ".bashrc") {
			t.Errorf("%q: %+v, %v", text, changes, err)
		}
	}
	for _, name := range []string{"", "/bin/tcsh"} {
		if s, err := Parse(name); err == nil {
			t.Errorf("%s", s)
		}
	}
	if s, err := Parse("/usr/bin/fish"); err != nil || s != Fish {
		t.Errorf("%s, %v", s, err)
	}
}

// Many at once: no line is lost, and none is there twice.
func TestConcurrent(t *testing.T) {
	u := user(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { add(t, u, Zsh, "/opt/"+string(rune('a'+i%10))) })
	}
	wg.Wait()
	data, err := os.ReadFile(filepath.Join(u.Home, ".zshrc"))
	must(t, err)
	if n := strings.Count(string(data), "case "); n != 10 || strings.Count(string(data), begin) != 1 {
		t.Errorf("%d lines: %s", n, data)
	}
}
