// Package cli is the command line of llgo: what belongs to this tool (`llgo
// build` with a --py flag, `llgo py …`), what is handed to the real llgo
// untouched (everything else), the help texts, and all output to people.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// Exit codes: 0 success, 1 failure, 2 usage, 3 findings; 130 interrupted.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitFindings    = 3
	exitInterrupted = 130
)

// usageError is a mistake on the command line.
type usageError struct {
	text string
	hint string
}

func (e usageError) Error() string { return e.text }
func (e usageError) Hint() string  { return e.hint }

func usagef(hint, format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...), hint}
}

// Main runs llgo with the arguments after the program name and returns the exit code.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch {
	case len(args) == 0:
		fmt.Print(helpMain)
		return exitUsage
	case args[0] == "build" && hasPyFlag(args[1:]):
		return holding(buildCommand)(ctx, args[1:])
	case args[0] == "py":
		return py(ctx, args[1:])
	case args[0] == "help" && len(args) == 2 && helpTopic(args[1]) != "":
		fmt.Print(helpTopic(args[1]))
		if _, err := compiler.FindLLGo(); err != nil {
			return exitOK
		}
		fmt.Print("\nThe real llgo says:\n\n") // it has flags of its own
	}
	return handOver(args)
}

// holding keeps what a command finds in the cache from being removed before it is done.
// Where there is no cache to be had the command itself says so.
func holding(run func(context.Context, []string) int) func(context.Context, []string) int {
	return func(ctx context.Context, args []string) int {
		if release, err := cachedir.Hold(ctx); err == nil {
			defer release()
		}
		return run(ctx, args)
	}
}

// hasPyFlag reports whether one of the flags is ours. Everything from "--" on
// belongs to someone else.
func hasPyFlag(args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		if strings.HasPrefix(strings.Replace(arg, "--", "-", 1), "-py-") {
			return true
		}
	}
	return false
}

// handOver becomes the real llgo: same process, same arguments, nothing added.
func handOver(args []string) int {
	path, err := compiler.FindLLGo()
	if err != nil {
		if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
			fmt.Print(helpMain)
			return exitOK
		}
		return report(newUI(false, false), hintError{
			fmt.Errorf("`llgo %s` is the real llgo's: %w", args[0], err),
			"llgo build --py-onedir   # packages Go–Python programs without it",
		})
	}
	err = syscall.Exec(path, append([]string{path}, args...), os.Environ())
	return report(newUI(false, false), fmt.Errorf("cannot start %s: %w", path, err))
}

type hintError struct {
	error
	hint string
}

func (e hintError) Hint() string  { return e.hint }
func (e hintError) Unwrap() error { return e.error }

// report prints err, if any, and returns the exit code that it stands for.
func report(u *ui, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		u.Error(errors.New("interrupted"))
		return exitInterrupted
	case errors.Is(err, gosource.ErrReported):
		return exitFailure
	}
	u.Error(err)
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailure
}
