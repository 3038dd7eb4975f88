package launcher

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestInherited compares, for a shell that is started directly and one that a
// launcher became, everything that a process can inherit: each script prints what
// the process itself and a child of it have.
func TestInherited(t *testing.T) {
	exe := plain(t, "sh", false)
	home := t.TempDir()
	// A name that occurs twice and what is no name are legal, and survive.
	env := []string{"HOME=" + home, "PATH=/usr/bin:/bin", "A=1", "A=2", "=odd", "EMPTY=", "", "noname", "LLGO_PY_CACHE=" + home + "/cache"}
	for name, script := range map[string]string{
		"arguments":       `tr '\0' '\n' < /proc/$$/cmdline; echo "$0" "$@"`,
		"environment":     `tr '\0' '\n' < /proc/$$/environ`,
		"child's":         `cat /proc/self/environ | tr '\0' '\n'`,
		"descriptors":     `ls /proc/$$/fd; ls /proc/self/fd`,
		"more of them":    `exec 7</dev/null 9<&0; exec "$0" -c 'ls /proc/$$/fd; ls /proc/self/fd'`,
		"limits":          `cat /proc/$$/limits; cat /proc/self/limits; umask`,
		"directory":       `pwd -P`,
		"session":         `cut -d' ' -f4-7 /proc/$$/stat`,
		"standard input":  `cat`,
		"status":          `exit 7`,
		"death by signal": `kill -TERM $$`,
		"core":            `ulimit -c 0; kill -ABRT $$`,
		"output":          `echo out; echo err >&2`,
	} {
		t.Run(name, func(t *testing.T) {
			p := process{args: []string{"a name", "-c", script, "sh", "x y", ""}, env: env, dir: t.TempDir(), stdin: "in\x00put"}
			if strings.Contains(script, `exec "$0"`) {
				p.args[3] = "/proc/self/exe" // the shell itself, once more
			}
			p.file = "/bin/sh"
			want := p.run(t)
			p.file = exe
			for _, start := range []string{"first", "second"} {
				if got := p.run(t); got != want {
					t.Errorf("%s start: %v\nwant: %v", start, got, want)
				}
			}
		})
	}
}

// TestInheritedSignals starts with signals ignored and blocked, among them those
// that the Go runtime insists on. What looks is grep: a shell has its own ideas.
func TestInheritedSignals(t *testing.T) {
	exe := plain(t, "grep", false)
	env := "LLGO_PY_CACHE=" + filepath.Join(t.TempDir(), "cache")
	for _, option := range []string{
		"--ignore-signal=HUP,INT,QUIT,PIPE,TERM,CHLD,URG,PROF,USR1,TSTP,WINCH,SEGV,XFSZ",
		"--block-signal=HUP,INT,TERM,CHLD,URG,PROF,USR2,TSTP,SEGV,ABRT",
		"--ignore-signal", // all of them
		"--block-signal",
		"--default-signal",
	} {
		t.Run(option, func(t *testing.T) {
			look := []string{"-E", "Sig(Pnd|Blk|Ign|Cgt)|ShdPnd", "/proc/self/status"}
			want := command(t, "", "env", append([]string{option, env, "grep"}, look...)...)
			for _, start := range []string{"first", "second"} {
				if got := command(t, "", "env", append([]string{option, env, exe}, look...)...); got != want {
					t.Errorf("%s start: got\n%swant\n%s", start, got, want)
				}
			}
		})
	}
}

// TestSoftLimit: the Go runtime raises the soft limit of open files in its own process.
func TestSoftLimit(t *testing.T) {
	exe := plain(t, "sh", false)
	script := `ulimit -Sn 123; LLGO_PY_CACHE="$1" exec "$0" -c 'ulimit -Sn; ulimit -Hn'`
	want := command(t, "", "sh", "-c", script, "/bin/sh", t.TempDir())
	if got := command(t, "", "sh", "-c", script, exe, t.TempDir()); got != want || !strings.HasPrefix(got, "123\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestProcess: it is the process that the user started, running the file in the
// cache, which has its python/ beside it.
func TestProcess(t *testing.T) {
	cmd := exec.Command(plain(t, "sh", false), "-c", `echo $$; readlink /proc/$$/exe`)
	cache := filepath.Join(t.TempDir(), "cache")
	cmd.Env = []string{"LLGO_PY_CACHE=" + cache, "PATH=/usr/bin:/bin"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, file, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if pid != strconv.Itoa(cmd.Process.Pid) || !strings.HasPrefix(file, cache+"/onefile/trees/") {
		t.Errorf("process %s is %s; started was %d", pid, file, cmd.Process.Pid)
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(file), "python", "file"))
	if err != nil || string(data) != "content" {
		t.Errorf("python/file: %q, %v", data, err)
	}
}

// TestDamaged: one line, status 1.
func TestDamaged(t *testing.T) {
	exe := plain(t, "sh", false)
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(data), "llgo-py.index")
	at = strings.LastIndex(string(data[:at]), "PK\x01\x02") // the listing at the end
	at = strings.LastIndex(string(data[:at]), "llgo-py payload 1 sha256:")
	data[at+30] ^= 1
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, data, 0o755); err != nil {
		t.Fatal(err)
	}
	p := process{file: broken, args: []string{"/x/program", "-c", "echo ran"}, env: []string{"LLGO_PY_CACHE=" + t.TempDir()}}
	o := p.run(t)
	if o.status.ExitStatus() != 1 || o.stdout != "" || strings.Count(o.stderr, "\n") != 1 ||
		!strings.HasPrefix(o.stderr, "program: cannot start: ") {
		t.Errorf("%v", o)
	}
}
