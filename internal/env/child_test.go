package env

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// The test binary, started again, is a process that changes environments: childEnv has
// the directory, childOps what it does, one after the other, and childKill before
// which of its changes to the disk it is to be killed (0: none).
const (
	childEnv  = "ENV_TEST_DATA"
	childOps  = "ENV_TEST_OPS"
	childKill = "ENV_TEST_KILL"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(dir string) error {
	kill, _ := strconv.ParseInt(os.Getenv(childKill), 10, 64)
	st, err := store.Open(dir, store.WithRelocator(asTheyAre{}))
	if err != nil {
		return err
	}
	set := Open(dir, st)
	var points atomic.Int64
	set.fault = func(string) {
		if points.Add(1) == kill {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			time.Sleep(time.Minute) // until the signal arrives
		}
	}
	for _, op := range strings.Split(os.Getenv(childOps), ";") {
		if err := do(set, st, strings.Fields(op)); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
	fmt.Println(points.Load())
	return nil
}

// do is one operation: its name, an environment, and what it is about.
func do(set *Set, st *store.Store, op []string) error {
	ctx := context.Background()
	var err error
	switch op[0] {
	case "create":
		spec := Spec{}
		if err = set.Asking(op[2:]...)(&spec); err == nil {
			_, err = set.Create(ctx, op[1], "create", spec)
		}
	case "install":
		_, _, err = install(set, op[1], op[2:]...)
	case "upgrade":
		_, _, err = set.Upgrade(ctx, op[1], op[2:]...)
	case "remove":
		_, _, err = set.Remove(ctx, op[1], op[2:]...)
	case "rollback":
		n, _ := strconv.Atoi(op[2])
		_, err = set.Rollback(ctx, op[1], n)
	case "delete":
		err = set.Delete(ctx, op[1])
	case "prune":
		err = pruneAll(ctx, set, op[1])
	case "gc":
		_, err = st.GC(ctx, false)
	default:
		err = errors.New("unknown operation")
	}
	return err
}

// pruneAll removes all generations but the current one, which need not be the last: one
// whose process was killed before it became that is there as well.
func pruneAll(ctx context.Context, set *Set, name string) error {
	current, err := set.Current(name)
	if err != nil {
		return err
	}
	all, err := set.Generations(name)
	if err != nil {
		return err
	}
	return set.Prune(ctx, name, slices.DeleteFunc(all, func(n int) bool { return n == current.Generation })...)
}

// process is such a process; it is not started yet.
func (f *fixture) process(kill int64, ops ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{childEnv + "=" + f.dir, childOps + "=" + strings.Join(ops, ";"), childKill + "=" + strconv.FormatInt(kill, 10), "HOME=" + f.dir}
	return cmd
}

// points runs it to its end and counts its changes to the disk.
func (f *fixture) points(ops ...string) int64 {
	f.Helper()
	out, err := f.process(0, ops...).CombinedOutput()
	if err != nil {
		f.Fatalf("%v: %v: %s", ops, err, out)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	must(f.T, err)
	return n
}

// mustDie runs it up to a change to the disk, before which it is killed.
func (f *fixture) mustDie(kill int64, ops ...string) {
	f.Helper()
	var exit *exec.ExitError
	out, err := f.process(kill, ops...).CombinedOutput()
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		f.Fatalf("%v at %d: %v: %s", ops, kill, err, out)
	}
}
