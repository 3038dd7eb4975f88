package store

import (
	"slices"
	"testing"
)

// entryOf is an entry of libraries and programs: what each file needs.
func entryOf(name string, resolved map[string]string, files map[string][]string) *Entry {
	e := &Entry{Name: name, Version: "1", Kind: KindLibrary, Resolved: resolved, Provides: map[string]string{}, id: name}
	for path, needed := range files {
		e.Files = append(e.Files, File{Path: path, Native: &Native{Format: "elf", Needed: needed}})
		e.Provides[path[len("lib/"):]] = path
	}
	e.sort()
	return e
}

// Of two libraries of a name the program has the one that it was resolved against, not
// that of a library which it needs earlier.
func TestLibraries(t *testing.T) {
	libc := []string{"libc.so.6"}
	z1 := entryOf("z1", nil, map[string][]string{"lib/z.so": libc})
	z2 := entryOf("z2", nil, map[string][]string{"lib/z.so": libc})
	a := entryOf("a", map[string]string{"z.so": "z1"}, map[string][]string{
		"lib/a.so": {"z.so", "inner.so", "gone.so"}, "lib/inner.so": {"a.so"}, // which need each other
	})
	prog := entryOf("prog", map[string]string{"a.so": "a", "z.so": "z2"}, map[string][]string{"lib/own.so": nil})
	entries := map[string]*Entry{"z1": z1, "z2": z2, "a": a, "prog": prog}

	found, missing, err := Libraries(entries, prog, &Native{Format: "elf", Needed: []string{"a.so", "own.so", "z.so", "nowhere.so", "libm.so.6"}})
	must(t, err)
	var got []string
	for _, l := range found {
		got = append(got, l.Name+" of "+l.Entry.Name)
	}
	if want := []string{"a.so of a", "own.so of prog", "z.so of z2", "inner.so of a"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !slices.Equal(missing, []string{"nowhere.so", "gone.so"}) {
		t.Errorf("missing %v", missing)
	}
	if !slices.Equal(found[0].Needs, []string{"z.so", "inner.so"}) {
		t.Errorf("a.so needs %v", found[0].Needs)
	}
	mac, missing, err := Libraries(entries, prog, &Native{Format: "mach-o", Needed: []string{"@rpath/z.so", "/usr/lib/libSystem.B.dylib"}})
	if err != nil || len(mac) != 1 || mac[0].Entry != z2 || len(missing) != 0 {
		t.Errorf("%v, %v, %v", mac, missing, err)
	}
}
