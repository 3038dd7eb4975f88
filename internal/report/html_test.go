package report

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

func htmlOf(t *testing.T, r *Report) string {
	t.Helper()
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestPageNeedsNothingElse(t *testing.T) {
	page := htmlOf(t, sample())
	for _, bad := range []string{"<script", "http://", "https://", "<link", "<img", "@import", "url(", "src=", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, want := range []string{
		"<title>app: what is packaged</title>", "fast", "1.0+local", "Mozilla &lt;Public&gt; License", "unknown",
		"main.go:6:2", "github.com/Some/Lib", "1 required", "1 platform", "libpython3.14.so.1.0",
	} {
		if !strings.Contains(page, strings.ReplaceAll(want, "+", "&#43;")) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// What a distribution says of itself must not become part of the page.
func TestPageEscapes(t *testing.T) {
	const evil = `"><script>alert(1)</script><b a='`
	in := sampleInput()
	in.Plan.Distributions[0].License = evil
	in.Plan.Distributions[1].Version = evil
	in.Plan.Missing[0].Module = evil
	in.Plan.Missing = append(in.Plan.Missing, helper.Missing{Module: "m", Importers: []string{evil}, Reason: helper.MissingGuarded})
	in.Asked[0].By[0] = evil
	in.Program.Package = evil
	in.Manifest.Files[5].Path = "python/" + evil
	page := htmlOf(t, New(in))
	if strings.Contains(page, "<script") || strings.Contains(page, "<b a=") {
		t.Error("a name became markup")
	}
	if strings.Count(page, "&lt;script&gt;alert(1)") < 6 {
		t.Error("a name is not shown")
	}
}

// Every element is closed: what follows <!DOCTYPE> reads as XML but for <meta>.
func TestPageIsWellFormed(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(htmlOf(t, sample())))
	d.Strict, d.AutoClose, d.Entity = true, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// The tiles of the map have the areas of their sizes, lie within and do not overlap.
func TestTreemap(t *testing.T) {
	area := rect{10, 20, 600, 300}
	var tiles []tile
	var total int64
	for i := int64(1); i <= 40; i++ {
		tiles = append(tiles, tile{Size: i * i * i})
		total += i * i * i
	}
	squarify(tiles, area)
	for i, a := range tiles {
		want := area.W * area.H * float64(a.Size) / float64(total)
		if math.Abs(a.W*a.H-want) > 0.01 {
			t.Errorf("tile of %d has area %.2f, want %.2f", a.Size, a.W*a.H, want)
		}
		if a.X < area.X-0.01 || a.Y < area.Y-0.01 || a.X+a.W > area.X+area.W+0.01 || a.Y+a.H > area.Y+area.H+0.01 {
			t.Errorf("tile %+v is not within %+v", a.rect, area)
		}
		for _, b := range tiles[:i] {
			if min(a.X+a.W, b.X+b.W)-max(a.X, b.X) > 0.01 && min(a.Y+a.H, b.Y+b.H)-max(a.Y, b.Y) > 0.01 {
				t.Errorf("%+v and %+v overlap", a.rect, b.rect)
			}
		}
	}
	if big := tiles[0]; max(big.W/big.H, big.H/big.W) > 2 {
		t.Errorf("the largest tile is no square: %+v", big.rect)
	}
	squarify(nil, area) // a package without files
}
