package unpack

import (
	"fmt"
	"os"
	"time"
)

// logger says on stderr what is done, where LLGO_PY_VERBOSE asks for it. A nil
// logger is silent.
type logger struct{ begin time.Time }

func newLogger(t *trust) *logger {
	if t.elevated || os.Getenv(EnvVerbose) == "" {
		return nil
	}
	return &logger{time.Now()}
}

func (l *logger) print(format string, args ...any) {
	if l != nil {
		fmt.Fprintf(os.Stderr, "llgo-py: %s\n", fmt.Sprintf(format, args...))
	}
}

// done is the last line: where the program is, and how long that took.
func (l *logger) done(dir string) {
	if l != nil {
		l.print("%s: ready after %.2f ms", dir, float64(time.Since(l.begin).Microseconds())/1000)
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
