package unpack

// mismatch is a file of a tree that is not as its stamp says.
type mismatch struct{ path, reason string }

// compare looks at every file of the tree once, without reading any. One thread
// does it: with two, which would share the locks of the kernel's name cache, it
// took as long.
func (t *trust) compare(tree string, s rawStamp) *mismatch {
	look, err := newLooker(tree)
	if err != nil {
		return &mismatch{tree, "is missing"}
	}
	defer look.close()
	var bad *mismatch
	var got identity
	rest := s.each(func(path []byte, want *identity) bool {
		reason := "is missing"
		if look.stat(path, &got) {
			reason = t.differs(want, &got)
		}
		if reason != "" {
			bad = &mismatch{string(path), reason}
		}
		return reason == ""
	})
	if bad == nil && rest == nil {
		return &mismatch{"the stamp", "is damaged"}
	}
	return bad
}

// differs says in what got is not what the stamp recorded, "" if in nothing.
func (t *trust) differs(want, got *identity) string {
	switch {
	case got.uid != t.uid && !t.user(got.uid):
		return "belongs to someone else"
	case got.mode != want.mode:
		return "has another type or mode"
	case want.isDir():
		return "" // what is put into an empty directory is the program's business
	case got.size != want.size:
		return "has another size"
	case got.sec != want.sec || got.nsec != want.nsec:
		return "was changed"
	}
	return ""
}
