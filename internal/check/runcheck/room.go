package runcheck

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A room is where things are run: see the package comment.
type room struct {
	dir     string // everything below is ours
	sandbox bool   // without a network
}

// newRoom makes a room. The note says what it lacks, "" if nothing.
func newRoom(ctx context.Context) (r *room, note string, err error) {
	dir, err := os.MkdirTemp("", "llgo-py-run-")
	if err != nil {
		return nil, "", err
	}
	// What is opened is reported by its real path.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, "", err
	}
	r = &room{dir: dir}
	r.sandbox, note = canCutOff(ctx)
	return r, note, nil
}

func (r *room) close() error { return os.RemoveAll(r.dir) }

// fresh returns a new, empty directory.
func (r *room) fresh(name string) (string, error) {
	return os.MkdirTemp(r.dir, name+"-")
}

// outputLimit is how much of an output is kept.
const outputLimit = 1 << 20

// command prepares a run of name in a HOME of its own or, if given, another run's.
func (r *room) command(ctx context.Context, home, name string, args ...string) (*exec.Cmd, error) {
	cwd, err := r.fresh("cwd")
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = []string{"HOME=" + home}, cwd
	cmd.WaitDelay = time.Second
	r.confine(cmd)
	return cmd, nil
}

// start runs a command to its end, or to the end of its time.
func start(ctx context.Context, cmd *exec.Cmd) Start {
	var stdout, stderr beginning
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	s := Start{Stdout: stdout.String(), Stderr: stderr.String(), Took: time.Since(begin), Code: -1}
	if cmd.ProcessState == nil {
		s.Error = err.Error()
		return s
	}
	s.Code = cmd.ProcessState.ExitCode()
	s.TimedOut = errors.Is(ctx.Err(), context.DeadlineExceeded)
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() && !s.TimedOut {
		s.Signal = status.Signal().String()
	}
	return s
}

// beginning is a Writer that keeps the beginning of what is written.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	if room := outputLimit - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
