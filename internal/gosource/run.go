package gosource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
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

// Env returns the go command's settings of the given names, in their order.
func Env(ctx context.Context, env []string, names ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"env"}, names...)...)
	cmd.Env = env
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ErrGoMissing
	}
	values := strings.Split(string(out), "\n")
	if err != nil || len(values) < len(names) {
		return nil, fmt.Errorf("go env %s: %v", strings.Join(names, " "), err)
	}
	return values[:len(names)], nil
}

// Environment is everything that the go command is set to, but for names that it makes
// up anew each time.
func Environment(ctx context.Context, env []string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json")
	cmd.Env = env
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ErrGoMissing
	}
	if err != nil {
		return nil, fmt.Errorf("go env: %v", err)
	}
	var all map[string]string
	err = json.Unmarshal(out, &all)
	delete(all, "GOGCCFLAGS") // names a temporary directory
	return all, err
}
