package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// The test binary starts itself as a process that installs or uninstalls, and that is
// killed before a change to the disk.
const (
	roleVar  = "INSTALL_TEST_ROLE"  // install or uninstall
	dataVar  = "INSTALL_TEST_DATA"  // the store's
	whereVar = "INSTALL_TEST_WHERE" // WHERE
	entryVar = "INSTALL_TEST_ENTRY" // what
	killVar  = "INSTALL_TEST_KILL"  // the number of the change
)

func TestMain(m *testing.M) {
	if os.Getenv(roleVar) == "" {
		os.Exit(m.Run())
	}
	if err := role(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// role does what the environment says and prints how many changes that were.
func role() error {
	s, err := store.Open(os.Getenv(dataVar))
	if err != nil {
		return err
	}
	in, err := New(s, os.Getenv(whereVar), nil)
	if err != nil {
		return err
	}
	kill, _ := strconv.ParseInt(os.Getenv(killVar), 10, 64)
	var points atomic.Int64
	in.fault = func(string) {
		if points.Add(1) == kill {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	ctx := context.Background()
	if os.Getenv(roleVar) == "uninstall" {
		_, err = in.Uninstall(ctx, os.Getenv(entryVar))
	} else {
		var e *store.Entry
		if e, err = s.Find(os.Getenv(entryVar)); err == nil {
			_, err = in.Install(ctx, e, nil)
		}
	}
	fmt.Println(points.Load())
	return err
}

type process struct{ role, data, where, entry string }

func (p process) command(kill int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+p.role, dataVar+"="+p.data, whereVar+"="+p.where, entryVar+"="+p.entry, killVar+"="+strconv.Itoa(kill))
	return cmd
}

// run runs it to its end and returns how many changes it made.
func (p process) run(t testing.TB) int {
	t.Helper()
	out, err := p.command(0).Output()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", p.role, p.entry, err, out)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	must(t, err)
	return n
}

// die runs it until it is killed.
func (p process) die(t testing.TB, kill int) {
	t.Helper()
	var exit *exec.ExitError
	if err := p.command(kill).Run(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s %s, change %d: %v", p.role, p.entry, kill, err)
	}
}

// sound checks what is true at every moment of WHERE: each alias leads to a program
// that runs, and each program of a record that is done runs.
func sound(t testing.TB, where string, programs ...string) {
	t.Helper()
	for _, program := range programs {
		name, version, _ := strings.Cut(program, " ")
		if _, err := os.Lstat(filepath.Join(where, name)); err == nil && version == "" {
			out, err := exec.Command(filepath.Join(where, name)).Output()
			if err != nil || !strings.HasPrefix(string(out), name+" ") {
				t.Errorf("%s: %q, %v", name, out, err)
			}
		}
		if version != "" {
			prints(t, program, filepath.Join(where, name+"-"+version))
		}
	}
}

// killing is a WHERE with tool 1.0 and other 1, which shares a library with both
// versions of tool, and a store that has tool 2.0 as well.
func killing(t testing.TB) (s *store.Store, data, template string) {
	t.Helper()
	data = t.TempDir()
	s = openStore(t, data)
	addLibrary(t, s, "libb.so.1", "1.0")
	addLibrary(t, s, "libc2.so.1", "1.0")
	one := addProgram(t, s, "tool", "1.0", "libb.so.1", "libc2.so.1")
	other := addProgram(t, s, "other", "1", "libb.so.1")
	addLibrary(t, s, "libb.so.1", "1.1", "libm.so.6")
	addProgram(t, s, "tool", "2.0", "libb.so.1", "libc2.so.1")
	template = t.TempDir()
	in := newInstaller(t, s, template)
	install(t, in, one)
	install(t, in, other)
	return s, data, template
}

// Killed before every single change: the programs that were there run at that moment,
// the next process finishes what was begun, and nothing else is left.
func TestKilledAtEveryChange(t *testing.T) {
	s, data, template := killing(t)
	for _, c := range []struct {
		p      process
		intact []string // what runs whenever the process is killed
		after  []string // what runs when the next one has finished
	}{
		{process{role: "install", entry: "tool,2.0"}, []string{"tool", "tool 1.0", "other 1"}, []string{"tool", "tool 1.0", "tool 2.0", "other 1"}},
		{process{role: "uninstall", entry: "tool,1.0"}, []string{"other", "other 1"}, []string{"other", "other 1"}},
		{process{role: "uninstall", entry: "other"}, []string{"tool", "tool 1.0"}, []string{"tool", "tool 1.0"}},
	} {
		t.Run(c.p.role+" "+c.p.entry, func(t *testing.T) {
			fresh := func() process {
				c.p.data, c.p.where = data, filepath.Join(t.TempDir(), "where")
				must(t, exec.Command("cp", "-R", template, c.p.where).Run())
				return c.p
			}
			whole := fresh()
			total := whole.run(t)
			want := tree(t, whole.where)
			if total < 10 {
				t.Fatalf("only %d changes", total)
			}
			for k := 1; k <= total; k++ {
				p := fresh()
				p.die(t, k)
				sound(t, p.where, c.intact...)
				if p.role == "install" {
					p.run(t)
				} else {
					in := newInstaller(t, s, p.where)
					if _, err := in.Uninstall(t.Context(), p.entry); err != nil && !errors.As(err, new(*NotInstalledError)) {
						t.Errorf("change %d: %v", k, err)
					}
				}
				sound(t, p.where, c.after...)
				wantTree(t, p.where, want...)
				if left, _ := os.ReadDir(filepath.Join(p.where, workDir)); len(left) != 0 {
					t.Errorf("change %d: work holds %v", k, left)
				}
				checkRoots(t, s, p.where)
				if t.Failed() {
					t.Fatalf("killed before change %d", k)
				}
			}
			t.Logf("killed at %d changes", total)
		})
	}
	if problems, err := s.Verify(t.Context()); err != nil || len(problems) != 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// checkRoots compares the store's roots with the records of WHERE.
func checkRoots(t testing.TB, s *store.Store, where string) {
	t.Helper()
	in := newInstaller(t, s, where)
	records, err := in.Records()
	must(t, err)
	roots, err := s.Roots()
	must(t, err)
	for _, r := range records {
		if r.State != "" || strings.Join(roots[in.root(r.key())], " ") != strings.Join(r.entries(), " ") {
			t.Errorf("%s: state %q, roots %v", r.Entry, r.State, roots[in.root(r.key())])
		}
		for _, f := range r.Files {
			if f.Found {
				t.Errorf("%s of %s passes for a file that was there before", f.Path, r.Entry)
			}
		}
		delete(roots, in.root(r.key()))
	}
	for name := range roots {
		if strings.HasPrefix(name, in.root("")) {
			t.Errorf("%s is a root of nothing", name)
		}
	}
}

// Twenty at once in one directory, and as many in others: each is right, and what is
// shared is there once.
func TestConcurrent(t *testing.T) {
	data, where := t.TempDir(), t.TempDir()
	s := openStore(t, data)
	addLibrary(t, s, "libb.so.1", "1.0")
	for i := range 10 {
		addProgram(t, s, fmt.Sprintf("p%d", i), "1", "libb.so.1")
		addProgram(t, s, fmt.Sprintf("p%d", i), "2", "libb.so.1")
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			p := process{"install", data, where, fmt.Sprintf("p%d,%d", i/2, 1+i%2)}
			if out, err := p.command(0).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", p.entry, err, out)
			}
		})
	}
	wg.Wait()
	for i := range 10 {
		sound(t, where, fmt.Sprintf("p%d", i), fmt.Sprintf("p%d 1", i), fmt.Sprintf("p%d 2", i))
	}
	checkRoots(t, s, where)
	for i := range 10 { // half of them go, all at once
		wg.Go(func() {
			p := process{"uninstall", data, where, fmt.Sprintf("p%d,1", i)}
			if out, err := p.command(0).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", p.entry, err, out)
			}
		})
	}
	wg.Wait()
	for i := range 10 {
		prints(t, fmt.Sprintf("p%d 2", i), filepath.Join(where, fmt.Sprintf("p%d", i)))
	}
	checkRoots(t, s, where)
}
