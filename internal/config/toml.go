package config

import (
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// leaf is a key of a document with its value, whatever way tables were written
// around it; an empty table is one too.
type leaf struct {
	path  []string
	line  int
	value node
}

// node is a value with where it stands.
type node struct {
	kind  unstable.Kind
	text  string // of a string or boolean
	line  int
	items []node // of an array
}

// all are the values of an array, or the only one.
func (n node) all() []node {
	if n.kind == unstable.Array {
		return n.items
	}
	return []node{n}
}

// String names the kind of value in a message.
func (n node) String() string {
	switch n.kind {
	case unstable.String:
		return fmt.Sprintf("the string %q", n.text)
	case unstable.Bool:
		return n.text
	case unstable.Array, unstable.ArrayTable:
		return "an array"
	case unstable.Table, unstable.InlineTable:
		return "a table"
	case unstable.Integer, unstable.Float:
		return "a number"
	}
	return "a date"
}

// leaves returns the leaves of a valid document.
func leaves(data []byte) []leaf {
	w := &walker{parser: &unstable.Parser{}}
	w.parser.Reset(data)
	var table []string
	for w.parser.NextExpression() {
		switch e := w.parser.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			path, line := w.key(e)
			table = path
			w.add(leaf{table, line, node{kind: e.Kind, line: line}})
		case unstable.KeyValue:
			w.pair(table, e)
		}
	}
	return w.leaves
}

// walker collects leaves.
type walker struct {
	parser *unstable.Parser
	leaves []leaf
}

func (w *walker) add(l leaf) { w.leaves = append(w.leaves, l) }

// key is the dotted key of a table or pair, and the line it is on.
func (w *walker) key(e *unstable.Node) (path []string, line int) {
	for it := e.Key(); it.Next(); {
		path = append(path, string(it.Node().Data))
		line = w.line(it.Node())
	}
	return path, line
}

// pair adds a key with its value; an inline table is as good as any other.
func (w *walker) pair(table []string, e *unstable.Node) {
	key, line := w.key(e)
	path := slices.Concat(table, key)
	value := e.Value()
	if value.Kind != unstable.InlineTable {
		w.add(leaf{path, line, w.value(value, line)})
		return
	}
	w.add(leaf{path, line, node{kind: unstable.Table, line: line}})
	for it := value.Children(); it.Next(); {
		w.pair(path, it.Node())
	}
}

// value is a value that is no table; line is the best that is known of where it
// stands.
func (w *walker) value(n *unstable.Node, line int) node {
	if n.Raw.Length > 0 {
		line = w.line(n)
	}
	v := node{kind: n.Kind, text: string(n.Data), line: line}
	if n.Kind == unstable.Array {
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.items = append(v.items, w.value(it.Node(), line))
			}
		}
	}
	return v
}

func (w *walker) line(n *unstable.Node) int { return w.parser.Shape(n.Raw).Start.Line }
