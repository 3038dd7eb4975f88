package helper

import (
	"errors"
	"io"
	"os/exec"
	"sync"
	"time"
)

// drainTime is how long to wait, after a program has ended, for the last words of
// children that hold its pipes.
const drainTime = 5 * time.Second

// prepare makes cmd a process group of its own, which is killed as a whole when
// the context of cmd ends: neither pip's nor PyInstaller's children outlive a
// Ctrl-C. Its standard error goes to the returned tail and, where that is given,
// to verbose.
func prepare(cmd *exec.Cmd, verbose io.Writer) *tail {
	ownGroup(cmd)
	cmd.WaitDelay = drainTime
	last := &tail{}
	cmd.Stderr = last
	if verbose != nil {
		cmd.Stderr = io.MultiWriter(last, verbose)
	}
	return last
}

// ended describes how a program ended that did not succeed: "exit status 3",
// "signal: killed".
func ended(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ProcessState.String()
	}
	return err.Error()
}

// tail is a Writer that keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	data []byte
}

const tailSize = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if extra := len(t.data) - tailSize; extra > 0 {
		t.data = append(t.data[:0], t.data[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}

// lines is a Writer that calls each for every whole line.
type lines struct {
	each func(line string)
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' {
			l.rest = append(l.rest, b)
			continue
		}
		l.each(string(l.rest))
		l.rest = l.rest[:0]
	}
	return len(p), nil
}
