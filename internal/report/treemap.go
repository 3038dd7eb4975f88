package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// rect is a rectangle of the map, in the units of its view box.
type rect struct{ X, Y, W, H float64 }

// tile is what the map shows as one rectangle.
type tile struct {
	rect
	Name  string
	Title string // shown when one points at it
	Kind  ComponentKind
	Part  string  // of Sizes: "code", "python", "data"; "" for a component
	Size  int64   // bytes
	Tiles []tile  // inside of it
	Label string  // Name, as much of it as there is room for
	Font  float64 // size of the label
}

const (
	mapWidth, mapHeight = 1200, 640
	heading             = 20 // height of the line with a component's name
	gap                 = 2
)

// treemap lays out the components, each with its packages inside, by size.
func (r *Report) treemap() []tile {
	tiles := make([]tile, 0, len(r.Components))
	for i := range r.Components {
		c := &r.Components[i]
		if c.Sizes.Total > 0 {
			tiles = append(tiles, tile{Name: title(c), Kind: c.Kind, Size: c.Sizes.Total, Tiles: r.packages(c)})
		}
	}
	squarify(tiles, rect{0, 0, mapWidth, mapHeight})
	for i := range tiles {
		t := &tiles[i]
		t.label(heading)
		inner := rect{t.X + gap, t.Y + heading, t.W - 2*gap, t.H - heading - gap}
		if inner.W < 4 || inner.H < 4 {
			t.Tiles = nil
			continue
		}
		squarify(t.Tiles, inner)
		for j := range t.Tiles {
			t.Tiles[j].label(t.Tiles[j].H)
		}
	}
	return tiles
}

// packages are the tiles within a component: its Python packages and, beside
// them, native files and data of the same directories.
func (r *Report) packages(c *Component) []tile {
	type key struct{ name, part string }
	sums := map[key]int64{}
	for _, f := range r.Files {
		if f.Component == c.ID && f.Size > 0 {
			var s Sizes
			s.add(f.Kind, 1)
			part := "data"
			switch {
			case s.Code > 0:
				part = "code"
			case s.Python > 0:
				part = "python"
			}
			sums[key{r.lineOf(f, ByPackage), part}] += f.Size
		}
	}
	tiles := make([]tile, 0, len(sums))
	for k, size := range sums {
		tiles = append(tiles, tile{Name: path.Base(k.name), Kind: c.Kind, Part: k.part, Size: size})
	}
	return tiles
}

func title(c *Component) string {
	if c.Version == "" {
		return c.Name
	}
	return c.Name + " " + c.Version
}

// label writes as much of the name as fits into a line of the given height.
func (t *tile) label(height float64) {
	t.Title = fmt.Sprintf("%s: %s", t.Name, bytesText(t.Size))
	if t.Part != "" {
		t.Title += ", " + t.Part
	}
	t.Font = min(13, height*0.62)
	const perLetter = 0.63 // of the font's size
	room := int((t.W - 5) / (t.Font * perLetter))
	if t.Font < 7 {
		return
	}
	letters := []rune(t.Name)
	if dot := strings.LastIndexByte(t.Name, '.'); len(letters) > room && t.Part == "python" && dot >= 0 {
		letters = []rune(t.Name[dot:]) // ".linalg" says more than "numpy.…"
	}
	const few = 5 // letters and a … of which nobody reads anything
	if len(letters) > room && room < few {
		return
	}
	if len(letters) > room {
		letters = append(letters[:room-1:room-1], '…')
	}
	t.Label = string(letters)
}

// TextX is where the label begins.
func (t tile) TextX() float64 { return t.X + 5 }

// TextY is the base line.
func (t tile) TextY() float64 { return t.Y + t.Font + 2 }

// squarify gives each tile its share of the area, in rows whose rectangles are
// as nearly square as can be (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
func squarify(tiles []tile, area rect) {
	slices.SortFunc(tiles, func(a, b tile) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Part, b.Part))
	})
	var total int64
	for _, t := range tiles {
		total += t.Size
	}
	for len(tiles) > 0 {
		scale := area.W * area.H / float64(total)
		n := 1
		for n < len(tiles) && worst(tiles[:n+1], area, scale) <= worst(tiles[:n], area, scale) {
			n++
		}
		sum := sizeOf(tiles[:n])
		area = row(tiles[:n], area, float64(sum)*scale)
		total -= sum
		tiles = tiles[n:]
	}
}

func sizeOf(tiles []tile) (sum int64) {
	for _, t := range tiles {
		sum += t.Size
	}
	return sum
}

// worst is the worst ratio of sides in a row along the shorter side of an area.
func worst(tiles []tile, area rect, scale float64) float64 {
	side := min(area.W, area.H)
	sum := float64(sizeOf(tiles)) * scale
	largest, smallest := float64(tiles[0].Size)*scale, float64(tiles[len(tiles)-1].Size)*scale
	return max(side*side*largest/(sum*sum), sum*sum/(side*side*smallest))
}

// row places tiles along the shorter side and returns what is left of the area.
func row(tiles []tile, area rect, share float64) rect {
	across := area.W >= area.H // the row is a column at the left
	thickness, at := share/area.W, area.X
	if across {
		thickness, at = share/area.H, area.Y
	}
	sum := float64(sizeOf(tiles))
	for i := range tiles {
		part := float64(tiles[i].Size) / sum
		if across {
			tiles[i].rect = rect{area.X, at, thickness, area.H * part}
			at += area.H * part
		} else {
			tiles[i].rect = rect{at, area.Y, area.W * part, thickness}
			at += area.W * part
		}
	}
	if across {
		return rect{area.X + thickness, area.Y, area.W - thickness, area.H}
	}
	return rect{area.X, area.Y + thickness, area.W, area.H - thickness}
}

// bytesText is a number of bytes as people read it.
func bytesText(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}
