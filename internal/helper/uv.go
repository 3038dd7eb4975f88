package helper

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// uv runs the uv of the native tools. Indexes, credentials, proxies and the cache
// are those of the user's own settings; it is told never to look for or download
// an interpreter, because the interpreter is given.
type uv struct {
	path    string
	verbose io.Writer
}

// run executes uv in dir and returns its standard output. Lines like
// "Downloading numpy (16.2MiB)" become steps of task.
func (u uv) run(ctx context.Context, what, dir string, task progress.Task, args ...string) (string, error) {
	bytecode, err := pydist.BytecodeDir()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, u.path, append([]string{"--color", "never"}, args...)...)
	cmd.Dir = dir
	cmd.Env = uvEnv(os.Environ(), dir, bytecode)
	stderr := prepare(cmd, u.verbose)
	cmd.Stderr = io.MultiWriter(cmd.Stderr, &lines{each: downloaded(task)})
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		said := reqs.HideCredentials(stderr.String())
		return "", &Error{
			Text:   fmt.Sprintf("cannot %s: %s", what, uvReason(err, said)),
			Next:   uvHint(said),
			Output: said,
		}
	}
	return stdout.String(), nil
}

func downloaded(task progress.Task) func(line string) {
	done := 0
	return func(line string) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Downloading "); ok {
			task.Step(done, name)
			done++
		}
	}
}

// uvReason makes one line of what uv says when it fails:
//
//	error: No solution found when resolving dependencies
//	  cause: Because there is no version of numpy==99 and you require numpy==99,
//	         we can conclude that your requirements are unsatisfiable.
//
// The last cause says most, and the first line what it was about.
func uvReason(err error, stderr string) string {
	_, message, found := strings.Cut("\n"+stderr, "\nerror: ")
	if !found {
		if last := lastLine(stderr); last != "" {
			return oneLine(last)
		}
		return ended(err)
	}
	message, _, _ = strings.Cut(message, "\nhint: ")
	parts := strings.Split(message, "\n  cause: ")
	reason := parts[0]
	if len(parts) > 1 {
		reason += ": " + parts[len(parts)-1]
	}
	return strings.TrimSuffix(oneLine(reason), ".")
}

// uvHint is the first hint that uv gives, or nothing.
func uvHint(stderr string) string {
	_, hint, found := strings.Cut("\n"+stderr, "\nhint: ")
	if !found {
		return ""
	}
	hint, _, _ = strings.Cut(hint, "\nhint: ")
	return oneLine(hint)
}

// uvEnv removes what would point uv, or the interpreter that it starts, to
// another environment than the one it is given, and what would leave hashes
// unchecked or links to uv's own cache in it. Distributions that have to be
// built run that interpreter as well, which must not write beside its modules.
func uvEnv(env []string, dir, bytecode string) []string {
	var kept []string
	for _, e := range pydist.CleanEnv(env) {
		switch name, _, _ := strings.Cut(e, "="); name {
		case "VIRTUAL_ENV", "CONDA_PREFIX", "PWD", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_BREAK_SYSTEM_PACKAGES",
			"UV_PROJECT_ENVIRONMENT", "UV_VENV_SEED", "UV_VENV_CLEAR", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY", "UV_COMPILE_BYTECODE",
			"UV_NO_VERIFY_HASHES", "UV_REQUIRE_HASHES", "UV_LINK_MODE":
		default:
			kept = append(kept, e)
		}
	}
	return append(kept, "PWD="+dir, "UV_PYTHON_DOWNLOADS=never", "UV_NO_PROGRESS=1", "PYTHONPYCACHEPREFIX="+bytecode)
}

// uvPath is where pip puts uv's executable below a target directory.
func uvPath(native string) string { return filepath.Join(native, "bin", "uv") }
