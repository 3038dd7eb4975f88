package runcheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
)

func TestMain(m *testing.M) { checktest.Main(m) }

func runAll(t *testing.T, opts Options, paths ...string) *Result {
	t.Helper()
	r, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	for _, path := range paths {
		found, err := facts.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			t.Cleanup(func() { c.Close() })
			if _, err := r.Run(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r.Result()
}

// TestBothForms: hello as a directory and as a file prints the same, all its modules
// import, and it opens what every program opens.
func TestBothForms(t *testing.T) {
	r := runAll(t, Options{Args: []string{"hi"}}, checktest.Onedir(t), checktest.Onefile(t))
	if len(r.Subjects) != 2 || len(r.Differences) != 0 {
		t.Fatalf("%d subjects, differences %v", len(r.Subjects), r.Differences)
	}
	for _, s := range r.Subjects {
		if len(s.Starts) != 2 || s.Starts[0].Code != 0 || s.Starts[0].Stdout == "" {
			t.Errorf("%+v", s.Starts)
		}
		if len(s.Modules) < 100 {
			t.Errorf("%d modules", len(s.Modules))
		}
		for _, m := range s.Modules {
			if strings.HasPrefix(string(m.Outcome), "missing") || m.Outcome == Crashed || m.Outcome == TimedOut || strings.Contains(m.Text, os.TempDir()) {
				t.Errorf("%+v", m)
			}
		}
		for _, o := range s.Opened {
			first, _, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/")
			if !slices.Contains([]string{"dev", "etc", "lib", "lib64", "proc", "sys", "usr"}, first) {
				t.Errorf("%+v", o)
			}
		}
	}
}

// plant puts modules into a tree.
func plant(t *testing.T, dir string, modules map[string]string) {
	t.Helper()
	for name, text := range modules {
		if err := os.WriteFile(filepath.Join(dir, "python", "lib", "python3.14", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestModulesThatFail, each in its way; those behind them are imported nevertheless.
func TestModulesThatFail(t *testing.T) {
	dir := checktest.Writable(t)
	speedups := checktest.Member(t, checktest.MarkupSafe(t, checktest.Manylinux), ".so")
	library := string(checktest.Read(t, speedups))
	plant(t, dir, map[string]string{
		"a_missing.py":    "import nobody_has_this.at_all\n",
		"a_crash.py":      "import os; os.abort()\n",
		"a_exit.py":       "raise SystemExit(3)\n",
		"a_leave.py":      "import os; os._exit(0)\n",
		"a_noise.py":      "import os; os.write(1, b'{\"module\":\"a_noise\",\"outcome\":\"crash\"}\\n'); print('x')\n",
		"a_display.py":    "raise RuntimeError('no display\\nat all')\n",
		"a_windows.py":    "import winreg\n",
		"a_open.py":       "open('/etc/passwd').close()\n",
		"antigravity.py":  "raise KeyError('imported')\n",
		"a_wants_lib.so":  strings.Replace(library, "libpthread.so.0", "libnobodyx.so.0", 1),
		"a_wants_func.so": strings.Replace(library, "PyUnicode_New", "PyUnicode_Old", 1),
		"z_last.py":       "",
	})
	r := runAll(t, Options{}, dir)
	found := map[string]Module{}
	for _, m := range r.Subjects[0].Modules {
		found[m.Name] = m
	}
	for name, want := range map[string]Module{
		"a_missing":   {Outcome: MissingModule, Missing: "nobody_has_this"},
		"a_crash":     {Outcome: Crashed},
		"a_exit":      {Outcome: Failed, Text: "SystemExit: 3"},
		"a_leave":     {Outcome: Crashed},
		"a_noise":     {Outcome: OK},
		"a_display":   {Outcome: Failed, Text: "RuntimeError: no display at all"},
		"a_windows":   {Outcome: OtherSystem, Missing: "winreg"},
		"a_open":      {Outcome: OK},
		"antigravity": {Outcome: Skipped},
		"z_last":      {Outcome: OK},
		"json":        {Outcome: OK},
	} {
		got := found[name]
		if got.Outcome != want.Outcome || got.Missing != want.Missing || want.Text != "" && got.Text != want.Text {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if !slices.Contains(r.Subjects[0].Opened, Opened{"/etc/passwd", "audit hook", "a_open"}) {
		t.Errorf("%v", r.Subjects[0].Opened)
	}
	extensions(t, dir)
}

// TestModuleThatHangs is known after the limit, which no other one is measured against
// here: how long an import takes is the machine's business.
func TestModuleThatHangs(t *testing.T) {
	dir := checktest.Writable(t)
	plant(t, dir, map[string]string{"a_hang.py": "while True: pass\n"})
	const limit = time.Second
	r := &Runner{room: &room{dir: t.TempDir()}, opts: &Options{Import: limit}}
	b := &batch{subject: &Subject{}}
	names := []string{"a_hang", "json"}
	if err := r.importSome(t.Context(), t.TempDir(), filepath.Join(dir, "python", "bin", "python3"), names, b); err != nil {
		t.Fatal(err)
	}
	if n, m := b.finish(names, limit), b.subject.Modules; n != 1 || len(m) != 1 || m[0].Outcome != TimedOut || !strings.Contains(m[0].Text, "longer than 1s") {
		t.Errorf("%d done, %+v %s %s", n, m, b.stderr, b.end)
	}
}

// extensions imports two extension modules that want what nobody has. Their names have
// no tag, so they are asked for by name.
func extensions(t *testing.T, dir string) {
	t.Helper()
	r := &Runner{room: &room{dir: t.TempDir()}, opts: &Options{Import: time.Minute}}
	b := &batch{subject: &Subject{}}
	python := filepath.Join(dir, "python", "bin", "python3")
	if err := r.importSome(t.Context(), t.TempDir(), python, []string{"a_wants_lib", "a_wants_func"}, b); err != nil {
		t.Fatal(err)
	}
	m := b.subject.Modules
	if len(m) != 2 || m[0].Outcome != MissingLibrary || m[0].Missing != "libnobodyx.so.0" || m[1].Outcome != MissingSymbol {
		t.Errorf("%+v %s %s", m, b.stderr, b.end)
	}
}

// withProgram returns a tree whose program is replaced by a script.
func withProgram(t *testing.T, script string) string {
	t.Helper()
	dir := checktest.Writable(t)
	if err := os.WriteFile(filepath.Join(dir, "hello"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRoom: what a program finds around it.
func TestRoom(t *testing.T) {
	env, err := exec.LookPath("env")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SECRET", "1")
	dir := withProgram(t, "exec "+env+" -u PWD -u SHLVL -u _ -u OLDPWD")
	r := runAll(t, Options{NoModules: true}, dir)
	for _, s := range r.Subjects[0].Starts {
		if home := strings.TrimPrefix(s.Stdout, "HOME="); home == s.Stdout || strings.Count(home, "\n") != 1 {
			t.Errorf("%q", s.Stdout)
		}
	}
	dir = withProgram(t, "ls -A . \"$HOME\" | grep -v : ; read x; echo \"$x\"; touch \"$HOME\"/x; grep -c : /proc/net/dev")
	r = runAll(t, Options{NoModules: true}, dir)
	cutOff := !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "with a network") })
	lines := strings.Fields(r.Subjects[0].Starts[0].Stdout)
	if len(lines) != 1 || cutOff && lines[0] != "1" {
		t.Errorf("%q, notes %v", r.Subjects[0].Starts[0].Stdout, r.Notes)
	}
	// The second start finds the HOME that the first one left, and that is noticed.
	if len(r.Differences) != 1 || r.Differences[0].What != "stdout" {
		t.Errorf("%+v", r.Differences)
	}
}

// TestEnds: how programs end, and in what they differ.
func TestEnds(t *testing.T) {
	opts := Options{NoModules: true, Args: []string{"an arg"}}
	r := runAll(t, opts, checktest.Onedir(t), withProgram(t, "echo \"$1\"; echo e >&2; exit 3"))
	var what []string
	for _, d := range r.Differences {
		what = append(what, d.What)
	}
	if !slices.Equal(what, []string{"exit", "stdout", "stderr"}) || r.Differences[0].Text != "exit code 0, and exit code 3" || !strings.Contains(r.Differences[1].Text, `"an arg"`) {
		t.Errorf("%+v", r.Differences)
	}
	gone := checktest.Writable(t)
	if err := os.Remove(filepath.Join(gone, "hello")); err != nil {
		t.Fatal(err)
	}
	r = runAll(t, opts, gone)
	if s := r.Subjects[0].Starts[0]; s.Error == "" || s.Code != -1 {
		t.Errorf("%+v", s)
	}
	r = runAll(t, opts, withProgram(t, "kill -SEGV $$"))
	if s := r.Subjects[0].Starts[0]; s.Signal != "segmentation fault" || s.Code != -1 {
		t.Errorf("%+v", s)
	}
	opts.Timeout = 3 * time.Second
	r = runAll(t, opts, withProgram(t, "echo started; sleep 1000 & wait"))
	if s := r.Subjects[0].Starts[0]; !s.TimedOut || s.Stdout != "started\n" {
		t.Errorf("%+v", s)
	}
}

// TestNothingToRun is a note, and no error.
func TestNothingToRun(t *testing.T) {
	wheel := checktest.MarkupSafe(t, checktest.Manylinux)
	r := runAll(t, Options{}, wheel)
	if len(r.Subjects) != 0 || len(r.Notes) == 0 || !strings.Contains(r.Notes[len(r.Notes)-1], "no program") {
		t.Errorf("%+v", r)
	}
}

// TestForeign: a program for another machine is a note, and no failure to start.
func TestForeign(t *testing.T) {
	found, err := facts.Open(t.Context(), checktest.Member(t, checktest.MarkupSafe(t, checktest.Universal2), ".so"))
	if err != nil {
		t.Fatal(err)
	}
	defer found[0].Close()
	if err := found[0].Collect(t.Context(), facts.Options{NoPython: true}); err != nil {
		t.Fatal(err)
	}
	r, err := New(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := r.Run(t.Context(), found[0])
	if runtime.GOOS == "linux" && (s != nil || err != nil || !slices.ContainsFunc(r.Result().Notes, func(n string) bool { return strings.Contains(n, "another machine") })) {
		t.Errorf("%+v, %v, %v", s, err, r.Result().Notes)
	}
}

// TestUnpackaged: a program by itself is started, and compared.
func TestUnpackaged(t *testing.T) {
	hello, err := exec.LookPath("true")
	if err != nil {
		t.Fatal(err)
	}
	r := runAll(t, Options{}, checktest.Write(t, "true", checktest.Read(t, hello)), checktest.Onefile(t))
	if len(r.Subjects) != 2 || len(r.Subjects[0].Modules) != 0 || len(r.Differences) != 1 || r.Differences[0].What != "stdout" {
		t.Errorf("%+v", r.Differences)
	}
}

// TestInterpreterThatDoesNotStart is a note, not as many crashes as there are modules.
func TestInterpreterThatDoesNotStart(t *testing.T) {
	dir := checktest.Writable(t)
	if err := os.Remove(filepath.Join(dir, "python", "lib", "libpython3.14.so.1.0")); err != nil {
		t.Fatal(err)
	}
	r := runAll(t, Options{}, dir)
	s := r.Subjects[0]
	if s.Starts[0].Code == 0 || len(s.Modules) > 5 || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "does not start") }) {
		t.Errorf("%+v, %d modules, notes %v", s.Starts[0], len(s.Modules), r.Notes)
	}
}

// TestTrace reads what strace writes.
func TestTrace(t *testing.T) {
	log := checktest.Write(t, "log", []byte(strings.Join([]string{
		`12 openat(AT_FDCWD</tmp>, "a", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>`,
		`12 openat(AT_FDCWD</tmp>, "b", O_RDONLY) = -1 ENOENT (No such file or directory)`,
		`12 openat(AT_FDCWD</tmp>, "n", O_RDWR) = 4</dev/null<char 1:3>>`,
		`12 openat(AT_FDCWD</tmp>, "p", O_RDONLY) = 5</proc/12/maps>`,
		`13 <... openat resumed>) = 6</opt/gr\303\266\303\237e>`,
		`12 openat(AT_FDCWD</tmp>, "a", O_RDONLY) = 3</etc/passwd>`, ""}, "\n")))
	got, err := readTrace(log)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, o := range got {
		paths = append(paths, o.Path)
	}
	if want := []string{"/etc/passwd", "/dev/null", "/proc/self/maps", "/opt/größe"}; !slices.Equal(paths, want) {
		t.Errorf("%q, want %q", paths, want)
	}
}
