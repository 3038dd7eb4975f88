package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

const helpConfig = `Usage: llgo py config [flags of llgo build] [package]

Prints the settings that llgo build would use with these flags, and where each
comes from: a flag, file and line, or the default.

What can be given as a flag --py-<name> can be kept in a pyproject.toml beside
go.mod; what differs between operating systems in a table of their own:

    [tool.llgo-py]
    hidden-import = ["plugins.csv"]
    add-data = ["assets:assets"]
    path = ["py"]
    no-interpreter = true

    [tool.llgo-py.linux]          # or .darwin, .windows
    collect-binaries = ["audio"]

Values of a list add up: the file's, then those of the system's table, then the
flags'. Of everything else the last one counts, so flags win. Paths in the file
are relative to the file. An unknown name or a value of the wrong kind is an
error. --py-onedir and --py-onefile are flags only.

Flags:
    -json                    one JSON object per setting
    (and all flags of llgo build)

Examples:
    llgo py config
    llgo py config --py-hidden-import plugins.json ./cmd/app
`

// configCommand runs `llgo py config`.
func configCommand(ctx context.Context, args []string) int {
	opts, json, err := parseBuild(args, "llgo py help config")
	u := newUI(json, false)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpConfig)
		return exitOK
	}
	if err != nil {
		return report(u, err)
	}
	module, err := gosource.ModuleDir(ctx, gosource.Config{
		Dir: opts.Dir, Flags: opts.Flags.ListFlags(), Patterns: opts.Patterns, Env: os.Environ(),
	})
	if err != nil {
		return report(u, err)
	}
	set, err := config.Resolve(opts.Given, config.Place{Dir: opts.Dir, Module: module, OS: runtime.GOOS})
	if err != nil {
		return report(u, err)
	}
	u.settings(set.All())
	return exitOK
}

// settings prints a line for each value, or an event for each setting.
func (u *ui) settings(all []config.Setting) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, s := range all {
		if u.event(map[string]any{"type": "setting", "name": s.Name, "list": s.List, "values": valuesFrom(s.Values)}) {
			continue
		}
		for _, v := range s.Values {
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, v.Value, v.From)
		}
		if len(s.Values) == 0 {
			fmt.Fprintf(w, "%s\t-\t%s\n", s.Name, config.Origin{})
		}
	}
}

// valuesFrom are values as events have them.
func valuesFrom(values []config.String) []map[string]string {
	list := []map[string]string{}
	for _, v := range values {
		list = append(list, map[string]string{"value": v.Value, "from": v.From.String()})
	}
	return list
}
