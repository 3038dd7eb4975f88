package install

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/pyenv"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// A Python program is a distribution with scripts, or an interpreter. It gets an
// environment of its own in <program>_deps/, of links like everything else: the newest
// interpreter of the store that it fits, and of what it requires the newest that fits,
// with what these require.

// NoPythonError says that no interpreter of the store fits a program.
type NoPythonError struct{ ID string }

func (e *NoPythonError) Error() string {
	return e.ID + " is for Python, and the store has no interpreter that it fits"
}

// Hint says what to do.
func (e *NoPythonError) Hint() string { return "llgo py store add python@3.14" }

// parts is the environment of a Python program, nil for others.
func (in *Installer) parts(ctx context.Context, e *store.Entry) ([]env.Part, error) {
	switch e.Kind {
	case store.KindPython:
		return in.python.Parts(ctx, e.ID())
	case store.KindDistribution:
		ids, err := in.environment(e)
		if err != nil {
			return nil, err
		}
		parts, err := in.python.Parts(ctx, ids...)
		var unfit *pyenv.Error
		if errors.As(err, &unfit) {
			// It tells how to mend an environment, and this one has no name.
			err = &pyenv.Error{Text: unfit.Text, Next: strings.Replace(unfit.Next, "llgo py env install ENV", "llgo py store add", 1)}
		}
		return parts, err
	}
	return nil, nil
}

// environment are the IDs of what a distribution needs to run, itself the last.
func (in *Installer) environment(e *store.Entry) ([]string, error) {
	python, err := interpreter(in.store, e)
	if err != nil {
		return nil, err
	}
	required, err := required(in.store, python, e)
	if err != nil {
		return nil, err
	}
	ids := []string{python.ID()}
	for _, r := range required {
		ids = append(ids, r.ID())
	}
	return append(ids, e.ID()), nil
}

// interpreter is the newest CPython that a distribution fits.
func interpreter(s *store.Store, e *store.Entry) (*store.Entry, error) {
	heads, err := s.Heads()
	if err != nil {
		return nil, err
	}
	for _, h := range slices.Backward(heads) {
		if h.Kind != store.KindPython || h.Platform != store.ThisPlatform() {
			continue
		}
		python, err := s.Find(h.ID())
		if err != nil {
			return nil, err
		}
		if pyenv.Fits(s, python, e) == nil {
			return python, nil
		}
	}
	return nil, &NoPythonError{e.ID()}
}

// required are the distributions of the store that a distribution requires, and those
// that these require. What the store does not have is left out: whether it is needed,
// markers say, which the environment asks Python about.
func required(s *store.Store, python, e *store.Entry) ([]*store.Entry, error) {
	heads, err := s.Heads()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{e.Name: true}
	queue := []*store.Entry{e}
	for i := 0; i < len(queue); i++ {
		list, err := requirements(s, queue[i])
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if seen[r.name] {
				continue
			}
			seen[r.name] = true
			found, err := newest(s, heads, python, r.name)
			if err != nil {
				return nil, err
			}
			if found != nil {
				queue = append(queue, found)
			}
		}
	}
	return queue[1:], nil
}

// newest is the newest distribution of a name that fits an interpreter, nil if there
// is none.
func newest(s *store.Store, heads []*store.Entry, python *store.Entry, name string) (*store.Entry, error) {
	for _, h := range slices.Backward(heads) {
		if h.Kind != store.KindDistribution || h.Name != name {
			continue
		}
		e, err := s.Find(h.ID())
		if err != nil {
			return nil, err
		}
		if pyenv.Fits(s, python, e) == nil {
			return e, nil
		}
	}
	return nil, nil
}

// requirement is one of a distribution's.
type requirement struct {
	name   string // normalised
	marked bool   // only for some machines or interpreters
}

// requirements are what the fields Requires-Dist of a distribution (core metadata) say,
// without those of extras.
func requirements(s *store.Store, e *store.Entry) (list []requirement, err error) {
	f := metadata(e)
	if f == nil {
		return nil, nil
	}
	file, err := os.Open(s.Object(f.Object, f.Executable))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && lines.Text() != "" { // the description follows an empty line
		text, ok := strings.CutPrefix(lines.Text(), "Requires-Dist:")
		_, marker, marked := strings.Cut(text, ";")
		if !ok || strings.Contains(marker, "extra") {
			continue
		}
		if name := reqs.Name(strings.TrimSpace(text)); name != "" {
			list = append(list, requirement{name, marked})
		}
	}
	return list, lines.Err()
}

// metadata is METADATA of a distribution, nil if it has none.
func metadata(e *store.Entry) *store.File {
	for i := range e.Files {
		rest, ok := strings.CutPrefix(e.Files[i].Path, wheel.SitePackages+"/")
		if dir, name, _ := strings.Cut(rest, "/"); ok && name == "METADATA" && strings.HasSuffix(dir, ".dist-info") {
			return &e.Files[i]
		}
	}
	return nil
}

// environment lays out a Python program: its environment, and links to the scripts
// of its entry there. Scripts find their interpreter from their real path.
func (l *layout) environment(parts []env.Part) {
	home, _ := l.versioned(l.entry.Name)
	home += depsSuffix
	scripts := l.scripts()
	for _, p := range parts {
		placed := Placed{
			Path: path.Join(home, p.Path), Link: p.File.Link, Object: p.File.Object,
			Executable: p.File.Executable, Size: p.File.Size, Entry: p.Entry,
		}
		if p.File.Link == "" {
			placed.File = p.File.Path
		}
		l.files[placed.Path] = placed
		dir, name := path.Split(p.Path)
		if from, ok := scripts[name]; ok && path.Base(dir) == "bin" && dir != "bin/" {
			with, without := l.versioned(name)
			l.files[with] = Placed{Path: with, Link: placed.Path, Entry: l.entry.ID(), File: from}
			l.aliases[without] = with
		}
	}
}

// scripts are the programs of the entry itself, by name.
func (l *layout) scripts() map[string]string {
	found := map[string]string{}
	for _, f := range l.entry.Files {
		dir := path.Dir(strings.TrimPrefix(f.Path, source.PythonDir+"/"))
		if dir == "bin" {
			found[path.Base(f.Path)] = f.Path
		}
	}
	return found
}
