package payload

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An Entry is a file, a link or an empty directory of a payload.
type Entry struct {
	Path   string      // relative to the tree, "/" between its parts: "python/lib/libz.so.1"
	Mode   fs.FileMode // permission bits, and ModeSymlink or ModeDir
	Size   int64       // bytes of a file; 0 for others
	Hash   [32]byte    // SHA-256 of a file; zero for others
	Target string      // where a link leads, relative to its own directory
}

// Links and directories have no modes of their own.
const (
	linkMode = fs.ModeSymlink | 0o777
	dirMode  = fs.ModeDir | 0o755
)

// Limits of file systems: no Linux or macOS creates longer ones.
const (
	maxPath = 4095
	maxName = 255
)

// checkTree checks what can be said of entries without their contents: names, order,
// modes, links.
func checkTree(entries []Entry) error {
	leaves := make(map[string]bool, len(entries))
	for i := range entries {
		e := &entries[i]
		if err := e.check(); err != nil {
			return err
		}
		if i > 0 && entries[i-1].Path >= e.Path {
			reason := ErrOrder
			if entries[i-1].Path == e.Path {
				reason = ErrDuplicate
			}
			return bad(reason, e.Path, "")
		}
		leaves[e.Path] = true
	}
	return checkParents(entries, leaves)
}

// checkParents refuses entries below files and links. Through a link they would be
// written outside of the tree. Below directories that are entries too, they would make
// two trees of what is one on disk.
func checkParents(entries []Entry, leaves map[string]bool) error {
	done := ""
	for i := range entries {
		dir := path.Dir(entries[i].Path)
		if dir == done {
			continue
		}
		done = dir
		for ; dir != "."; dir = path.Dir(dir) {
			if leaves[dir] {
				return bad(ErrConflict, entries[i].Path, quote(dir))
			}
		}
	}
	return nil
}

// check checks an entry by itself.
func (e *Entry) check() error {
	if why := badPath(e.Path); why != "" {
		return bad(ErrName, e.Path, why)
	}
	if e.Path == indexName || strings.HasPrefix(e.Path, indexName+"/") {
		return bad(ErrName, e.Path, "it is the payload's own")
	}
	switch e.Mode.Type() {
	case 0:
		if e.Mode&^fs.ModePerm != 0 { // setuid and the like
			return bad(ErrMode, e.Path, e.Mode.String())
		}
		return nil
	case fs.ModeSymlink:
		return e.checkLink()
	case fs.ModeDir:
		if e.Mode != dirMode {
			return bad(ErrMode, e.Path, e.Mode.String())
		}
		return nil
	}
	return bad(ErrMode, e.Path, e.Mode.String()+" is not a file, link or directory")
}

// checkLink refuses links that may lead out of the tree. A clean target goes up first
// and then only down. Going up is exact, for the link's own directory is a real one
// (checkParents); going down may pass other links, and each of them is checked as well.
func (e *Entry) checkLink() error {
	if e.Mode != linkMode {
		return bad(ErrMode, e.Path, e.Mode.String())
	}
	if e.Target == "" || len(e.Target) > maxPath || badText(e.Target) {
		return bad(ErrLink, e.Path, "bad target "+quote(e.Target))
	}
	at := path.Join(path.Dir(e.Path), e.Target)
	if path.IsAbs(e.Target) || at == ".." || strings.HasPrefix(at, "../") {
		return bad(ErrLink, e.Path, quote(e.Target))
	}
	if path.Clean(e.Target) != e.Target {
		return bad(ErrLink, e.Path, quote(e.Target)+" goes up after it went down")
	}
	return nil
}

// badPath says what is wrong with the path of an entry, "" if nothing is.
func badPath(name string) string {
	switch {
	case name == "":
		return "empty"
	case badText(name):
		return "not UTF-8, or with a control character or backslash"
	case len(name) > maxPath:
		return "too long"
	case path.IsAbs(name):
		return "absolute"
	case path.Clean(name) != name || name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return "not a clean path inside the tree"
	}
	for rest, part := name, ""; rest != ""; {
		part, rest, _ = strings.Cut(rest, "/")
		if len(part) > maxName {
			return "too long"
		}
	}
	return ""
}

// badText tells whether s is no plain text. Control characters would end fields and
// lines of the index; a backslash is a separator to some unpackers.
func badText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f || s[i] == '\\' {
			return true
		}
	}
	return !utf8.ValidString(s)
}

// quote makes a name from anywhere fit for a line of a message.
func quote(name string) string {
	if len(name) > 200 {
		name = name[:200] + "…"
	}
	if badText(name) || name == "" {
		return strconv.Quote(name)
	}
	return name
}
