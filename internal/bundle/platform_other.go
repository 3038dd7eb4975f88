//go:build !unix

package bundle

import (
	"errors"
	"os"
	"time"
)

// setTime sets the times of a file.
func setTime(name string, t time.Time) error { return os.Chtimes(name, t, t) }

// lockDir says that directories cannot be locked.
func lockDir(string, bool) (func(), error) { return nil, errNoLocks }

// unsupported tells whether a call does not exist here.
func unsupported(err error) bool { return errors.Is(err, errors.ErrUnsupported) }
