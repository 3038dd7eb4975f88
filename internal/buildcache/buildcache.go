// Package buildcache shows and removes what builds keep in the cache: CPython
// distributions, tools, environments, resolutions, analyses, results of steps. What
// programs of one file unpack is package unpack's.
//
// Everything in the cache can be made again, some of it only with a network. Nothing is
// removed while a build, or any other command that uses the cache, is running:
// [cachedir.Hold].
package buildcache

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
)

// Kind is a directory below the cache's root.
type Kind struct {
	Name string
	What string // one entry is
	// whole says that the directory is one entry; else each in it is one.
	whole bool
	// describe says what an entry is of, verify what is wrong with it; nil where nobody
	// knows.
	describe func(dir string) string
	verify   func(dir string) ([]string, error)
}

// kinds are all there are.
func kinds() []Kind {
	return []Kind{
		{Name: "python", What: "CPython", describe: filepath.Base},
		{Name: "tools", What: "tools", describe: ofTools, verify: recorded},
		{Name: "environments", What: "environment", describe: ofEnvironment, verify: recorded},
		{Name: "resolutions", What: "resolution", describe: ofEnvironment},
		{Name: "analyses", What: "analysis", describe: ofAnalysis, verify: planned},
		{Name: kept.DirName, What: "results of steps", whole: true, describe: ofSteps, verify: kept.Verify},
		{Name: "bytecode", What: "byte code", whole: true, describe: always("of interpreters that builds start")},
		{Name: "goproxy", What: "Go modules", whole: true, describe: always("that stand in for those of llgo")},
		{Name: "llgo", What: "llgo's cache", describe: always("for one libpython")},
	}
}

func always(text string) func(string) string { return func(string) string { return text } }

// Entry is one thing that is kept.
type Entry struct {
	Kind  Kind
	Path  string // absolute
	Of    string // what for: "numpy 2.5.5"
	Files int
	Size  int64     // bytes
	Used  time.Time // last, to the hour
}

// Removed is what Trim and Clear did.
type Removed struct {
	Entries int
	Bytes   int64
}

// List returns what is kept: by kind, the last used first.
func List(root string) ([]Entry, error) {
	var all []Entry
	for _, kind := range kinds() {
		paths, err := kind.entries(root)
		if err != nil {
			return nil, err
		}
		var some []Entry
		for _, path := range paths {
			e, err := kind.entry(path)
			if err != nil {
				return nil, err
			}
			some = append(some, e)
		}
		slices.SortStableFunc(some, func(a, b Entry) int { return b.Used.Compare(a.Used) })
		all = append(all, some...)
	}
	return all, nil
}

func (k Kind) entries(root string) ([]string, error) {
	dir := filepath.Join(root, k.Name)
	if k.whole {
		if _, err := os.Stat(dir); err != nil {
			return nil, nil
		}
		return []string{dir}, nil
	}
	entries, _, err := cachedir.Entries(dir)
	return entries, err
}

// entry weighs one. What disappears meanwhile is not counted.
func (k Kind) entry(path string) (Entry, error) {
	e := Entry{Kind: k, Path: path, Of: k.describe(path), Used: cachedir.LastUse(path)}
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return gone(err)
		}
		info, err := d.Info()
		if err != nil {
			return gone(err)
		}
		e.Files++
		e.Size += info.Size()
		if k.whole && info.ModTime().After(e.Used) {
			e.Used = info.ModTime()
		}
		return nil
	})
	return e, err
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Verify returns what is wrong with what is kept, one line each. Builds look at what
// they take from the store of steps by themselves; what is wrong elsewhere has to be
// removed by [Clear]. It waits for builds that are running, whose results are half
// written.
func Verify(ctx context.Context, root string) (problems []string, err error) {
	release, err := cachedir.Exclusive(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	for _, kind := range kinds() {
		if kind.verify == nil {
			continue
		}
		paths, err := kind.entries(root)
		if err != nil {
			return problems, err
		}
		for _, path := range paths {
			wrong, err := kind.verify(path)
			if err != nil {
				return problems, err
			}
			problems = append(problems, wrong...)
		}
	}
	return problems, nil
}

// Trim removes what no build used for as long as unused, and what killed builds left. It
// waits for builds that are running.
func Trim(ctx context.Context, root string, unused time.Duration) (Removed, error) {
	return remove(ctx, root, func(e Entry) bool { return time.Since(e.Used) > unused }, unused)
}

// Clear removes everything. It waits for builds that are running.
func Clear(ctx context.Context, root string) (Removed, error) {
	return remove(ctx, root, func(Entry) bool { return true }, 0)
}

func remove(ctx context.Context, root string, drop func(Entry) bool, unused time.Duration) (r Removed, err error) {
	release, err := cachedir.Exclusive(ctx)
	if err != nil {
		return r, err
	}
	defer release()
	all, err := List(root)
	if err != nil {
		return r, err
	}
	for _, e := range all {
		switch {
		case ctx.Err() != nil:
			return r, ctx.Err()
		case drop(e):
			if err := cachedir.Remove(e.Path); err != nil {
				return r, err
			}
			r.Entries++
			r.Bytes += e.Size
		case e.Kind.Name == kept.DirName:
			n, err := kept.Trim(e.Path, unused)
			if err != nil {
				return r, err
			}
			r.Bytes += n
		}
	}
	return r, sweep(root)
}

// sweep removes what killed processes left: nobody else is there.
func sweep(root string) error {
	for _, kind := range kinds() {
		_, abandoned, err := cachedir.Entries(filepath.Join(root, kind.Name))
		if err != nil {
			return err
		}
		for _, dir := range abandoned {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	_, abandoned, err := cachedir.Entries(root)
	for _, dir := range abandoned { // of kinds that are one entry
		if strings.HasSuffix(dir, ".work-removed") {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	return err
}
