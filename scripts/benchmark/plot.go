package main

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// palette has a colour for each program that the most comparisons have.
var palette = slices.Concat(plotutil.SoftColors, plotutil.DarkColors)

// bars is a plot of groups of bars, on a logarithmic axis: what is compared lies
// between a few and a thousand. A value of 0 was not measured.
type bars struct {
	title, unit   string
	groups, names []string
	values        [][]float64 // by name, then by group
}

// save draws to a file; its name says the format (.svg).
func (b *bars) save(file string) error {
	p := plot.New()
	p.Title.Text, p.Y.Label.Text = b.title, b.unit
	p.Y.Tick.Marker = plot.TickerFunc(decades)
	p.Legend.Top, p.Legend.Left = true, true
	width := vg.Points(270 / float64(max(1, len(b.names)*len(b.groups))))
	for i, name := range b.names {
		chart, err := plotter.NewBarChart(logarithms(b.values[i]), width)
		if err != nil {
			return err
		}
		chart.Color, chart.LineStyle.Width = palette[i%len(palette)], 0
		chart.Offset = width * vg.Length(float64(i)-float64(len(b.names)-1)/2)
		p.Add(chart)
		p.Legend.Add(name, chart)
	}
	p.NominalX(b.groups...)
	p.Y.Min, p.Y.Max = 0, math.Ceil(p.Y.Max)+float64(len(b.names))/4 // room for the legend
	return p.Save(16*vg.Centimeter, 12*vg.Centimeter, file)
}

// logarithms are the heights of bars. The library's logarithmic scale has no place for
// the foot of a bar, which is at 0.
func logarithms(values []float64) plotter.Values {
	heights := make(plotter.Values, len(values))
	for i, v := range values {
		heights[i] = math.Log10(max(v, 1))
	}
	return heights
}

// decades marks the powers of ten between two logarithms, and what lies between them.
func decades(low, high float64) (ticks []plot.Tick) {
	for power := math.Ceil(low); power <= high; power++ {
		at := math.Pow(10, power)
		ticks = append(ticks, plot.Tick{Value: power, Label: strconv.FormatFloat(at, 'f', -1, 64)})
		for i := 2.0; i < 10; i++ {
			if minor := math.Log10(i * at); minor <= high {
				ticks = append(ticks, plot.Tick{Value: minor})
			}
		}
	}
	return ticks
}
