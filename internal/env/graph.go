package env

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// The kinds of nodes besides those of entries, and of edges.
const (
	NodeEnvironment = "environment"
	NodeGeneration  = "generation"

	EdgeInterface = "interface" // environment → its current generation: the one link in
	EdgeWanted    = "wanted"    // generation → what was asked for
	EdgeLibrary   = "library"   // entry → what its native files were resolved against
	EdgeData      = "data"      // entry → its plain files
)

// Graph is what environments consist of: entries, and what links them. Each
// environment has one link into it. The same environments give the same graph.
type Graph struct {
	Schema int    `json:"schema"`
	Nodes  []Node `json:"nodes"` // sorted by ID
	Edges  []Edge `json:"edges"` // sorted
}

// Node is an environment, a generation or an entry.
type Node struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Size    int64  `json:"size,omitempty"` // bytes, of an entry
}

// Edge is one link; Names are the SONAMEs behind one of kind library.
type Edge struct {
	From  string   `json:"from"`
	To    string   `json:"to"`
	Kind  string   `json:"kind"`
	Names []string `json:"names,omitempty"`
}

// Graph returns the graph of some environments, of all if none is named. Of one that
// was made by hand nothing is known.
func (s *Set) Graph(names ...string) (*Graph, error) {
	all := len(names) == 0
	if all {
		var err error
		if names, err = s.Names(); err != nil {
			return nil, err
		}
	}
	g := &Graph{Schema: schema, Nodes: []Node{}, Edges: []Edge{}}
	for _, name := range names {
		e, err := s.Current(name)
		if damaged := (*DamagedError)(nil); all && errors.As(err, &damaged) {
			g.Nodes = append(g.Nodes, Node{ID: name, Kind: NodeEnvironment, Name: name})
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := s.graph(g, e); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(g.Nodes, func(a, b Node) int { return strings.Compare(a.ID, b.ID) })
	g.Nodes = slices.Compact(g.Nodes)
	g.Edges = slices.DeleteFunc(g.Edges, func(e Edge) bool { return !g.has(e.From) || !g.has(e.To) })
	slices.SortFunc(g.Edges, func(a, b Edge) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.Kind, b.Kind), strings.Compare(a.To, b.To))
	})
	g.Edges = slices.CompactFunc(g.Edges, func(a, b Edge) bool { return a.From == b.From && a.To == b.To && a.Kind == b.Kind })
	return g, nil
}

func (s *Set) graph(g *Graph, e *Environment) error {
	generation := fmt.Sprintf("%s:%d", e.Name, e.Generation)
	g.Nodes = append(g.Nodes,
		Node{ID: e.Name, Kind: NodeEnvironment, Name: e.Name},
		Node{ID: generation, Kind: NodeGeneration, Name: fmt.Sprintf("generation %d", e.Generation)})
	g.Edges = append(g.Edges, Edge{From: e.Name, To: generation, Kind: EdgeInterface})
	for _, m := range e.Members {
		entry, err := s.store.Find(m.Entry)
		if err != nil {
			return err
		}
		g.Nodes = append(g.Nodes, Node{m.Entry, entry.Kind, entry.Name, entry.Version, entry.Size})
		g.Edges = append(g.Edges, libraryEdges(entry)...)
		switch m.Role {
		case RoleWanted:
			g.Edges = append(g.Edges, Edge{From: generation, To: m.Entry, Kind: EdgeWanted})
		case RoleData:
			for _, of := range m.For {
				g.Edges = append(g.Edges, Edge{From: of, To: m.Entry, Kind: EdgeData})
			}
		}
	}
	return nil
}

// libraryEdges are the entries that one was resolved against, each once.
func libraryEdges(e *store.Entry) []Edge {
	names := map[string][]string{}
	for soname, id := range e.Resolved {
		names[id] = append(names[id], soname)
	}
	var edges []Edge
	for id, sonames := range names {
		slices.Sort(sonames)
		edges = append(edges, Edge{From: e.ID(), To: id, Kind: EdgeLibrary, Names: sonames})
	}
	return edges
}

func (g *Graph) find(id string) (int, bool) {
	return slices.BinarySearchFunc(g.Nodes, id, func(n Node, id string) int { return strings.Compare(n.ID, id) })
}

func (g *Graph) has(id string) bool {
	_, ok := g.find(id)
	return ok
}

func (g *Graph) node(id string) Node {
	i, _ := g.find(id)
	return g.Nodes[i]
}

// from returns the edges that leave a node, in their order.
func (g *Graph) from(id string) []Edge {
	i, _ := slices.BinarySearchFunc(g.Edges, id, func(e Edge, id string) int { return strings.Compare(e.From, id) })
	j := i
	for j < len(g.Edges) && g.Edges[j].From == id {
		j++
	}
	return g.Edges[i:j]
}

// JSON writes the graph.
func (g *Graph) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(g)
}

// Text writes a tree for each environment. What was shown before with all below it is
// not shown again.
func (g *Graph) Text(w io.Writer) error {
	t := textWriter{g: g, w: w, seen: map[string]bool{}}
	for _, n := range g.Nodes {
		if n.Kind == NodeEnvironment {
			t.line(0, n.Name)
			t.below(n.ID, 1)
		}
	}
	return t.err
}

type textWriter struct {
	g    *Graph
	w    io.Writer
	seen map[string]bool
	err  error
}

func (t *textWriter) line(depth int, text string) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, "%s%s\n", strings.Repeat("  ", depth), text)
	}
}

func (t *textWriter) below(id string, depth int) {
	for _, e := range t.g.from(id) {
		n := t.g.node(e.To)
		text := n.ID + "  " + n.Kind
		switch e.Kind {
		case EdgeInterface:
			text = "→ " + n.Name
		case EdgeLibrary:
			text = strings.Join(e.Names, " ") + " → " + n.ID
		case EdgeData:
			text = "with " + n.ID
		}
		shown := t.seen[n.ID] && len(t.g.from(n.ID)) > 0
		if shown {
			text += "  (see above)"
		}
		t.line(depth, text)
		if !shown {
			t.seen[n.ID] = true
			t.below(n.ID, depth+1)
		}
	}
}
