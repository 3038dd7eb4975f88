package cli

import (
	"flag"
	"os"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	buildreport "github.com/llgo-pypack/llgo-pypack/internal/report"
)

// sizeFlags are llgo's own flags for a report of sizes, with its defaults and its
// words; of a packaged program they tell of the Python side as well.
type sizeFlags struct {
	on            bool
	format, level string
}

func (s *sizeFlags) define(fs *flag.FlagSet) {
	fs.BoolVar(&s.on, "size", false, "")
	fs.StringVar(&s.format, "size-format", "text", "")
	fs.StringVar(&s.level, "size-level", string(buildreport.ByModule), "")
}

// check refuses values that llgo refuses.
func (s *sizeFlags) check(help string) error {
	if s.format != "text" && s.format != "json" {
		return usagef(help, "-size-format=%s: must be text or json", s.format)
	}
	if !slices.Contains(buildreport.Levels, buildreport.Level(s.level)) {
		return usagef(help, "-size-level=%s: must be module, package or full", s.level)
	}
	return nil
}

// sizes prints the table that was asked for, on stdout, as llgo does.
func (u *ui) sizes(s *sizeFlags, summary *assemble.Summary) error {
	r := summary.Report
	if r == nil {
		return nil
	}
	level := buildreport.Level(s.level)
	if u.event(map[string]any{"type": "size", "binary": summary.Path, "level": level, "modules": r.SizesBy(level)}) {
		return nil
	}
	if s.format == "json" {
		return r.WriteSizesJSON(os.Stdout, summary.Path, level)
	}
	return r.WriteSizes(os.Stdout, summary.Path, level)
}
