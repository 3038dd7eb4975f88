package bundle

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// shortest is the length of the shortest needle that Scan looks for.
const shortest = 3

// chunk is how much of a file is looked at in one piece.
const chunk = 1 << 20

// Hit is a place where a needle was found.
type Hit struct {
	Path   string // relative to the directory that was scanned, with slashes
	Needle string
	// Offset is the first place in the file; -1 if the needle is in its name or,
	// for a link, in its target.
	Offset int64
	// Module is the module that it was found in, if Path is a module file.
	Module string
}

// Scan looks for strings that should not be in a tree: the build directory, the
// cache, the home directory, the prefix of the interpreter. It looks into every
// file, whatever it is (paths in .pyc files and in libraries are plain bytes),
// into names and into link targets. One hit is returned for each file and needle,
// sorted; in the module file of a bundle, one for each module. Needles shorter than three bytes ("", or "/" where that is the home
// directory) are in every tree and are not looked for.
func Scan(ctx context.Context, dir string, needles []string) ([]Hit, error) {
	needles = worthLooking(needles)
	names, err := listFiles(dir)
	if err != nil {
		return nil, err
	}
	hits := make([][]Hit, len(names))
	err = parallel.Each(ctx, len(names), func(i int) (err error) {
		hits[i], err = scanEntry(dir, names[i], needles)
		return err
	})
	all := slices.Concat(hits...)
	if m, err := ReadManifest(dir); err == nil {
		all = inModules(m, filepath.Join(dir, filepath.FromSlash(m.ModuleFile)), all)
	}
	return sorted(all), err
}

// worthLooking are needles each once, but for those that are everywhere.
func worthLooking(needles []string) []string {
	needles = slices.DeleteFunc(slices.Clone(needles), func(n string) bool { return len(n) < shortest })
	slices.Sort(needles)
	return slices.Compact(needles)
}

func sorted(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Needle, b.Needle), cmp.Compare(a.Offset, b.Offset))
	})
	return hits
}

// ScanFile is [Scan] of one file, or link, of a tree.
func ScanFile(dir, name string, needles []string) ([]Hit, error) {
	return scanEntry(dir, name, worthLooking(needles))
}

// inModules says in which modules the hits in a module file are, as far as they
// are in modules; file is that file.
func inModules(m *Manifest, file string, hits []Hit) []Hit {
	if m.ModuleFile == "" {
		return hits
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return hits
	}
	var all []Hit
	for _, h := range hits {
		before := len(all)
		if h.Path == m.ModuleFile {
			for _, mod := range m.Modules {
				if at := bytes.Index(mod.in(data), []byte(h.Needle)); at >= 0 {
					all = append(all, Hit{Path: h.Path, Needle: h.Needle, Module: mod.Module, Offset: mod.Offset + int64(at)})
				}
			}
		}
		if len(all) == before {
			all = append(all, h)
		}
	}
	return all
}

// listFiles returns the paths of all entries below dir.
func listFiles(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}

// scanEntry looks into one entry: its name, and its content or target.
func scanEntry(dir, name string, needles []string) ([]Hit, error) {
	full := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(full)
	if err != nil {
		return nil, err
	}
	texts := []string{name}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(full)
		if err != nil {
			return nil, err
		}
		texts = append(texts, target)
	}
	hits := scanNames(name, texts, needles)
	if !info.Mode().IsRegular() {
		return hits, nil
	}
	f, err := os.Open(full)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	inside, err := scanContent(f, name, needles, info.Size())
	return append(hits, inside...), err
}

// scanNames looks into what an entry says without its content: its name, its target.
func scanNames(name string, texts, needles []string) (hits []Hit) {
	for _, needle := range needles {
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, needle) }) {
			hits = append(hits, Hit{Path: name, Needle: needle, Offset: -1})
		}
	}
	return hits
}

// scanContent looks into a content of about that size.
func scanContent(r io.Reader, name string, needles []string, size int64) ([]Hit, error) {
	// Clearing a whole chunk for a small file would take longer than reading that.
	offsets, err := scan(r, needles, int(min(size+1, chunk)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var hits []Hit
	for i, at := range offsets {
		if at >= 0 {
			hits = append(hits, Hit{Path: name, Needle: needles[i], Offset: at})
		}
	}
	return hits, nil
}

// scan returns the first offset of each needle in a stream, -1 for those that
// are not in it. It reads pieces of at least one byte; of each the end is kept, one byte
// less than the longest needle, and searched again with the next.
func scan(r io.Reader, needles []string, piece int) ([]int64, error) {
	offsets := make([]int64, len(needles))
	keep := 0
	for i, needle := range needles {
		offsets[i] = -1
		keep = max(keep, len(needle)-1)
	}
	buf := make([]byte, keep+piece)
	var start int64 // offset of buf[0]
	held := 0       // bytes in buf from before
	for {
		n, err := io.ReadFull(r, buf[held:])
		data := buf[:held+n]
		for i, needle := range needles {
			if at := bytes.Index(data, []byte(needle)); at >= 0 && offsets[i] < 0 {
				offsets[i] = start + int64(at)
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return offsets, nil
		}
		if err != nil {
			return offsets, err
		}
		held = copy(buf, data[len(data)-keep:])
		start += int64(len(data) - held)
	}
}
