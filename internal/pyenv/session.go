package pyenv

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/trace"
)

// Session is what is run to see which shared objects it loads.
type Session struct {
	// Code are modules to import, if all look like names of modules, or statements,
	// one after the other. Without any, everything that is installed is imported.
	Code   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

var moduleName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$`)

// importAll imports the modules in its arguments and goes on after one that fails,
// which most often is one that was made for another system.
const importAll = `import importlib, sys
failed = 0
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed = 1
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
sys.exit(failed)
`

// args are the interpreter's.
func (s *Session) args(dist *pydist.Dist) []string {
	code := s.Code
	if len(code) == 0 {
		code = topModules(dist)
	}
	for _, word := range code {
		if !moduleName.MatchString(word) {
			return []string{"-c", strings.Join(code, "\n")}
		}
	}
	return append([]string{"-c", importAll}, code...)
}

// topModules are the modules that the distributions of an environment provide.
func topModules(dist *pydist.Dist) (names []string) {
	for _, site := range dist.SitePackages {
		for _, d := range installed.In(site) {
			names = append(names, d.Modules()...)
		}
	}
	return names
}

// FailedError says that a session ended with an exit code. What it loaded until then is
// known.
type FailedError struct{ Code int }

func (e *FailedError) Error() string {
	return fmt.Sprintf("the session failed (exit code %d): what it did not reach was not loaded", e.Code)
}

// Run runs the session in the interpreter of dist, children included, and returns
// the shared objects that its processes loaded (on Linux; elsewhere none are seen).
// The error is a *FailedError if the session itself fails.
func (s *Session) Run(ctx context.Context, dist *pydist.Dist) ([]trace.Loaded, error) {
	work, err := os.MkdirTemp("", "llgo-py-session-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	traced, err := trace.Prepare(work, dist)
	if err != nil {
		return nil, err
	}
	if err := likeItself(traced.SitePackages[0]); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, traced.Executable, s.args(dist)...)
	cmd.Env = pydist.CleanEnv(os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.Stdin, s.Stdout, s.Stderr
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return nil, fmt.Errorf("cannot start %s: %w", dist.Executable, err)
	}
	uses, err := trace.Read(work)
	if err != nil {
		return nil, err
	}
	loaded := uses.Loaded(dist.BaseExecutable)
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		return loaded, &FailedError{code}
	}
	return loaded, nil
}

// likeItself makes the recording environment one that does not show in sys.prefix, below
// which programs look for what they load.
func likeItself(site string) error {
	const code = "import sys; sys.prefix, sys.exec_prefix = sys.base_prefix, sys.base_exec_prefix\n"
	return os.WriteFile(filepath.Join(site, "a_llgo_prefix.pth"), []byte(code), 0o644)
}
