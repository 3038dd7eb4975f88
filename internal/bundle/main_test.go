//go:build unix

package bundle

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
)

// Tests that need a process of their own start this binary again with these
// variables. Then it does one build, of the sample in roleSource to roleDir, and
// what roleEnv says happens to it.
const (
	roleEnv    = "BUNDLE_TEST_ROLE"
	roleSource = "BUNDLE_TEST_SOURCE"
	roleDir    = "BUNDLE_TEST_DIR"
	roleArg    = "BUNDLE_TEST_ARG"
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	if role == "" {
		os.Exit(m.Run())
	}
	// syscall.Exit and not os.Exit: with -cover the latter writes to stderr.
	if err := play(role); err != nil {
		fmt.Fprintln(os.Stderr, err)
		syscall.Exit(1)
	}
	syscall.Exit(0)
}

// play does one build in a role.
func play(role string) error {
	opts := Options{Dir: os.Getenv(roleDir)}
	arg, _ := strconv.Atoi(os.Getenv(roleArg))
	switch role {
	case "build":
	case "no-exchange": // killed at a step, on a file system that cannot exchange names
		opts.hooks = hooks{step: killAt(arg), exchange: noExchange}
	case "exchange": // killed at a step
		opts.hooks.step = killAt(arg)
	case "write": // killed after so many files
		opts.Progress = func(done, _ int, _ string) {
			if done == arg {
				kill()
			}
		}
	case "small": // cannot write files above a size
		if err := limitFileSize(uint64(arg)); err != nil {
			return err
		}
	default:
		return fmt.Errorf("no role %q", role)
	}
	in, err := readSample(os.Getenv(roleSource))
	if err != nil {
		return err
	}
	plan, err := NewPlan(in)
	if err != nil {
		return err
	}
	_, err = plan.Write(context.Background(), opts)
	return err
}

// killAt kills this process before a step, counted from 0.
func killAt(n int) func(string) error {
	return func(string) error {
		if n == 0 {
			kill()
		}
		n--
		return nil
	}
}

// kill ends this process at once.
func kill() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func noExchange(string, string) error { return syscall.ENOSYS }
