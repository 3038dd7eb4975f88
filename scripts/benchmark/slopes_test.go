package main

import (
	"math"
	"testing"
)

// growing is a report in which everything of a program costs base, and a file what each
// says for that number of files.
func growing(each func(files float64) float64, files ...int) *Report {
	r := &Report{}
	for _, n := range files {
		cost := 5 + float64(n)*each(float64(n))
		p := &Program{
			Name: onefile, Cold: &Build{CPU: cost, Peak: int64(cost * 1e6)}, Again: &Build{CPU: cost},
			FirstCPU: &Samples{cost, 2 * cost}, WarmCPU: &Samples{cost, 2 * cost}, Peak: int64(cost * 1e6),
		}
		r.Apps = append(r.Apps, &App{DataFiles: n, Programs: []*Program{p}})
	}
	return r
}

func TestSlopes(t *testing.T) {
	slopes := growing(func(float64) float64 { return 0.25 }, 100, 1000, 10000).slopes()
	if len(slopes) != 2 {
		t.Fatalf("%d slopes", len(slopes))
	}
	for _, s := range slopes {
		for _, f := range []struct{ got, want float64 }{{s.Cold, 250}, {s.Again, 250}, {s.First, 0.25}, {s.Warm, 0.25}, {s.Peak, 250}, {s.Start, 250}} {
			if math.Abs(f.got-f.want) > 1e-6 {
				t.Errorf("%d to %d: %v instead of %v", s.From, s.To, f.got, f.want)
			}
		}
	}
}

// Growth in proportion is told from growth with the square, with the base on both.
func TestSlopeTargets(t *testing.T) {
	for name, test := range map[string]struct {
		each   func(files float64) float64
		linear bool
	}{
		"linear":    {func(float64) float64 { return 0.001 }, true},
		"n log n":   {func(n float64) float64 { return 0.001 * math.Log(n) }, true},
		"quadratic": {func(n float64) float64 { return 0.001 * n / 1000 }, false},
		"n^1.5":     {func(n float64) float64 { return 0.001 * math.Sqrt(n) }, false},
		"nothing":   {func(float64) float64 { return 0 }, true},
		"less":      {func(n float64) float64 { return -0.0001 }, true},
		"noise":     {func(n float64) float64 { return 0.4 / n * math.Sin(n) }, true},
	} {
		targets := growing(test.each, 100, 1000, 10000, 30000).slopeTargets()
		if len(targets) != len(grows)+2 {
			t.Fatalf("%d targets", len(targets))
		}
		for _, target := range targets[:len(grows)] {
			if target.Unknown || (target.Measured <= target.Limit) != test.linear {
				t.Errorf("%s: %s: %+v", name, target.What, target)
			}
		}
	}
	if targets := growing(func(float64) float64 { return 1 }, 100, 1000).slopeTargets(); len(targets) != 0 {
		t.Errorf("one slope is compared: %+v", targets[0])
	}
}

// The largest process is another one with few files than with many.
func TestMemoryOfTheLargestProcess(t *testing.T) {
	r := growing(func(float64) float64 { return 0.001 }, 100, 1000, 10000, 30000)
	for i, peak := range []int64{97e6, 97e6, 106e6, 148e6} {
		r.Apps[i].Programs[0].Cold.Peak = peak
	}
	target := r.slopeTargets()[ofMemory]
	if target.What != "memory of a build, each file" || target.Measured > 0.5 || target.Measured < 0.4 {
		t.Errorf("%+v", target)
	}
}

// Of the payload it is the memory that counts; programs with files have no such target.
func TestPayloadTargets(t *testing.T) {
	r := growing(func(float64) float64 { return 0.001 }, 1000)
	r.Apps = append(r.Apps, &App{Payload: 2 << 30, Programs: []*Program{{Name: onefile, Cold: &Build{Peak: 299e6}, Peak: 301e6}}})
	targets := r.payloadTargets()
	if len(targets) != 2 || targets[0].Measured != 299 || targets[1].Measured != 301 || targets[0].Limit != 300 {
		t.Errorf("%+v", targets)
	}
}
