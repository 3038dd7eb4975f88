package report

import (
	"cmp"
	"slices"
)

// Branch is a component in the tree of what uses what.
type Branch struct {
	Component *Component
	Depth     int
	// Again tells that it was shown before, with what it uses.
	Again bool
	// Deeper is how many components it uses that the limit of depth hides.
	Deeper int
	// Last says, for this depth and those above, whether there is a next one.
	Last []bool
}

// Tree lists the components as the program uses them, depth first, the largest
// first; each is opened once. A depth of 0 has no limit. CPython, which everything
// uses, is shown at the top only.
func (r *Report) Tree(depth int) []Branch {
	t := &tree{report: r, limit: depth, opened: map[string]bool{"program": true}}
	root := r.component("program")
	top := []*Component{}
	used := map[string]bool{"program": true}
	if root != nil {
		for _, id := range root.Uses {
			top, used[id] = append(top, r.component(id)), true
		}
	}
	// What nobody uses by import or link comes along all the same.
	for i := range r.Components {
		for _, id := range r.Components[i].Uses {
			used[id] = true
		}
	}
	for i := range r.Components {
		if c := &r.Components[i]; !used[c.ID] || c.Kind == CPython && !slices.Contains(top, c) {
			top = append(top, c)
		}
	}
	t.grow(top, 1, nil)
	return t.list
}

type tree struct {
	report *Report
	limit  int
	opened map[string]bool
	list   []Branch
}

func (t *tree) grow(children []*Component, depth int, last []bool) {
	children = slices.DeleteFunc(children, func(c *Component) bool {
		return c == nil || c.ID == "program" || depth > 1 && c.Kind == CPython
	})
	slices.SortFunc(children, func(a, b *Component) int {
		return cmp.Or(cmp.Compare(b.Sizes.Total, a.Sizes.Total), cmp.Compare(a.ID, b.ID))
	})
	for i, c := range children {
		below := t.below(c)
		b := Branch{Component: c, Depth: depth, Last: append(slices.Clone(last), i == len(children)-1)}
		b.Again = t.opened[c.ID] && len(below) > 0
		t.opened[c.ID] = true
		if t.limit > 0 && depth >= t.limit && !b.Again {
			b.Deeper = len(below)
		}
		t.list = append(t.list, b)
		if !b.Again && b.Deeper == 0 {
			t.grow(below, depth+1, b.Last)
		}
	}
}

// below are the components that one uses, without the standard library.
func (t *tree) below(c *Component) []*Component {
	if c.Kind == CPython { // its modules may try others' (readline, setuptools); it does not depend on them
		return nil
	}
	var list []*Component
	for _, id := range c.Uses {
		if used := t.report.component(id); used != nil && used.Kind != CPython && used.ID != "program" {
			list = append(list, used)
		}
	}
	return list
}
