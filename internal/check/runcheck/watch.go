package runcheck

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// watched runs a program a second time, under strace where there is one, and returns
// what it opened.
func (r *Runner) watched(ctx context.Context, home, program string) (Start, []Opened, error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		r.note("no strace here: of what programs open, only what their modules open while they are imported is known")
		s, err := r.start(ctx, home, program, r.opts.Args...)
		return s, nil, err
	}
	dir, err := r.room.fresh("trace")
	if err != nil {
		return Start{}, nil, err
	}
	log := filepath.Join(dir, "log")
	args := append([]string{"-f", "-qq", "-s", "0", "-y", "-e", "trace=open,openat,openat2", "-e", "signal=none", "-o", log, "--", program}, r.opts.Args...)
	s, err := r.start(ctx, home, strace, args...)
	if err != nil {
		return s, nil, err
	}
	opened, err := readTrace(log)
	if err != nil || len(opened) == 0 {
		r.note("strace cannot trace here: of what programs open, only what their modules open while they are imported is known")
		s, err = r.start(ctx, home, program, r.opts.Args...)
	}
	return s, opened, err
}

// opening is a call that succeeded; with -y its result is the descriptor and the path
// behind it: "= 3</etc/passwd>".
var opening = regexp.MustCompile(`(?:\bopen(?:at2?)?\(|<\.\.\. open(?:at2?)? resumed>).*\) = \d+<(/.*)>$`)

// ofProcess begins the paths of a process, whose number is another one next time.
var ofProcess = regexp.MustCompile(`^/proc/\d+/`)

// readTrace returns what a log of strace says was opened.
func readTrace(log string) ([]Opened, error) {
	f, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var opened []Opened
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		found := opening.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		path := found[1]
		if text, err := strconv.Unquote(`"` + path + `"`); err == nil {
			path = text // octal escapes
		}
		path, _, _ = strings.Cut(path, "<") // "</dev/null<char 1:3>>"
		path = ofProcess.ReplaceAllString(path, "/proc/self/")
		if !seen[path] {
			seen[path] = true
			opened = append(opened, Opened{Path: path, By: "strace"})
		}
	}
	return opened, lines.Err()
}
