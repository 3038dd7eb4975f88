package gosource

import (
	"context"
	"errors"
	"os/exec"
)

// ErrReported says that the go command has already said what is wrong.
var ErrReported = errors.New("the Go compiler failed")

// Run runs a go command whose output the user sees.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return ErrGoMissing
	case errors.As(err, &exit):
		return ErrReported
	}
	return err
}
