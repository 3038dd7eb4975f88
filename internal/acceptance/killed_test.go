package acceptance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// victim is a user whose commands are killed: a store, an environment, a directory with
// installed programs. The program is greet, which prints its version, and needs a
// library that prints nothing.
type victim struct {
	desk
	src    string
	newest int // version of greet in the store

	inEnv, inWhere int                      // versions of greet that are in use
	took           map[string]time.Duration // the longest that a command took
	random         *rand.Rand
	killed         int
}

func newVictim(t *testing.T, seed uint64) *victim {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	b := &victim{
		desk:   desk{t, filepath.Join(base, "data"), filepath.Join(base, "tools")},
		src:    filepath.Join(base, "src"),
		took:   map[string]time.Duration{},
		random: rand.New(rand.NewPCG(seed, 0)),
	}
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", b.data).Run() })
	must(t, os.MkdirAll(b.src, 0o755))
	elftest.Write(t, filepath.Join(b.src, "libgreet.so.1"), elftest.Image{SONAME: "libgreet.so.1"})
	b.llgo("store", "add", filepath.Join(b.src, "libgreet.so.1"))
	b.llgo("store", "add", "-name", "greet", "-version", "1", b.greet(1))
	b.llgo("env", "create", "tools", "greet")
	b.llgo("install", "greet", b.where)
	b.newest, b.inEnv, b.inWhere = 1, 1, 1
	return b
}

// greet writes a version of the program.
func (b *victim) greet(version int) string {
	b.t.Helper()
	dir := filepath.Join(b.src, fmt.Sprint(version))
	must(b.t, os.MkdirAll(dir, 0o755))
	exe := filepath.Join(dir, "greet")
	if _, err := os.Stat(exe); err != nil {
		elftest.Write(b.t, exe, elftest.Image{Needed: []string{"libgreet.so.1"}, Message: fmt.Sprintf("greet %d\n", version)})
	}
	return exe
}

// step is one command that is killed, and what may differ after it.
type step struct {
	name string
	args []string
	done func() // when it has come to its end
}

// next is the n-th step: each kind in its turn.
func (b *victim) next(n int) step {
	switch n % 4 {
	case 0:
		version := b.newest + 1
		return step{"add", []string{"store", "add", "-name", "greet", "-version", fmt.Sprint(version), b.greet(version)},
			func() { b.newest = version }}
	case 1:
		return step{"upgrade", []string{"env", "upgrade", "tools"}, func() { b.inEnv = b.newest }}
	case 2:
		return step{"install", []string{"install", fmt.Sprintf("greet,%d", b.newest), b.where}, func() { b.inWhere = b.newest }}
	}
	// What an environment brought into the store is garbage without it.
	junk := filepath.Join(b.src, fmt.Sprintf("junk%d", n))
	elftest.Write(b.t, junk, elftest.Image{Message: fmt.Sprintf("junk %d\n", n)})
	b.llgo("env", "create", "junk", junk)
	b.llgo("env", "delete", "junk")
	return step{"gc", []string{"store", "gc"}, func() {}}
}

// kill starts a step and kills it at some moment; it tells whether there was something
// left to kill.
func (b *victim) kill(s step) bool {
	b.t.Helper()
	cmd := exec.Command(llgo, append([]string{"py"}, s.args...)...)
	cmd.Env = append(os.Environ(), "LLGO_PY_DATA="+b.data, "LLGO_PY_CACHE="+cacheRoot())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.WaitDelay = 10 * time.Second // a child of it may have the pipe
	before := b.changed()
	must(b.t, cmd.Start())
	ended := make(chan struct{})
	go b.killer(cmd, before, b.moment(s), ended)
	err := cmd.Wait()
	close(ended)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		b.killed++
		return true
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		b.t.Fatalf("llgo py %s: %v\n%s", strings.Join(s.args, " "), err, &stderr)
	}
	return false
}

// moment chooses when to kill: any time, or, every other one, soon after the first change
// to the disk. A command spends most of its time before that.
func (b *victim) moment(s step) (m moment) {
	most := b.took[s.name]
	if most == 0 {
		most = 2 * time.Second
	}
	if m.changing = b.random.IntN(2) == 0; m.changing {
		most = most/8 + time.Millisecond
	}
	m.after = time.Duration(b.random.Int64N(int64(most)))
	return m
}

type moment struct {
	changing bool          // counted from the first change
	after    time.Duration // else from the start
}

// killer kills a command at its moment, unless it ends before.
func (b *victim) killer(cmd *exec.Cmd, before string, at moment, ended <-chan struct{}) {
	for at.changing && b.changed() == before {
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
	select {
	case <-ended:
	case <-time.After(at.after):
		_ = cmd.Process.Kill()
	}
}

// changed differs when a command has begun to change something.
func (b *victim) changed() (state string) {
	for _, dir := range []string{
		b.where, filepath.Join(b.data, "store", "work"), filepath.Join(b.data, "store", "holds"),
		filepath.Join(b.data, "store", "entries"), filepath.Join(b.data, "envs", "tools", "generations"),
	} {
		if info, err := os.Stat(dir); err == nil {
			state += info.ModTime().String()
		}
	}
	return state
}

// finish runs a step to its end.
func (b *victim) finish(s step) {
	b.t.Helper()
	begin := time.Now()
	b.llgo(s.args...)
	b.took[s.name] = max(b.took[s.name], time.Since(begin))
	s.done()
}

// sound checks what must be true at every moment: the store verifies, and what was in
// use works, as it was or as it is to be.
func (b *victim) sound(when string) {
	b.t.Helper()
	b.llgo("store", "verify")
	b.prints(when, filepath.Join(b.data, "envs", "tools", "current", "bin", "greet"), b.inEnv, b.newest)
	b.prints(when, filepath.Join(b.where, "greet"), b.inWhere, b.newest)
	// Every version that was installed stays as it was.
	b.prints(when, filepath.Join(b.where, "greet-1"), 1, 1)
	b.prints(when, filepath.Join(b.data, "envs", "tools", "generations", "1", "bin", "greet"), 1, 1)
}

func (b *victim) prints(when, exe string, versions ...int) {
	b.t.Helper()
	cmd := exec.Command(exe)
	cmd.Env = []string{}
	r := start(b.t, cmd)
	for _, version := range versions {
		if r.code == 0 && r.stdout == fmt.Sprintf("greet %d\n", version) {
			return
		}
	}
	b.t.Errorf("%s: %s: %v, want one of %v", when, exe, r, versions)
}

// Commands are killed at random moments: the store verifies, the old generation works,
// and the same command, given again, does what it should. A dozen moments, a hundred with
// LLGO_PY_TEST_FULL.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	points := 12
	if full() {
		points = 100
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	b := newVictim(t, seed)
	n := 0
	for ; b.killed < points && n < 4*points && !t.Failed(); n++ { // some end before
		s := b.next(n)
		killed := b.kill(s)
		b.sound(fmt.Sprintf("%s %d, killed: %v", s.name, n, killed))
		b.finish(s)
		if s.name == "install" || s.name == "upgrade" {
			b.sound(fmt.Sprintf("%s %d, given again", s.name, n))
		}
	}
	b.llgo("env", "rollback", "tools", "1")
	b.prints("rolled back", filepath.Join(b.data, "envs", "tools", "current", "bin", "greet"), 1)
	b.llgo("store", "gc")
	b.llgo("store", "verify")
	for _, dir := range []string{"work", "holds"} {
		if left, err := os.ReadDir(filepath.Join(b.data, "store", dir)); err != nil || len(left) != 0 {
			t.Errorf("left in %s: %v, %v", dir, left, err)
		}
	}
	t.Logf("%d of %d commands were killed before their end", b.killed, n)
	if b.killed < points/2 {
		t.Errorf("only %d of %d commands were killed", b.killed, n)
	}
}

// Twenty installations at once into one directory, from one store: of one program, of
// different ones with one library, of files that are not in the store yet.
func TestInstallationsAtOnce(t *testing.T) {
	t.Parallel()
	b := newVictim(t, 1)
	add := []string{"store", "add"}
	for i := range 10 {
		exe := filepath.Join(b.src, fmt.Sprintf("tool%d", i))
		elftest.Write(t, exe, elftest.Image{Needed: []string{"libgreet.so.1"}, Message: fmt.Sprintf("tool %d\n", i)})
		if i < 8 {
			add = append(add, exe)
		}
	}
	b.llgo(add...)
	var group sync.WaitGroup
	results := make([]result, 20)
	for i := range results {
		what := "greet"
		switch {
		case i >= 18: // not in the store yet
			what = filepath.Join(b.src, fmt.Sprintf("tool%d", i-10))
		case i >= 10:
			what = fmt.Sprintf("tool%d", i-10)
		}
		where := filepath.Join(b.where, "at once")
		group.Go(func() {
			cmd := exec.Command(llgo, "py", "install", what, where)
			cmd.Env = append(os.Environ(), "LLGO_PY_DATA="+b.data, "LLGO_PY_CACHE="+cacheRoot())
			results[i] = start(t, cmd)
		})
	}
	group.Wait()
	for i, r := range results {
		if r.code != 0 {
			t.Errorf("installation %d: %v", i, r)
		}
	}
	where := filepath.Join(b.where, "at once")
	b.prints("at once", filepath.Join(where, "greet"), 1)
	for i := range 10 {
		cmd := exec.Command(filepath.Join(where, fmt.Sprintf("tool%d", i)))
		cmd.Env = []string{}
		if r := start(t, cmd); r.code != 0 || r.stdout != fmt.Sprintf("tool %d\n", i) {
			t.Errorf("tool%d: %v", i, r)
		}
	}
	installed := b.llgo("install", "-ls", where)
	for i := range 10 {
		if name := fmt.Sprintf("tool%d", i); !strings.Contains(installed, name) {
			t.Errorf("%s is not listed:\n%s", name, installed)
		}
	}
	b.llgo("store", "gc")
	b.llgo("store", "verify")
	if r := start(t, exec.Command(filepath.Join(where, "greet"))); r.code != 0 {
		t.Errorf("after gc: %v", r)
	}
}
