//go:build unix

package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
)

// A role is a start of this binary that does one build; see TestMain.
type role struct {
	name, source, dir string
	arg               int
}

// run runs a role as a child of cmd's kind and returns what it wrote to stderr.
func (r role) run(t *testing.T, cmd *exec.Cmd) (*os.ProcessState, string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = []string{
		roleEnv + "=" + r.name, roleSource + "=" + r.source, roleDir + "=" + r.dir, fmt.Sprint(roleArg, "=", r.arg),
	}
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState, stderr.String()
}

// mustDie runs a role that has to end by SIGKILL.
func (r role) mustDie(t *testing.T) {
	t.Helper()
	state, stderr := r.run(t, exec.Command(os.Args[0]))
	if state.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%+v: not killed but %v: %s", r, state, stderr)
	}
}

// stepNames returns the steps of a replacement, or of a first installation.
func stepNames(t *testing.T, replace bool, h hooks) []string {
	t.Helper()
	dir := t.TempDir()
	if replace {
		build(t, sample(t, "1"), Options{Dir: dir})
	}
	var names []string
	h.step = func(name string) error {
		names = append(names, name)
		return nil
	}
	build(t, sample(t, "2"), Options{Dir: dir, hooks: h})
	return names
}

// TestKilled kills a build that replaces a program, with SIGKILL, before each of
// its steps. The program must start after each, as the old or the new version and
// never as a mixture, and the next build must clear everything up. Where names
// cannot be exchanged, one step leaves a program that does not start: see the
// package comment.
func TestKilled(t *testing.T) {
	for _, test := range []struct {
		role  string
		hooks hooks
		steps []string
	}{
		{"exchange", hooks{}, []string{"keep", "open", "link", "commit", "aside", "placeholder", "exchange", "program"}},
		{"no-exchange", hooks{exchange: noExchange}, []string{
			"keep", "open", "link", "commit", "aside", "placeholder", "exchange", "remove placeholder", "python", "back", "program",
		}},
	} {
		t.Run(test.role, func(t *testing.T) {
			steps := stepNames(t, true, test.hooks)
			if !slices.Equal(steps, test.steps) {
				t.Fatalf("steps %q, want %q", steps, test.steps)
			}
			two := writeSample(t, "2")
			for at, step := range steps {
				want := says("2")
				if at <= slices.Index(steps, "commit") {
					want = says("1")
				}
				if step == "back" {
					want = ""
				}
				t.Run(step, func(t *testing.T) { testKilledAt(t, role{name: test.role, source: two, arg: at}, want) })
			}
		})
	}
}

// testKilledAt kills a build of version 2 over version 1.
func testKilledAt(t *testing.T, r role, want string) {
	r.dir = filepath.Join(t.TempDir(), "out")
	build(t, sample(t, "1"), Options{Dir: r.dir})
	put(t, filepath.Join(r.dir, "notes"), "of the user", 0o644)
	r.mustDie(t)
	if got := starts(r.dir); got != want {
		t.Errorf("the program says %q, want %q", got, want)
	}
	_, err := os.Readlink(filepath.Join(r.dir, "app"))
	interrupted := err == nil
	result := build(t, sample(t, "3"), Options{Dir: r.dir})
	if result.Recovered != interrupted {
		t.Errorf("recovered: %v, interrupted: %v", result.Recovered, interrupted)
	}
	wantVersion(t, r.dir, "3")
	if text, err := os.ReadFile(filepath.Join(r.dir, "notes")); string(text) != "of the user" {
		t.Errorf("the user's file: %q, %v", text, err)
	}
}

// TestKilledTwice kills the build that completes what a killed build left.
func TestKilledTwice(t *testing.T) {
	one, two := writeSample(t, "2"), writeSample(t, "3")
	dir := t.TempDir()
	build(t, sample(t, "1"), Options{Dir: dir})
	role{name: "exchange", source: one, dir: dir, arg: 4}.mustDie(t) // before "aside"
	for range 3 {
		role{name: "exchange", source: two, dir: dir, arg: 1}.mustDie(t) // one step further each time
		if got := starts(dir); got != says("2") {
			t.Errorf("the program says %q, want version 2", got)
		}
	}
	build(t, sample(t, "4"), Options{Dir: dir})
	wantVersion(t, dir, "4")
}

// TestKilledFirst kills a build that installs a program for the first time, and
// builds that are still writing.
func TestKilledFirst(t *testing.T) {
	one := writeSample(t, "1")
	for at, step := range stepNames(t, false, hooks{}) {
		dir := filepath.Join(t.TempDir(), "out")
		role{name: "exchange", source: one, dir: dir, arg: at}.mustDie(t)
		if exists(filepath.Join(dir, "app")) {
			t.Errorf("there is a program before %q", step)
		}
		build(t, sample(t, "2"), Options{Dir: dir})
		wantVersion(t, dir, "2")
	}
	two := writeSample(t, "2")
	for _, files := range []int{1, 6} {
		dir := t.TempDir()
		build(t, sample(t, "1"), Options{Dir: dir})
		role{name: "write", source: two, dir: dir, arg: files}.mustDie(t)
		if got := starts(dir); got != says("1") {
			t.Errorf("the program says %q, want version 1", got)
		}
		build(t, sample(t, "3"), Options{Dir: dir})
		wantVersion(t, dir, "3")
	}
}

// TestFailed lets each step of a replacement fail. The old tree comes back, but
// for the last step: when python/ is in its place the new program stays.
func TestFailed(t *testing.T) {
	for _, h := range []hooks{{}, {exchange: noExchange}} {
		for at, step := range stepNames(t, true, h) {
			t.Run(step, func(t *testing.T) {
				dir := t.TempDir()
				build(t, sample(t, "1"), Options{Dir: dir})
				failing := h
				failing.step = failAt(at)
				_, err := tryBuild(sample(t, "2"), Options{Dir: dir, hooks: failing})
				oneLine(t, err, "no luck")
				switch {
				case step == "program" || step == "back":
					oneLine(t, err, "build again to complete it")
				default:
					wantVersion(t, dir, "1")
				}
				build(t, sample(t, "3"), Options{Dir: dir})
				wantVersion(t, dir, "3")
			})
		}
	}
	for at := range stepNames(t, false, hooks{}) {
		dir := t.TempDir()
		_, err := tryBuild(sample(t, "1"), Options{Dir: dir, hooks: hooks{step: failAt(at)}})
		oneLine(t, err, "no luck")
		if names := listingNames(t, dir); len(names) > 0 {
			t.Errorf("left behind: %v", names)
		}
	}
}

// failAt fails a step, counted from 0.
func failAt(n int) func(string) error {
	return func(string) error {
		n--
		if n == -1 {
			return errors.New("no luck")
		}
		return nil
	}
}

// TestConcurrent: builds into one directory at the same time all succeed, and one
// of them is there in the end, whole.
func TestConcurrent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	inputs := []Input{sample(t, "1"), sample(t, "2"), sample(t, "3")}
	var wg sync.WaitGroup
	for _, in := range inputs {
		wg.Go(func() {
			for range 5 {
				if _, err := tryBuild(in, Options{Dir: dir}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	version := starts(dir)
	if !slices.Contains([]string{says("1"), says("2"), says("3")}, version) {
		t.Fatalf("the program says %q", version)
	}
	wantVersion(t, dir, version[len(version)-1:])
}

// TestLiveWork: a work directory whose build lives is not removed, nor are
// directories with similar names.
func TestLiveWork(t *testing.T) {
	dir := t.TempDir()
	live := filepath.Join(dir, ".app.llgo-py-1")
	others := []string{live, filepath.Join(dir, ".application.llgo-py-2"), filepath.Join(dir, ".app")}
	stale := filepath.Join(dir, ".app.llgo-py-3", "new")
	for _, name := range append(others, stale) {
		if err := os.MkdirAll(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	unlock, err := lockDir(live, false)
	if err != nil {
		t.Fatal(err)
	}
	build(t, sample(t, "1"), Options{Dir: dir})
	for _, name := range others {
		if !exists(name) {
			t.Errorf("%s was removed", name)
		}
	}
	if exists(stale) {
		t.Errorf("%s was not removed", stale)
	}
	unlock()
	build(t, sample(t, "2"), Options{Dir: dir})
	if exists(live) {
		t.Errorf("%s was not removed", live)
	}
}
