package source

import (
	"path"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Member is a file of a tree that was made to be installed into a prefix, or a
// symbolic link there.
type Member struct {
	Path       string // where it is installed, without the leading slash: usr/bin/jq
	Link       string // what a symbolic link says
	Executable bool
	File       string // its content, on this disk
}

// A rule says where files below a directory of a usual prefix belong in an entry.
type rule struct {
	from *regexp.Regexp
	to   string
}

// Each rule is applied once, in this order. Debian's multiarch directories are told
// from others by the triplet of the system (policy 9.1.1).
var rules = []rule{
	{regexp.MustCompile(`^usr/(local/)?`), ""},
	{regexp.MustCompile(`^(sbin|games)/`), "bin/"},
	{regexp.MustCompile(`^lib64/`), "lib/"},
	{regexp.MustCompile(`^lib/[a-z0-9_]+-(linux|kfreebsd|gnu)(-(gnu|musl)[a-z0-9]*)?/`), "lib/"},
	{regexp.MustCompile(`^man/`), "share/man/"},
	{regexp.MustCompile(`^(etc/bash_completion\.d|share/bash-completion/completions)/`), "share/bash-completion/completions/"},
	{regexp.MustCompile(`^share/pkgconfig/`), "lib/pkgconfig/"},
}

// ofMachines are directories of which nothing belongs to an entry: they are the
// machine's own, and hold what changes.
var ofMachines = regexp.MustCompile(`^(var|run|tmp|dev|proc|sys|boot|srv|root|home)/`)

// inEntry is where a file belongs in an entry; "" if nowhere.
func inEntry(name string) string {
	for _, r := range rules {
		if at := r.from.FindStringIndex(name); at != nil {
			name = r.to + name[at[1]:]
		}
	}
	if ofMachines.MatchString(name) {
		return ""
	}
	return name
}

// Prefix lays out the members of a tree as entries have them, and says of which
// kind the entry is:
//
//   - the usual prefixes go: usr/, usr/local/, lib/<triplet>/;
//   - a shared library lies in lib/ by its SONAME, and its other names are links to
//     that; so does one in a directory of its own if a file of the tree needs it;
//   - a native program has its version in its name, bin/jq-1.6, and bin/jq is a link
//     to it, so that versions can lie side by side;
//   - absolute links are made relative; those that lead out of the tree go.
//
// Of d, name and version are set before.
func Prefix(d *store.Draft, members []Member) error {
	t := &tree{draft: d, placed: map[string]string{}, native: map[string]*store.Native{}, files: map[string]bool{}}
	d.Sources = map[string]string{}
	if err := t.read(members); err != nil {
		return err
	}
	needed := t.needed()
	for _, m := range members {
		if m.Link == "" {
			t.file(m, needed)
		}
	}
	for _, m := range members {
		if m.Link != "" {
			t.link(m)
		}
	}
	d.Entry.Kind = t.kind()
	return nil
}

// tree is a tree that is being laid out.
type tree struct {
	draft  *store.Draft
	placed map[string]string        // installed path → path in the entry, where it is not that of inEntry
	native map[string]*store.Native // by installed path
	files  map[string]bool          // paths in the entry that are taken
}

func (t *tree) read(members []Member) error {
	for _, m := range members {
		if m.Link != "" || inEntry(m.Path) == "" {
			continue
		}
		n, err := store.ReadNative(m.File)
		if err != nil {
			return err
		}
		if n != nil {
			t.native[m.Path] = n
		}
	}
	return nil
}

// needed are the names of libraries that files of the tree need.
func (t *tree) needed() map[string]bool {
	names := map[string]bool{}
	for _, n := range t.native {
		for _, name := range n.Needed {
			names[path.Base(name)] = true
		}
	}
	return names
}

// file takes a file.
func (t *tree) file(m Member, needed map[string]bool) {
	at := inEntry(m.Path)
	if at == "" {
		return
	}
	if n := t.native[m.Path]; n != nil {
		switch dir := path.Dir(at); {
		case n.SONAME != "" && strings.HasPrefix(at, "lib/") && (dir == "lib" || needed[n.SONAME]) && path.Base(n.SONAME) == n.SONAME:
			t.rename(m, at, path.Join("lib", n.SONAME))
			return
		case n.Interpreter != "" && dir == "bin":
			t.rename(m, at, ProgramName(at, t.draft.Entry.Version))
			return
		}
	}
	t.add(at, m)
}

// rename takes a file under another name than the one that it has, which becomes a
// link to it.
func (t *tree) rename(m Member, from, to string) {
	if from == to || t.files[to] {
		t.add(from, m)
		return
	}
	t.placed[m.Path] = to
	t.add(to, m)
	if path.Dir(from) == path.Dir(to) {
		t.addLink(from, path.Base(to))
	}
}

func (t *tree) add(at string, m Member) {
	if t.files[at] {
		t.dropLink(at)
	}
	t.files[at] = true
	t.draft.Sources[at] = m.File
	t.draft.Entry.Files = append(t.draft.Entry.Files, store.File{Path: at, Executable: m.Executable})
}

func (t *tree) addLink(at, target string) {
	if t.files[at] {
		return // lib/libx.so.1 was a link, and is the library now
	}
	t.files[at] = true
	t.draft.Entry.Files = append(t.draft.Entry.Files, store.File{Path: at, Link: target})
}

// dropLink makes room for a file where a link is: two prefixes of a tree meet.
func (t *tree) dropLink(at string) {
	for i, f := range t.draft.Entry.Files {
		if f.Path == at {
			t.draft.Entry.Files = append(t.draft.Entry.Files[:i], t.draft.Entry.Files[i+1:]...)
			return
		}
	}
}

// link takes a symbolic link: what it led to as installed, it leads to in the entry.
func (t *tree) link(m Member) {
	at := inEntry(m.Path)
	target := strings.TrimPrefix(path.Clean(m.Link), "/")
	if !path.IsAbs(m.Link) {
		target = path.Join(path.Dir(m.Path), m.Link)
	}
	to, ok := t.placed[target]
	if !ok {
		to = inEntry(target)
	}
	outside := to == "" || strings.HasPrefix(to, "../") || to == ".."
	missing := !t.has(to) && path.IsAbs(m.Link)
	if at == "" || outside || missing || at == to {
		return
	}
	t.addLink(at, relative(path.Dir(at), to))
}

// has tells whether there is a file, link or directory of that path.
func (t *tree) has(name string) bool {
	if t.files[name] {
		return true
	}
	for f := range t.files {
		if strings.HasPrefix(f, name+"/") {
			return true
		}
	}
	return false
}

// relative is the way from a directory to a file, both of the entry.
func relative(dir, to string) string {
	from, target := strings.Split(dir, "/"), strings.Split(to, "/")
	if dir == "." {
		from = nil
	}
	for len(from) > 0 && len(target) > 1 && from[0] == target[0] {
		from, target = from[1:], target[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(target, "/")
}

// kind says what is in the entry.
func (t *tree) kind() string {
	kind := store.KindData
	for _, f := range t.draft.Entry.Files {
		switch {
		case strings.HasPrefix(f.Path, "bin/"):
			return store.KindProgram
		case path.Dir(f.Path) == "lib" && strings.Contains(path.Base(f.Path), ".so"):
			kind = store.KindLibrary
		}
	}
	return kind
}

// ProgramName is the path of a program in an entry, with the version in its name:
// bin/jq is bin/jq-1.6. An epoch (Debian's "1:", PEP 440's "1!") is left out: it says
// nothing to people, and a colon cannot be in a search path.
func ProgramName(file, version string) string {
	if i := strings.IndexAny(version, ":!"); i >= 0 {
		version = version[i+1:]
	}
	suffix := "-" + strings.ReplaceAll(version, ":", "_")
	if strings.HasSuffix(file, suffix) {
		return file
	}
	return file + suffix
}
