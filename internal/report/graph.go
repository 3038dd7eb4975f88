package report

import (
	"container/heap"
	"path"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Step is one element of a chain of reasons.
type Step struct {
	Kind StepKind `json:"kind"`
	Name string   `json:"name"` // position, setting, module, path
	How  string   `json:"how"`  // how the step before leads here: "import", "try", "needs", …
}

// StepKind is what a step is.
type StepKind string

// The kinds of steps.
const (
	Place      StepKind = "place"     // a line of Go or a setting
	Literal    StepKind = "literal"   // Python source in a literal of Go
	StartUp    StepKind = "startup"   // what an interpreter imports on its way up
	PyModule   StepKind = "module"    //
	PyPackage  StepKind = "component" // a distribution, for files that belong to all of it
	InTree     StepKind = "file"      //
	EveryBuild StepKind = "always"    // what every packaged program has
)

// The ways that lead to a step, besides those of Module.Importers.
const (
	byAsking   = "asks"   // a line of Go asks for a module
	byBeing    = "is"     // a module is a file
	byCollect  = "brings" // a module's hook, or its use of ctypes, brings a file
	byMetadata = "has"    // a distribution has a file
	byLinking  = "needs"  // a file is linked with a library
)

// node is an element of the graph.
type node struct {
	kind StepKind
	name string
}

// edge leads from a node to what is there because of it.
type edge struct {
	from node
	how  string
}

// Graph answers why something is in a package.
type Graph struct {
	report *Report
	into   map[node][]edge // who is to blame for each node
	known  map[node]bool
}

// NewGraph makes the graph of a report.
func NewGraph(r *Report) *Graph {
	g := &Graph{report: r, into: map[node][]edge{}, known: map[node]bool{}}
	g.addModules()
	g.addAsked()
	g.addFiles()
	return g
}

// far is how far each way leads from the target: the less it explains, the farther.
var far = map[string]int{
	byAsking: 2, byBeing: 2, byImport: 2, byLinking: 2, byCollect: 3, byMetadata: 3, byIf: 4, byTry: 5, byDef: 5, byHook: 6, byPart: 6, byStub: 7,
}

func (g *Graph) add(from node, how string, to node) {
	g.known[to] = true
	g.into[to] = append(g.into[to], edge{from, how})
}

// moduleNode is the node of a name in the graph of imports.
func moduleNode(name string) node {
	switch {
	case name == helper.ImportedByStartup:
		return node{StartUp, name}
	case strings.HasPrefix(name, "<snippet:"):
		return node{Literal, name}
	}
	return node{PyModule, name}
}

func (g *Graph) addModules() {
	for _, m := range g.report.Modules {
		to := moduleNode(m.Name)
		g.known[to] = to.kind == PyModule && m.Name != helper.ImportedByProgram
		for how, importers := range m.Importers {
			for _, by := range importers {
				if by != helper.ImportedByProgram { // addAsked knows the lines
					g.add(moduleNode(by), how, to)
				}
			}
		}
	}
}

func (g *Graph) addAsked() {
	for _, a := range g.report.Asked {
		for _, by := range a.By {
			g.add(node{Place, by}, byAsking, moduleNode(a.Name))
		}
	}
}

func (g *Graph) addFiles() {
	for _, f := range g.report.Files {
		to := node{InTree, f.Path}
		g.known[to] = true
		if f.SetBy != "" {
			g.add(node{Place, f.SetBy}, byAsking, to)
		}
		switch {
		case f.Module != "":
			g.add(node{PyModule, f.Module}, byBeing, to)
			g.add(node{PyModule, f.Module}, byMetadata, node{PyPackage, f.Component})
		case f.AskedBy != "":
			g.add(node{PyModule, f.AskedBy}, byCollect, to)
		case strings.HasPrefix(f.Component, "pypi/") && f.Kind != bundle.Library:
			g.add(node{PyPackage, f.Component}, byMetadata, to)
		}
		for _, library := range f.Needs {
			g.add(to, byLinking, node{InTree, library})
		}
	}
	for _, f := range g.report.Files {
		if to := (node{InTree, f.Path}); len(g.into[to]) == 0 {
			g.add(g.owner(f), byMetadata, to)
		}
	}
}

// owner is what has a file that nobody asks for: the package in whose directory
// it lies, or every program: libpython, the interpreter.
func (g *Graph) owner(f File) node {
	dir, inside := bundle.InSitePackages(path.Dir(f.Path))
	for ; inside && dir != "."; dir = path.Dir(dir) {
		if n := (node{PyModule, strings.ReplaceAll(dir, "/", ".")}); len(g.into[n]) > 0 {
			return n
		}
	}
	return node{EveryBuild, "every packaged program"}
}

// Chain is a way from a line of Go, the first step, to what was asked about, the last.
type Chain []Step

// Why returns the shortest chain to a target from each place that leads there,
// the shortest first; from what every package has only after those. An import
// that is always carried out counts as less far than one that may not be.
func (g *Graph) Why(target Target) []Chain {
	next := map[node]edge{} // one step closer to the target
	var chains, other []Chain
	done := map[node]bool{}
	queue := &frontier{{target.node, edge{}, 0}}
	for queue.Len() > 0 {
		at := heap.Pop(queue).(reached)
		if done[at.node] {
			continue
		}
		done[at.node], next[at.node] = true, at.via
		switch at.node.kind {
		case Place:
			chains = append(chains, follow(at.node, target.node, next))
		case StartUp, EveryBuild:
			other = append(other, follow(at.node, target.node, next))
		}
		for _, e := range g.into[at.node] {
			if !done[e.from] {
				heap.Push(queue, reached{e.from, edge{at.node, e.how}, at.far + far[e.how]})
			}
		}
	}
	return append(chains, other...)
}

func follow(n, target node, next map[node]edge) Chain {
	chain := Chain{{Kind: n.kind, Name: n.name}}
	for n != target {
		e := next[n]
		n = e.from
		chain = append(chain, Step{n.kind, n.name, e.how})
	}
	return chain
}
