package profile

import (
	"fmt"
	"strings"
)

// The marks of the block. They are the same in every version: a block that is not
// found is written twice.
const (
	begin = "# >>> llgo py install >>>"
	about = "# Directories with programs. Written by: llgo py install --write-profile"
	end   = "# <<< llgo py install <<<"
)

// block is a file that may have a block in it.
type block struct {
	before, after string
	lines         []string // between the marks, without comments
}

// find takes a file apart. A block without end, or two of them, were made by
// somebody else: nothing is guessed then.
func find(text string) (block, error) {
	from, to, n := -1, -1, 0
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		switch strings.TrimRight(line, "\r\n") {
		case begin:
			from, n = i, n+1
		case end:
			to, n = i, n+1
		}
	}
	if n == 0 {
		return block{before: text}, nil
	}
	if n != 2 || from < 0 || to < from {
		return block{}, fmt.Errorf("the lines %q and %q do not enclose one block: put that right by hand", begin, end)
	}
	b := block{before: strings.Join(lines[:from], ""), after: strings.Join(lines[to+1:], "")}
	for _, line := range lines[from+1 : to] {
		if line = strings.TrimRight(line, "\r\n"); line != about {
			b.lines = append(b.lines, line)
		}
	}
	return b, nil
}

// String is the file: without a block if that has no line.
func (b block) String() string {
	if len(b.lines) == 0 {
		return b.before + b.after
	}
	before := b.before
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	return before + begin + "\n" + about + "\n" + strings.Join(b.lines, "\n") + "\n" + end + "\n" + b.after
}
