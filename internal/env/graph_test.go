package env

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

var digits = regexp.MustCompile(`,[0-9a-f]{16}`)

func TestGraph(t *testing.T) {
	f := newFixture(t)
	f.library("libb", "1.0")
	f.library("liba", "1.0", "libb.so.1")
	f.program("hello", "1.0", "liba.so.1", "libb.so.1")
	f.add(store.KindData, "hello-doc", "1.0", tree{"share/doc/hello/a<b>": "&"})
	f.program("other", "2.0", "libb.so.1")
	f.create("one", "hello", "other")
	f.create("two", "hello")
	f.create("empty")
	g, err := f.set.Graph()
	must(t, err)

	var text bytes.Buffer
	must(t, g.Text(&text))
	want := `empty
  → generation 1
one
  → generation 1
    hello,1.0  program
      with hello-doc,1.0
      liba.so.1 → liba,1.0
        libb.so.1 → libb,1.0
      libb.so.1 → libb,1.0
    other,2.0  program
      libb.so.1 → libb,1.0
two
  → generation 1
    hello,1.0  program  (see above)
`
	if got := digits.ReplaceAllString(text.String(), ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	// Each environment has one link into it.
	into := map[string]int{}
	for _, e := range g.Edges {
		if g.node(e.From).Kind == NodeEnvironment {
			into[e.From]++
		}
	}
	if len(into) != 3 || into["one"] != 1 || into["two"] != 1 || into["empty"] != 1 {
		t.Errorf("links into the graph: %v", into)
	}

	var first, again, svg, svg2 bytes.Buffer
	must(t, g.JSON(&first))
	must(t, g.SVG(&svg))
	g2, err := f.set.Graph("two", "empty", "one")
	must(t, err)
	must(t, g2.JSON(&again))
	must(t, g2.SVG(&svg2))
	if first.String() != again.String() || svg.String() != svg2.String() {
		t.Error("two graphs of the same environments differ")
	}
	var back Graph
	if err := json.Unmarshal(first.Bytes(), &back); err != nil || len(back.Nodes) != len(g.Nodes) || len(back.Edges) != len(g.Edges) {
		t.Errorf("%v", err)
	}
	counts := elements(t, svg.Bytes())
	if counts["rect"] != len(g.Nodes) || counts["path"] != len(g.Edges) || counts["text"] != len(g.Nodes) {
		t.Errorf("drawn: %v; %d nodes, %d edges", counts, len(g.Nodes), len(g.Edges))
	}

	one, err := f.set.Graph("two")
	must(t, err)
	if len(one.Nodes) != 6 {
		t.Errorf("%+v", one.Nodes)
	}
	if _, err := f.set.Graph("none"); !errors.As(err, new(*MissingError)) {
		t.Errorf("%v", err)
	}
}

// No box lies on another, and every edge goes to the right.
func TestLayout(t *testing.T) {
	g := &Graph{}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		g.Nodes = append(g.Nodes, Node{ID: id, Name: strings.Repeat(id, 5)})
	}
	for _, e := range []string{"ab", "ac", "bd", "cd", "ad", "de", "ae"} {
		g.Edges = append(g.Edges, Edge{From: e[:1], To: e[1:]})
	}
	boxes, width, height := g.layout()
	for _, e := range g.Edges {
		if from, to := boxes[e.From], boxes[e.To]; from.x+from.width >= to.x {
			t.Errorf("%s → %s goes back", e.From, e.To)
		}
	}
	for _, a := range boxes {
		for _, b := range boxes {
			if a.ID != b.ID && a.x < b.x+b.width && b.x < a.x+a.width && a.y < b.y+boxHeight && b.y < a.y+boxHeight {
				t.Errorf("%s lies on %s", a.ID, b.ID)
			}
		}
		if a.x+a.width > width || a.y+boxHeight > height {
			t.Errorf("%s is cut off", a.ID)
		}
	}
}

func elements(t *testing.T, data []byte) map[string]int {
	t.Helper()
	counts := map[string]int{}
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return counts
		}
		must(t, err)
		if start, ok := token.(xml.StartElement); ok {
			counts[start.Name.Local]++
		}
	}
}
