package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
)

// buildCommand runs `llgo build` with one of our flags.
func buildCommand(ctx context.Context, args []string) int {
	var size sizeFlags
	opts, json, err := parseBuild(args, "llgo help build", size.define)
	u := newUI(json, opts.Flags.Verbose)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpBuild)
		return exitOK
	}
	if err == nil {
		err = size.check("llgo help build")
	}
	if err != nil {
		return report(u, err)
	}
	return packaged(ctx, u, opts, size, assemble.Run)
}

// packaged makes a program and tells what came of it.
func packaged(ctx context.Context, u *ui, opts assemble.Options, size sizeFlags, run func(context.Context, assemble.Options) (*assemble.Summary, error)) int {
	opts.Sizes = size.on
	opts.Reporter, opts.Stdout, opts.Stderr, opts.Env = u, os.Stdout, os.Stderr, os.Environ()
	start := time.Now()
	summary, err := run(ctx, opts)
	if err != nil {
		return report(u, err)
	}
	u.summary(summary, time.Since(start))
	return report(u, u.sizes(&size, summary))
}

// summary tells what was built: where, how big, of what, how long it took.
func (u *ui) summary(s *assemble.Summary, took time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	seconds := float64(took.Milliseconds()) / 1000
	if u.event(map[string]any{
		"type": "summary", "path": s.Path, "compiler": s.Compiler, "python": s.Python, "size": s.Size, "unpacked": s.Unpacked,
		"files": s.Files, "modules": s.Modules, "native": s.Native, "distributions": s.Distributions,
		"unchanged": s.Unchanged, "seconds": seconds,
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
	again := ""
	if s.Unchanged {
		again = "unchanged, "
	}
	u.line("%s  %s%s, CPython %s, %d modules, %d native libraries, %s%.1f s", s.Path, megabytes(s.Size), unpacked, s.Python, s.Modules, s.Native, again, seconds)
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
