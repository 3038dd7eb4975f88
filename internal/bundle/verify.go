package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// Change is what is wrong with a file of a tree.
type Change string

// What can be wrong.
const (
	Missing Change = "missing"
	Changed Change = "changed"
	Added   Change = "added" // below python/, and not in the manifest
)

// Problem is one difference between a tree and its manifest.
type Problem struct {
	Path   string // as in Entry
	Change Change
	Detail string // "size 12, not 15"; "" where there is nothing to add
}

func (p Problem) String() string {
	if p.Detail == "" {
		return fmt.Sprintf("%s: %s", p.Path, p.Change)
	}
	return fmt.Sprintf("%s: %s (%s)", p.Path, p.Change, p.Detail)
}

// Verify compares the tree in dir, the directory of the program, with its
// manifest: every file's type, content, link target and whether it is executable.
// Permission bits of the group and of others may differ, as they do in copies. The
// problems are sorted by path. An error means that the tree could not be read.
func Verify(ctx context.Context, dir string) ([]Problem, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	return compare(ctx, dir, m, true)
}

// compare is Verify with a manifest at hand. Without content, files are not read.
func compare(ctx context.Context, dir string, m *Manifest, content bool) ([]Problem, error) {
	found := make([]*Problem, len(m.Files))
	err := parallel.Each(ctx, len(m.Files), func(i int) (err error) {
		found[i], err = compareEntry(dir, &m.Files[i], content)
		return err
	})
	if err != nil {
		return nil, err
	}
	problems, err := added(dir, m)
	for _, p := range found {
		if p == nil {
			continue
		}
		if p.Path == m.ModuleFile && p.Detail == otherContent {
			p.Detail += changedModules(dir, m)
		}
		problems = append(problems, *p)
	}
	slices.SortFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	return problems, err
}

// compareEntry returns what is wrong with one file, nil if nothing is.
func compareEntry(dir string, e *Entry, content bool) (*Problem, error) {
	changed := func(format string, args ...any) (*Problem, error) {
		return &Problem{Path: e.Path, Change: Changed, Detail: fmt.Sprintf(format, args...)}, nil
	}
	name := filepath.Join(dir, filepath.FromSlash(e.Path))
	info, err := os.Lstat(name)
	switch {
	case isMissing(err):
		return &Problem{Path: e.Path, Change: Missing}, nil
	case err != nil:
		return nil, err
	case e.Kind == Symlink:
		return compareLink(e, name, changed)
	case !info.Mode().IsRegular():
		return changed("not a regular file")
	case info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0:
		return changed("runs with the rights of its owner or group")
	case (info.Mode()&0o100 != 0) != (e.Mode == "0755"):
		return changed("mode %04o, not %s", info.Mode().Perm(), e.Mode)
	case info.Size() != e.Size:
		return changed("size %d, not %d", info.Size(), e.Size)
	case !content:
		return nil, nil
	}
	sum, err := objects.HexOfFile(name)
	if err != nil {
		return nil, err
	}
	if sum != e.SHA256 {
		return changed(otherContent)
	}
	return nil, nil
}

const otherContent = "other content"

// changedModules names the first modules of the module file that are not what they
// were: ": json, json.decoder and 3 more". It is empty where only the index is not.
func changedModules(dir string, m *Manifest) string {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.ModuleFile)))
	if err != nil {
		return ""
	}
	var names []string
	for _, mod := range m.Modules {
		if code := mod.in(data); code == nil || fmt.Sprintf("%x", sha256.Sum256(code)) != mod.SHA256 {
			names = append(names, mod.Module)
		}
	}
	const shown = 3
	switch more := len(names) - shown; {
	case len(names) == 0:
		return ""
	case more > 0:
		return fmt.Sprintf(": %s and %d more", strings.Join(names[:shown], ", "), more)
	}
	return ": " + strings.Join(names, ", ")
}

// in returns the module's bytes, nil if the module file is too short for them.
func (m *Mapped) in(file []byte) []byte {
	if m.Offset < 0 || m.Size < 0 || m.Offset > int64(len(file)) || m.Size > int64(len(file))-m.Offset {
		return nil
	}
	return file[m.Offset : m.Offset+m.Size]
}

func compareLink(e *Entry, name string, changed func(string, ...any) (*Problem, error)) (*Problem, error) {
	target, err := os.Readlink(name)
	if err != nil {
		return changed("not a link")
	}
	if filepath.ToSlash(target) != e.Link {
		return changed("link to %q, not %q", target, e.Link)
	}
	return nil, nil
}

// added returns what is below python/ and not in the manifest.
func added(dir string, m *Manifest) ([]Problem, error) {
	known := map[string]bool{pythonDir + "/" + manifestName: true}
	for _, e := range m.Files {
		known[e.Path] = true
	}
	var problems []Problem
	err := filepath.WalkDir(filepath.Join(dir, pythonDir), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err == nil && !known[filepath.ToSlash(rel)] && !m.standsForDynload(filepath.ToSlash(rel), name) {
			problems = append(problems, Problem{Path: filepath.ToSlash(rel), Change: Added})
		}
		return err
	})
	return problems, err
}

// Dynload is the directory that has to be there even when it is empty, from that of
// the program. In its place there may be a link to "." (DynloadLink) where empty
// directories are not kept.
func (m *Manifest) Dynload() string {
	return path.Join(pythonDir, "lib", m.Python.LibDir, "lib-dynload")
}

// DynloadLink is what such a link says.
const DynloadLink = "."

func (m *Manifest) standsForDynload(rel, name string) bool {
	target, err := os.Readlink(name)
	return err == nil && rel == m.Dynload() && target == DynloadLink
}
