package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
)

// buildCommand runs `llgo build` with one of our flags.
func buildCommand(ctx context.Context, args []string) int {
	opts, json, err := parseBuild(args)
	u := newUI(json, opts.Flags.Verbose)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpBuild)
		return exitOK
	}
	if err != nil {
		return report(u, err)
	}
	opts.Reporter, opts.Stdout, opts.Stderr, opts.Env = u, os.Stdout, os.Stderr, os.Environ()
	start := time.Now()
	summary, err := assemble.Run(ctx, opts)
	if err != nil {
		return report(u, err)
	}
	u.summary(summary, time.Since(start))
	return exitOK
}

// parseBuild reads the command line of `llgo build`.
func parseBuild(args []string) (opts assemble.Options, json bool, err error) {
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	opts.Flags.Define(fs)
	kind := string(compiler.Auto)
	fs.BoolVar(&json, "json", false, "")
	fs.BoolVar(&opts.Onedir, "py-onedir", false, "")
	fs.BoolVar(&opts.Onefile, "py-onefile", false, "")
	fs.BoolVar(&opts.NoInterpreter, "py-no-interpreter", false, "")
	fs.StringVar(&kind, "py-compiler", kind, "")
	fs.StringVar(&opts.Python, "py-python", "", "")
	fs.Var((*list)(&opts.Requirements), "py-requirement", "")
	fs.Var((*list)(&opts.HiddenImports), "py-hidden-import", "")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return opts, json, err
		}
		return opts, json, usagef("llgo help build", "%v", err)
	}
	if opts.Onedir && opts.Onefile {
		return opts, json, usagef("llgo help build", "--py-onedir and --py-onefile: one of them, please")
	}
	if opts.Compiler, err = compiler.ParseKind(kind); err != nil {
		return opts, json, usagef("llgo help build", "%v", err)
	}
	opts.Patterns = fs.Args()
	return opts, json, absolutePaths(&opts)
}

// absolutePaths resolves paths against the directory of -C, as the go command does.
func absolutePaths(opts *assemble.Options) error {
	dir, err := filepath.Abs(opts.Flags.Dir)
	if err != nil {
		return err
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return usagef("", "-C %s: not a directory", opts.Flags.Dir)
	}
	opts.Dir = dir
	for _, p := range []*string{&opts.Flags.Output, &opts.Flags.Modfile, &opts.Flags.Overlay, &opts.Python} {
		if *p == "" || filepath.IsAbs(*p) || p == &opts.Python && isName(dir, *p) {
			continue
		}
		// filepath.Join would drop the trailing slash that makes -o a directory.
		slash := ""
		if os.IsPathSeparator((*p)[len(*p)-1]) {
			slash = string(filepath.Separator)
		}
		*p = filepath.Join(dir, *p) + slash
	}
	return nil
}

// isName reports whether a value of --py-python is a managed version or the name
// of a command, and not a path.
func isName(dir, python string) bool {
	if assemble.IsManagedVersion(python) {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, python))
	return err != nil && !strings.ContainsRune(python, filepath.Separator)
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// summary tells what was built: where, how big, of what, how long it took.
func (u *ui) summary(s *assemble.Summary, took time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	seconds := float64(took.Milliseconds()) / 1000
	if u.event(map[string]any{
		"type": "summary", "path": s.Path, "compiler": s.Compiler, "python": s.Python, "size": s.Size, "unpacked": s.Unpacked,
		"files": s.Files, "modules": s.Modules, "native": s.Native, "distributions": s.Distributions, "seconds": seconds,
	}) {
		return
	}
	if s.Python == "" {
		u.line("%s (%s) uses no Python: nothing needs packaging", s.Path, megabytes(s.Size))
		return
	}
	if s.Files == 0 {
		u.line("%s (%s) runs on this machine only: it uses CPython %s where it is installed", s.Path, megabytes(s.Size), s.Python)
		return
	}
	unpacked := ""
	if s.Unpacked > 0 {
		unpacked = fmt.Sprintf(" (%s unpacked)", megabytes(s.Unpacked))
	}
	u.line("%s  %s%s, CPython %s, %d modules, %d native libraries, %.1f s", s.Path, megabytes(s.Size), unpacked, s.Python, s.Modules, s.Native, seconds)
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
