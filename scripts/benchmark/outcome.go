package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

// outcome is what a benchmark found: tables for people, the figures behind them,
// and where it helps a plot.
type outcome struct {
	about  string // a line on the machine and the method
	tables []*table
	data   any // encoded as JSON
	plot   *bars
}

// table is shown as text or as Markdown.
type table struct {
	head []string
	rows [][]string
	note string // below it: what the columns mean
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the tables, and writes the files that are asked for.
func (r *outcome) write(o options) error {
	fmt.Println(r.about)
	for _, t := range r.tables {
		fmt.Println()
		t.text(os.Stdout)
	}
	if o.markdown != "" {
		if err := os.WriteFile(o.markdown, []byte(r.markdown()), 0o644); err != nil {
			return err
		}
	}
	if o.svg != "" && r.plot != nil {
		if err := r.plot.save(o.svg); err != nil {
			return err
		}
	}
	if o.json == "" {
		return nil
	}
	data, err := json.MarshalIndent(r.data, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(data, '\n'), 0o644)
}

func (t *table) text(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{t.head}, t.rows...) {
		fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
	}
	tw.Flush()
	if t.note != "" {
		fmt.Fprintf(w, "\n%s\n", t.note)
	}
}

func (r *outcome) markdown() string {
	var b strings.Builder
	fmt.Fprintln(&b, r.about)
	for _, t := range r.tables {
		line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
		b.WriteByte('\n')
		line(t.head)
		fmt.Fprintln(&b, "|"+strings.Repeat("--|", len(t.head)))
		for _, row := range t.rows {
			line(row)
		}
		if t.note != "" {
			fmt.Fprintf(&b, "\n%s\n", t.note)
		}
	}
	return b.String()
}

// intList is the value of a flag: whole numbers, with commas between.
type intList []int

func (l *intList) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(*l), " ", ","), "[]")
}

func (l *intList) Set(value string) error {
	*l = nil
	for part := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number of files", part)
		}
		*l = append(*l, n)
	}
	return nil
}
