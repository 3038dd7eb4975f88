package source

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// directorySource is a prefix, or what `make install DESTDIR=…` filled: a directory with
// bin/, lib/ or the like in it, which becomes one entry.
type directorySource struct {
	dir string
	o   Options
}

func openDirectory(name string, o Options) Source { return &directorySource{name, o} }

// ofPrefixes are the directories by which a prefix is recognised.
var ofPrefixes = []string{"bin", "sbin", "lib", "lib64", "share", "include", "etc", "usr"}

func isDirectory(name string, info fs.FileInfo) bool {
	if info == nil || !info.IsDir() {
		return false
	}
	return slices.ContainsFunc(ofPrefixes, func(sub string) bool {
		info, err := os.Stat(filepath.Join(name, sub))
		return err == nil && info.IsDir()
	})
}

// Drafts implements Source.
func (s *directorySource) Drafts(ctx context.Context) ([]store.Draft, error) {
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	base := filepath.Base(dir)
	name, version := nameAndVersion(base)
	d := store.Draft{Entry: store.Entry{
		Name: name, Version: version, Origin: store.Origin{Kind: "directory", Source: base},
	}}
	s.o.apply(&d.Entry)
	members, err := membersOf(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := Prefix(&d, members); err != nil {
		return nil, err
	}
	return []store.Draft{d}, nil
}

// membersOf lists the files and links of a directory. Sockets and the like are nobody's
// content.
func membersOf(ctx context.Context, dir string) (members []Member, err error) {
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		m := Member{Path: filepath.ToSlash(rel), File: name}
		switch entry.Type() {
		case fs.ModeSymlink:
			if m.Link, err = os.Readlink(name); err != nil {
				return err
			}
			m.Link = linkBelow(dir, m.Link)
		case 0:
			info, err := entry.Info()
			if err != nil {
				return err
			}
			m.Executable = info.Mode()&0o111 != 0
		default:
			return nil
		}
		members = append(members, m)
		return ctx.Err()
	})
	return members, err
}

// linkBelow takes an absolute link into the prefix itself as what it means there: one
// that was made where the prefix lies.
func linkBelow(dir, target string) string {
	if rel, err := filepath.Rel(dir, target); err == nil && filepath.IsAbs(target) && filepath.IsLocal(rel) {
		return "/" + filepath.ToSlash(rel)
	}
	return target
}

// Close implements Source.
func (s *directorySource) Close() error { return nil }
