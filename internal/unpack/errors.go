package unpack

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

var errNoExec = errors.New("programs may not run from it (mounted noexec?)")

// NoCacheError says that no directory could hold the unpacked program. Its text
// is one line: each directory tried, why not, and which variable names another.
type NoCacheError struct {
	Tried []Rejection
}

// Rejection is a candidate and why it was not used.
type Rejection struct {
	Dir string
	Err error
}

func (e *NoCacheError) add(dir string, err error) {
	e.Tried = append(e.Tried, Rejection{dir, err})
}

func (e *NoCacheError) Error() string {
	var b strings.Builder
	b.WriteString("cannot unpack the program: ")
	for _, r := range e.Tried {
		b.WriteString(r.String() + "; ")
	}
	b.WriteString("set " + EnvCache + " to a directory of yours, on a file system that programs may run from")
	return b.String()
}

// String names the directory once.
func (r Rejection) String() string {
	var distrusted *distrustError
	if errors.As(r.Err, &distrusted) {
		if distrusted.path == r.Dir {
			return distrusted.Error()
		}
		return r.Dir + ": " + distrusted.Error()
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(r.Err, &path) && strings.HasPrefix(r.Dir, path.Path+"/"):
		return r.Dir + ": " + path.Path + ": " + path.Err.Error()
	case errors.As(r.Err, &path):
		return r.Dir + ": " + path.Err.Error()
	case errors.As(r.Err, &link):
		return r.Dir + ": " + link.Err.Error()
	}
	return r.Dir + ": " + r.Err.Error()
}
