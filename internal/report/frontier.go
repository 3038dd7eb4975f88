package report

import "cmp"

// reached is a node on the way back from a target, and the step that leads from
// it one closer.
type reached struct {
	node node
	via  edge
	far  int
}

// frontier is a heap.Interface of what is reached, the nearest first; of equally
// near ones the order is that of names, so that an answer is always the same.
type frontier []reached

func (f frontier) Len() int { return len(f) }

func (f frontier) Less(i, j int) bool {
	a, b := f[i], f[j]
	return cmp.Or(
		cmp.Compare(a.far, b.far), cmp.Compare(a.node.kind, b.node.kind), cmp.Compare(a.node.name, b.node.name),
		cmp.Compare(a.via.from.name, b.via.from.name), cmp.Compare(a.via.how, b.via.how),
	) < 0
}

func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }

// Push implements heap.Interface.
func (f *frontier) Push(x any) { *f = append(*f, x.(reached)) }

// Pop implements heap.Interface.
func (f *frontier) Pop() any {
	last := len(*f) - 1
	x := (*f)[last]
	*f = (*f)[:last]
	return x
}
