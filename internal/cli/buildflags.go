package cli

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/nearest"
)

// parseBuild reads the command line of `llgo build`, which other commands about a
// build share; help is the topic that explains it.
// more defines the flags of such a command.
func parseBuild(args []string, help string, more ...func(fs *flag.FlagSet)) (opts assemble.Options, json bool, err error) {
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	opts.Given = &config.Flags{}
	opts.Flags.Define(fs)
	opts.Given.Define(fs)
	fs.BoolVar(&json, "json", false, "")
	for _, define := range more {
		define(fs)
	}
	if err := fs.Parse(args); err != nil {
		return opts, json, flagError(fs, err, help)
	}
	if err := opts.Given.Check(); err != nil {
		return opts, json, usagef(help, "%v", err)
	}
	if opts.Given.On("onedir") && opts.Given.On("onefile") {
		return opts, json, usagef(help, "--py-onedir and --py-onefile: one of them, please")
	}
	opts.Patterns = fs.Args()
	return opts, json, absolutePaths(&opts)
}

// flagError is an error of fs.Parse in words of ours: an unknown flag comes with
// the one that was perhaps meant.
func flagError(fs *flag.FlagSet, err error, help string) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		var known []string
		fs.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		if near := nearest.Of(name, known); near != "" {
			return usagef(help, "unknown flag %s: did you mean %s?", dashed(name), dashed(near))
		}
		return usagef(help, "unknown flag %s", dashed(name))
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return usagef(help, "%s needs a value", dashed(name))
	}
	return usagef(help, "%v", err)
}

// dashed is a flag as its documentation has it: ours with two dashes, the go
// command's with one.
func dashed(name string) string {
	if strings.HasPrefix(name, config.FlagPrefix) {
		return "--" + name
	}
	return "-" + name
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
	for _, p := range []*string{&opts.Flags.Output, &opts.Flags.Modfile, &opts.Flags.Overlay} {
		if *p == "" || filepath.IsAbs(*p) {
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
