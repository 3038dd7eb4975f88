// Benchmark measures what people feel: how long a build takes, cold and again
// without a change, how fast a packaged program starts next to the bare
// interpreter doing the same, and how big it is.
//
// Start-up is measured as whole processes, one run of each program in turn
// (interleaved), so that a machine that slows down slows all of them down.
// Minimum and median are given; compare ratios within one table, not figures of
// two tables.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

func main() {
	runs := flag.Int("runs", 20, "counted runs of each program")
	names := flag.String("apps", "hello,stdlib,matrix", "apps of testdata/apps")
	file := flag.String("json", "", "write the figures to this file as well")
	flag.Parse()
	if err := run(*runs, strings.Split(*names, ","), *file); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

// Report is everything that was measured.
type Report struct {
	Machine string        `json:"machine"`
	Runs    int           `json:"runs"`
	Apps    []*AppFigures `json:"apps"`
}

// AppFigures are the figures of one app.
type AppFigures struct {
	App         string   `json:"app"`
	BuildCold   float64  `json:"build_cold_s"`             // Go build cache and kept analyses empty, interpreter and tools in place
	BuildAgain  float64  `json:"build_again_s"`            // nothing changed
	Size        int64    `json:"size_bytes"`               // of the whole directory
	Files       int      `json:"files"`                    //
	Start       *Samples `json:"start_ms"`                 // the packaged program
	Interpreter *Samples `json:"interpreter_ms,omitempty"` // python -I -S doing the same, with the same libpython
	Ratio       float64  `json:"start_ratio,omitempty"`    // minimum of Start / minimum of Interpreter
}

func run(runs int, names []string, file string) error {
	work, err := os.MkdirTemp("", "llgo-py-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	llgo := filepath.Join(work, "llgo")
	if err := command("", nil, "go", "build", "-o", llgo, "./cmd/llgo"); err != nil {
		return err
	}
	report := &Report{Machine: machine(), Runs: runs}
	for _, name := range names {
		figures, err := measure(llgo, name, filepath.Join(work, name), runs)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		report.Apps = append(report.Apps, figures)
	}
	report.print()
	if file == "" {
		return nil
	}
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

func (r *Report) print() {
	fmt.Printf("%s, %d interleaved runs; ms are minimum / median\n\n", r.Machine, r.Runs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "app\tbuild cold s\tagain s\tsize MB\tfiles\tstart ms\tpython -I -S ms\tratio\t")
	for _, a := range r.Apps {
		ratio := "–"
		if a.Interpreter != nil {
			ratio = fmt.Sprintf("%.2f", a.Ratio)
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.1f\t%d\t%s\t%s\t%s\t\n", a.App, a.BuildCold, a.BuildAgain,
			float64(a.Size)/1e6, a.Files, a.Start, a.Interpreter, ratio)
	}
	w.Flush()
}
