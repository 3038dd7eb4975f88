package install

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// shareBeside is where man pages and completions go if WHERE is called bin.
const shareBeside = "../"

// layout is what an entry is in WHERE.
type layout struct {
	entry   *store.Entry
	where   string
	files   map[string]Placed
	aliases map[string]string
	// programs are the native ones, by their path in WHERE.
	programs map[string]*store.File
	left     int      // files of the entry that have no place in WHERE
	machine  []string // libraries that the machine must have
}

func newLayout(e *store.Entry, where string) *layout {
	return &layout{entry: e, where: where, files: map[string]Placed{}, aliases: map[string]string{}, programs: map[string]*store.File{}}
}

// NoProgramError says that there is nothing in an entry to be started.
type NoProgramError struct{ ID, Kind string }

func (e *NoProgramError) Error() string { return e.ID + " is a " + e.Kind + ": it has no program" }

// Hint says what to do with it.
func (e *NoProgramError) Hint() string {
	return "llgo py env install ENV " + e.ID + "   # in an environment it can be used"
}

// lay decides on all but libraries. Parts are the environment of a Python program.
func (l *layout) lay(parts []env.Part) error {
	switch l.entry.Kind {
	case store.KindBundle:
		l.tree(source.BundleDir, l.entry.Name)
	case store.KindDistribution, store.KindPython:
		l.environment(parts)
	default:
		l.prefix()
	}
	if len(l.aliases) == 0 {
		return &NoProgramError{l.entry.ID(), l.entry.Kind}
	}
	return nil
}

// versioned is a name with the version in it, and without.
func (l *layout) versioned(name string) (with, without string) {
	with = source.ProgramName(name, l.entry.Version)
	return with, strings.TrimSuffix(name, source.ProgramName("", l.entry.Version))
}

// prefix lays out an entry with bin/ and share/.
func (l *layout) prefix() {
	for i := range l.entry.Files {
		f := &l.entry.Files[i]
		switch {
		case path.Dir(f.Path) == "bin":
			l.program(f)
		case l.page(f):
		case f.Link == "" && !strings.HasPrefix(f.Path, "share/doc/") && !isLibrary(l.entry, f):
			l.left++
		}
	}
}

// isLibrary tells whether a file is one that goes where libraries go.
func isLibrary(e *store.Entry, f *store.File) bool {
	for _, at := range e.Provides {
		if at == f.Path {
			return true
		}
	}
	return false
}

// program places a program under the name with the version, and a link without.
func (l *layout) program(f *store.File) {
	with, without := l.versioned(path.Base(f.Path))
	placed := l.from(f)
	placed.Path = with
	if f.Link != "" {
		to, _ := l.versioned(path.Base(f.Link))
		if path.Dir(path.Join("bin", f.Link)) != "bin" || to == with {
			return // what it leads to is no program, or has this link anyway
		}
		placed.Link = to
	} else if f.Native != nil && f.Native.Interpreter != "" {
		l.programs[with] = f
	}
	l.files[with] = placed
	l.aliases[without] = with
}

func (l *layout) from(f *store.File) Placed {
	return Placed{Link: f.Link, Object: f.Object, Executable: f.Executable, Size: f.Size, Entry: l.entry.ID(), File: f.Path}
}

// pages are the files below share/ that are found by a program's name: manual pages,
// with the part of the name that says the section, and what completes command lines.
var pages = []*regexp.Regexp{
	regexp.MustCompile(`^(share/man/(?:[^/]+/)?man[^/]+/)(.+?)((?:\.[0-9n][a-z]*)(?:\.(?:gz|xz|bz2|zst))?)$`),
	regexp.MustCompile(`^(share/bash-completion/completions/)([^/]+)()$`),
	regexp.MustCompile(`^(share/zsh/(?:site-functions|vendor-completions)/)([^/]+)()$`),
	regexp.MustCompile(`^(share/fish/(?:vendor_completions\.d|completions)/)([^/]+)(\.fish)$`),
}

// page places such a file, with the version in its name, and a link without.
func (l *layout) page(f *store.File) bool {
	for _, pattern := range pages {
		m := pattern.FindStringSubmatch(f.Path)
		if m == nil {
			continue
		}
		dir := l.share() + m[1]
		with, _ := l.versioned(m[2])
		placed := l.from(f)
		placed.Path = dir + with + m[3]
		if f.Link != "" {
			t := pattern.FindStringSubmatch(path.Join(path.Dir(f.Path), f.Link))
			if t == nil || t[1] != m[1] {
				return false
			}
			to, _ := l.versioned(t[2])
			placed.Link = to + t[3]
		}
		l.files[placed.Path] = placed
		l.aliases[dir+m[2]+m[3]] = path.Base(placed.Path)
		return true
	}
	return false
}

// share is what comes before share/: see the package comment.
func (l *layout) share() string {
	if filepath.Base(l.where) == "bin" {
		return shareBeside
	}
	return ""
}

// tree places everything below a directory of the entry into <program>_deps/, and a
// link to the program there. It finds what belongs to it from its real path.
func (l *layout) tree(dir, name string) {
	home, _ := l.versioned(name)
	home += depsSuffix
	for i := range l.entry.Files {
		f := &l.entry.Files[i]
		inside, ok := strings.CutPrefix(f.Path, dir+"/")
		if !ok {
			l.left++
			continue
		}
		placed := l.from(f)
		placed.Path = path.Join(home, inside)
		l.files[placed.Path] = placed
		if f.Executable && !strings.Contains(inside, "/") {
			with, without := l.versioned(inside)
			l.files[with] = Placed{Path: with, Link: placed.Path, Entry: l.entry.ID(), File: f.Path}
			l.aliases[without] = with
		}
	}
}

// sorted are the files, in the order of their paths.
func (l *layout) sorted() []Placed {
	var list []Placed
	for _, f := range l.files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b Placed) int { return strings.Compare(a.Path, b.Path) })
	return list
}

func (l *layout) sortedAliases() []Alias {
	var list []Alias
	for at, to := range l.aliases {
		list = append(list, Alias{at, to})
	}
	slices.SortFunc(list, func(a, b Alias) int { return strings.Compare(a.Path, b.Path) })
	return list
}
