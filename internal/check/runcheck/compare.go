package runcheck

import (
	"fmt"
	"strconv"
	"strings"
)

// compare notes what two starts of a program do not have in common, and the first one
// of it and that of its first form.
func (r *Runner) compare(s *Subject) {
	r.differ(s, s, s.Starts[0], s.Starts[1])
	earlier := r.result.Subjects[:len(r.result.Subjects)-1]
	for i := range earlier {
		if first := &earlier[i]; first.program.isForm(s.program) {
			r.differ(first, s, first.Starts[0], s.Starts[0])
			return
		}
	}
	if len(earlier) > 0 {
		r.note(s.Path + ": not compared, it is another program than " + earlier[0].Path)
	}
}

func (r *Runner) differ(a, b *Subject, x, y Start) {
	add := func(what, text string) {
		if text != "" {
			r.result.Differences = append(r.result.Differences, Difference{a.Path, b.Path, what, text})
		}
	}
	if one, other := x.end(), y.end(); one != other {
		add("exit", one+", and "+other)
	}
	if x.TimedOut || y.TimedOut {
		return // outputs that were cut off somewhere
	}
	add("stdout", firstDifference(x.Stdout, y.Stdout))
	add("stderr", firstDifference(x.Stderr, y.Stderr))
}

// end says how a start ended.
func (s *Start) end() string {
	switch {
	case s.Error != "":
		return "not started: " + s.Error
	case s.TimedOut:
		return "still running"
	case s.Signal != "":
		return "killed by " + s.Signal
	}
	return "exit code " + strconv.Itoa(s.Code)
}

// firstDifference shows the first line that two outputs do not share, "" if they are equal.
func firstDifference(a, b string) string {
	if a == b {
		return ""
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		if one, other := line(x, i), line(y, i); one != other {
			return fmt.Sprintf("line %d: %s, and %s", i+1, one, other)
		}
	}
	return ""
}

func line(lines []string, i int) string {
	const longest = 120
	if i >= len(lines) {
		return "nothing"
	}
	text := lines[i]
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return strconv.Quote(text)
}
