package facts

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A worker is a process that reads binaries with Go's packages. One goroutine uses it.
// It is started when it is needed, and again after it died.
type worker struct {
	timeout time.Duration
	memory  int // MiB

	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
	stderr  strings.Builder
}

// read has a file read. A process that hangs is killed, and that is the answer.
func (w *worker) read(ctx context.Context, path, format string) (goReading, error) {
	if err := w.start(); err != nil {
		return goReading{}, err
	}
	reading := goReading{Reader: DebugELF}
	if format == formatMachO {
		reading.Reader = DebugMachO
	}
	process := w.cmd.Process // w.cmd may be gone when they come late
	timer := time.AfterFunc(w.timeout, func() { _ = process.Kill() })
	stop := context.AfterFunc(ctx, func() { _ = process.Kill() })
	defer stop()
	err := json.NewEncoder(w.in).Encode(path)
	if err == nil {
		err = w.answers.Decode(&reading)
	}
	late := !timer.Stop()
	if ctx.Err() != nil {
		w.stop()
		return reading, context.Cause(ctx)
	}
	if err != nil {
		reading.Images, reading.Signatures = nil, nil
		reading.Error = w.death(late)
	}
	return reading, nil
}

func (w *worker) start() error {
	if w.cmd != nil {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	w.stderr.Reset()
	cmd := exec.Command(self)
	cmd.Args = []string{readerName, strconv.Itoa(w.memory)}
	cmd.Env = []string{"GOTRACEBACK=none"}
	cmd.Stderr = &w.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	w.cmd, w.in, w.answers = cmd, in, json.NewDecoder(out)
	return nil
}

// death ends a process that did not answer and says why.
func (w *worker) death(late bool) string {
	cmd := w.cmd
	err := w.stop()
	first, _, _ := strings.Cut(strings.TrimSpace(w.stderr.String()), "\n")
	var exit *exec.ExitError
	switch {
	case late:
		return "killed after " + w.timeout.String()
	case strings.Contains(w.stderr.String(), "out of memory") || strings.Contains(w.stderr.String(), "cannot allocate"):
		return "needs more than " + strconv.Itoa(w.memory) + " MiB of memory"
	case first != "":
		return "its reader crashed: " + first
	case errors.As(err, &exit):
		return "its reader crashed: " + exit.String()
	}
	return "its reader ended: " + cmd.ProcessState.String()
}

// stop ends the process, if there is one.
func (w *worker) stop() error {
	if w.cmd == nil {
		return nil
	}
	cmd := w.cmd
	w.cmd = nil
	w.in.Close()
	_ = cmd.Process.Kill()
	return cmd.Wait()
}
