package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Report is everything that was measured.
type Report struct {
	Machine    string    `json:"machine"`
	Python     string    `json:"python"` // what was packaged: "managed", or the path that was given
	LoadBefore string    `json:"load_before,omitempty"`
	LoadAfter  string    `json:"load_after,omitempty"` // load averages of 1, 5 and 15 minutes; "" where there is no /proc
	Runs       int       `json:"runs"`
	Firsts     int       `json:"firsts"`
	Apps       []*App    `json:"apps"`
	Growth     []*Slope  `json:"growth,omitempty"`
	Targets    []*Target `json:"targets,omitempty"`
}

// App is an app of testdata/apps with the programs that do the same.
type App struct {
	Name     string     `json:"app"`
	Programs []*Program `json:"programs"`

	// What it brings along, if that is what is measured.
	DataFiles int   `json:"data_files,omitempty"`
	Payload   int64 `json:"payload_bytes,omitempty"`

	source string // the app that it is made from; "" is the one of that name
}

// Program is an app as one packager made it, or the bare interpreter doing the
// same. What was not measured, or has no meaning for a program, is left out.
type Program struct {
	Name     string   `json:"program"`
	Missing  string   `json:"missing,omitempty"` // why there is none
	Note     string   `json:"note,omitempty"`    // what is to be known for a comparison
	Versus   string   `json:"versus,omitempty"`  // the program of ours that it is to be compared with
	Cold     *Build   `json:"build_cold,omitempty"`
	Again    *Build   `json:"build_again,omitempty"`   // nothing changed
	Changed  *Build   `json:"build_changed,omitempty"` // a line of the program's own source was
	Size     int64    `json:"size_bytes,omitempty"`    // of the file, or the whole directory
	Files    int      `json:"files,omitempty"`
	Unpacked int64    `json:"unpacked_bytes,omitempty"` // in the cache after the first start
	Added    *Added   `json:"second,omitempty"`         // what it adds to the cache as the second program
	First    *Samples `json:"first_start_ms,omitempty"` // with an empty cache; of a program without one, just a start
	FirstCPU *Samples `json:"first_start_cpu_ms,omitempty"`
	Warm     *Samples `json:"warm_start_ms,omitempty"`
	WarmCPU  *Samples `json:"warm_start_cpu_ms,omitempty"`
	Peak     int64    `json:"peak_bytes,omitempty"` // resident memory of a start, its largest process

	argv []string
	env  []string // what it cannot start without
}

// Build is what a build took, in seconds. CPU is of all its processes, and says
// more than the wall time where other work runs beside it.
type Build struct {
	Wall float64 `json:"wall_s"`
	CPU  float64 `json:"cpu_s"`
	Peak int64   `json:"peak_bytes,omitempty"` // resident memory of its largest process
	All  int64   `json:"all_bytes,omitempty"`  // the most that all its processes had at one time; see watchMemory
}

// Added says what a program adds to a cache that another one has filled.
type Added struct {
	After string `json:"after"` // the other app
	Bytes int64  `json:"bytes"`
}

// Samples are times of whole processes, in milliseconds.
type Samples struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
}

// newSamples returns nil if nothing was measured.
func newSamples(times []float64) *Samples {
	if len(times) == 0 {
		return nil
	}
	slices.Sort(times)
	return &Samples{times[0], times[len(times)/2]}
}

func newReport(o options) *Report {
	r := &Report{Machine: machine(), Python: "managed", LoadBefore: loadAverage(), Runs: o.runs, Firsts: o.firsts}
	if o.python != "" {
		r.Python = o.python
	}
	for _, name := range o.apps {
		r.Apps = append(r.Apps, &App{Name: name})
	}
	return r
}

// program finds one by its name, or returns nil.
func (a *App) program(name string) *Program {
	for _, p := range a.Programs {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// rivals are the programs to be compared with one of ours.
func (a *App) rivals(our *Program) (all []*Program) {
	for _, p := range a.Programs {
		if p.Versus == our.Name {
			all = append(all, p)
		}
	}
	return all
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

func loadAverage() string {
	data, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(data))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
