package compiler

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// stock is stock Go with the Python dialect of internal/dialect.
type stock struct{}

func (stock) Name() string { return "go" }

// Linked is false: the program loads libpython when it starts.
func (stock) Linked() bool { return false }

// Build compiles without cgo: what calls Python is purego, so a machine without
// a C compiler can build, and the executable needs nothing but the C library. A
// program that calls Python by cgo itself gets that.
// -trimpath is always on: what is shipped must not name the build machine.
func (stock) Build(ctx context.Context, job Job) error {
	if err := job.Flags.check(); err != nil && !job.Cgo {
		return err
	}
	work, err := os.MkdirTemp("", "llgo-py-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	args := []string{"build"}
	if job.Ahead { // the go command has no other way to compile all and link nothing
		args, job.Stdout = []string{"list", "-export", "-f="}, io.Discard
	}
	env := append(slices.Clone(job.Env), "CGO_ENABLED=0")
	link := job.Flags.LinkArgs
	if job.Cgo {
		if env, err = cgoEnv(ctx, job); err != nil {
			return err
		}
		if job.Packaged && len(link) == 0 {
			link = []string{stripped}
		}
	}
	if job.Python != nil {
		translated, err := dialect.Prepare(ctx, job.Program, dialect.Options{
			WorkDir: work, Modfile: job.Flags.Modfile, Overlay: job.Flags.Overlay, Onefile: job.Onefile, Payload: job.Payload, Env: env,
		})
		if err != nil {
			return err
		}
		args, env = append(args, translated.Flags...), translated.Env
		link = linkFlags(job)
	} else {
		args = append(args, job.Flags.ListFlags()...)
	}
	return run(ctx, job, append(args, commonFlags(job, link)...), env)
}

// cgoEnv is the environment of a build with cgo. The go command does not see what
// pkg-config says, and would take the objects that it compiled for another Python out of
// its cache; it does see the C flags, so the place is named there.
func cgoEnv(ctx context.Context, job Job) ([]string, error) {
	env := append(slices.Clone(job.Env), "CGO_ENABLED=1")
	if job.PkgConfig == "" {
		return env, nil
	}
	flags, err := gosource.Env(ctx, job.Env, "CGO_CFLAGS")
	if err != nil {
		return nil, err
	}
	place := sha256.Sum256([]byte(job.PkgConfig))
	return append(env, "PKG_CONFIG_PATH="+job.PkgConfig, fmt.Sprintf("CGO_CFLAGS=%s -DLLGO_PY_PYTHON_%x", flags[0], place[:8])), nil
}

func commonFlags(job Job, link []string) []string {
	flags := []string{"-trimpath"}
	flags = append(flags, job.Flags.Build...)
	for _, f := range job.Flags.List {
		if job.Python == nil || !strings.HasPrefix(f, "-mod=") { // Prepare brings its own -mod
			flags = append(flags, f)
		}
	}
	for _, l := range link {
		flags = append(flags, "-ldflags="+l)
	}
	if job.Flags.Verbose {
		flags = append(flags, "-v")
	}
	if job.Flags.Commands {
		flags = append(flags, "-x")
	}
	if !job.Ahead {
		flags = append(flags, "-o", job.Output)
	}
	return append(append(flags, "--"), job.Patterns...)
}

// stripped leaves the symbol table and DWARF out of a program that is to travel: a
// third of the Go part. Tracebacks and profiles do not need them, a debugger does;
// -ldflags="-s=0 -w=0" of the user's brings them back.
const stripped = "-s -w"

// linkFlags adds what the shim needs to the user's -ldflags. The go command
// lets the last matching -ldflags win, so ours go into each of the user's, and
// stand alone where there is none.
func linkFlags(job Job) []string {
	ours := fmt.Sprintf("%s -X %s=%s", dialect.LinkFlags, dialect.ConfigVariable, bootConfig(job))
	if job.Packaged {
		ours = stripped + " " + ours
	}
	if len(job.Flags.LinkArgs) == 0 {
		return []string{ours}
	}
	var all []string
	for _, l := range job.Flags.LinkArgs {
		// `-ldflags=pattern=flags`: the pattern ends at the first "=", and flags start with "-".
		pattern, flags, found := strings.Cut(l, "=")
		if !found || strings.HasPrefix(strings.TrimSpace(l), "-") {
			pattern, flags = "", l
		} else {
			pattern += "="
		}
		all = append(all, pattern+ours+" "+flags)
	}
	return all
}

func run(ctx context.Context, job Job, args, env []string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = job.Program.Dir, env
	cmd.Stdout, cmd.Stderr = job.Stdout, job.Stderr
	return gosource.Run(ctx, cmd)
}

// bootConfig is what the bootstrap reads at start.
func bootConfig(job Job) string { return programSettings(job).Encode() }

// programSettings say which Python the program uses. A packaged program finds
// everything beside itself; one for this machine is told where things are.
func programSettings(job Job) settings.Settings {
	d := job.Python
	s := settings.Settings{Minor: d.Minor, HandlesSignals: handlesSignals(job.Program)}
	if job.Packaged {
		s.LibPython, s.LibDir, s.Optimize, s.Farm = "lib/"+d.SONAME, d.LibDirName(), job.Optimize, job.Farm
		if job.Mapped {
			s.Modules = "lib/" + d.LibDirName() + "/" + modules.Name
		}
		return s
	}
	s.LibPython, s.LibDir, s.Prefix = d.LibPython, d.Stdlib, d.BasePrefix
	s.Executable, s.SitePaths = d.Executable, d.SitePackages
	return s
}

// handlesSignals reports whether the program itself asks for signals, so that
// Ctrl-C outside of Python is left to it.
func handlesSignals(prog *gosource.Program) bool {
	return slices.ContainsFunc(prog.Packages, func(p *gosource.Package) bool {
		return !p.Standard && !p.InLib() && slices.Contains(p.Imports, "os/signal")
	})
}
