package env

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sizes of the drawing, in pixels. A layout library would draw fewer crossings; the
// graphs are small and nearly trees, and this has no versions.
const (
	charWidth = 7.3 // of 12px monospace
	boxHeight = 26
	rowStep   = 38
	columnGap = 70
	margin    = 16
)

var fills = map[string]string{
	NodeEnvironment: "#d7e8fa", NodeGeneration: "#eef4fb",
	"program": "#dff3df", "library": "#f5efd7", "data": "#f0f0f0", "distribution": "#eadff3", "python": "#eadff3", "bundle": "#dff3df",
}

var strokes = map[string]string{
	EdgeInterface: `stroke="#1f5fa8" stroke-width="2.5"`, EdgeWanted: `stroke="#333"`,
	EdgeLibrary: `stroke="#a07a1c"`, EdgeData: `stroke="#888" stroke-dasharray="4 3"`,
}

type box struct {
	Node
	x, y, width float64
}

// SVG draws the graph: environments on the left, each with its one link into it, and
// to the right what needs what.
func (g *Graph) SVG(w io.Writer) error {
	boxes, width, height := g.layout()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="monospace" font-size="12">`+"\n", width, height)
	for _, e := range g.Edges {
		from, to := boxes[e.From], boxes[e.To]
		x1, y1, x2, y2 := from.x+from.width, from.y+boxHeight/2, to.x, to.y+boxHeight/2
		fmt.Fprintf(&b, `<path d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" %s><title>%s</title></path>`+"\n",
			x1, y1, x1+columnGap/2, y1, x2-columnGap/2, y2, x2, y2, strokes[e.Kind], escape(strings.TrimSpace(e.Kind+" "+strings.Join(e.Names, " "))))
	}
	for _, n := range g.Nodes {
		d := boxes[n.ID]
		fmt.Fprintf(&b, `<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%d" rx="4" fill="%s" stroke="#555"/>`,
			escape(n.ID+" "+n.Kind), d.x, d.y, d.width, boxHeight, cmp.Or(fills[n.Kind], "#fff"))
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f">%s</text></g>`+"\n", d.x+8, d.y+17, escape(n.label()))
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (n Node) label() string { return strings.TrimSpace(n.Name + " " + n.Version) }

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// layout gives each node a column (the longest way to it) and a row, near what leads
// to it.
func (g *Graph) layout() (boxes map[string]box, width, height float64) {
	columns := g.columns()
	boxes = map[string]box{}
	x := float64(margin)
	for _, column := range columns {
		weight := map[string]float64{}
		for _, n := range column {
			weight[n.ID] = g.middle(n.ID, boxes)
		}
		slices.SortFunc(column, func(a, b Node) int {
			return cmp.Or(cmp.Compare(weight[a.ID], weight[b.ID]), strings.Compare(a.ID, b.ID))
		})
		widest := 0.0
		for row, n := range column {
			d := box{n, x, margin + float64(row*rowStep), 16 + charWidth*float64(utf8.RuneCountInString(n.label()))}
			boxes[n.ID] = d
			widest = max(widest, d.width)
			height = max(height, d.y+boxHeight+margin)
		}
		x += widest + columnGap
	}
	return boxes, max(x-columnGap+margin, 2*margin), max(height, 2*margin)
}

// middle is the mean height of what leads to a node.
func (g *Graph) middle(id string, boxes map[string]box) float64 {
	sum, n := 0.0, 0.0
	for _, e := range g.Edges {
		if from, ok := boxes[e.From]; ok && e.To == id {
			sum, n = sum+from.y, n+1
		}
	}
	return sum / max(n, 1)
}

// columns sorts the nodes by the length of the longest way to them. Entries were
// resolved against entries that were there before, so there are no cycles.
func (g *Graph) columns() [][]Node {
	depth := map[string]int{}
	for range g.Nodes {
		changed := false
		for _, e := range g.Edges {
			if depth[e.To] < depth[e.From]+1 {
				depth[e.To], changed = depth[e.From]+1, true
			}
		}
		if !changed {
			break
		}
	}
	var columns [][]Node
	for _, n := range g.Nodes {
		for len(columns) <= depth[n.ID] {
			columns = append(columns, nil)
		}
		columns[depth[n.ID]] = append(columns[depth[n.ID]], n)
	}
	return columns
}
