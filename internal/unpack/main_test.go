//go:build linux || darwin

package unpack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The test binary, started again, is a program that unpacks itself: childEnv says
// which sample, and at which fault point it is to be killed (0: none).
const childEnv = "UNPACK_TEST_CHILD"

func TestMain(m *testing.M) {
	if how := os.Getenv(childEnv); how != "" {
		os.Exit(child(how))
	}
	os.Exit(m.Run())
}

// program is what a child is told.
type program struct {
	files, size int
	seed        int64
	kill        int64
	then        string // "": compare the tree; "wait": then wait for stdin's end; "fds"
}

func (p program) sample() *memory { return sample(p.files, p.size, p.seed) }

func (p program) String() string {
	return fmt.Sprintf("%d %d %d %d %s", p.files, p.size, p.seed, p.kill, p.then)
}

func child(how string) int {
	if how == "elevation" {
		return childElevation()
	}
	var p program
	_, _ = fmt.Sscan(how, &p.files, &p.size, &p.seed, &p.kill, &p.then)
	m := p.sample()
	setLastResortsFromEnv()
	var points atomic.Int64
	fault = func(string) {
		if points.Add(1) == p.kill {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			time.Sleep(time.Minute) // until the signal arrives
		}
	}
	begin := time.Now()
	dir, err := Ensure(m.id(), m.open)
	took := time.Since(begin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := m.compare(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	fmt.Println(dir, points.Load(), m.opened, took.Microseconds())
	switch p.then {
	case "wait":
		_, _ = os.Stdin.Read(make([]byte, 1))
	case "fds":
		cmd := exec.Command("/bin/sh", "-c", "ls -l /proc/self/fd | wc -l; env | sort")
		cmd.Stdout = os.Stdout
		_ = cmd.Run()
	}
	return 0
}

func setLastResortsFromEnv() {
	sharedRoot = "/nonexistent"
	if dir := os.Getenv("UNPACK_TEST_SHARED"); dir != "" {
		sharedRoot = dir
	}
	executablePath = func() (string, error) { return "/nonexistent/program", nil }
}

// command is a program with a cache of its own and nothing else in its environment.
func (p program) command(cache string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{childEnv + "=" + p.String(), EnvCache + "=" + cache}, env...)
	return cmd
}

// outcome is what a program says at its end.
type outcome struct {
	dir    string
	points int64 // changes to the disk
	opened int   // how often it opened the payload
	took   time.Duration
	rest   string
}

func (p program) run(cache string, env ...string) (outcome, error) {
	var stderr bytes.Buffer
	cmd := p.command(cache, env...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	line, rest, _ := strings.Cut(string(out), "\n")
	f := strings.Fields(line)
	if len(f) != 4 {
		return outcome{}, errors.New("the program says " + line)
	}
	points, _ := strconv.ParseInt(f[1], 10, 64)
	opened, _ := strconv.Atoi(f[2])
	took, _ := strconv.Atoi(f[3])
	return outcome{f[0], points, opened, time.Duration(took) * time.Microsecond, rest}, nil
}

func (p program) mustRun(t testing.TB, cache string, env ...string) outcome {
	t.Helper()
	o, err := p.run(cache, env...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	must(t, err)
	return path
}
