package deps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// Add lists requirements beside go.mod and locks them. One for a distribution that
// is listed already takes the place of the old one, unless it is nothing but the
// name. If they cannot be resolved, everything stays as it was.
func (p *Project) Add(ctx context.Context, dist *pydist.Dist, specs []string) ([]Change, error) {
	return p.edit(ctx, dist, func(l *listing) ([]edit, error) {
		var edits []edit
		for _, spec := range specs {
			name := reqs.Name(spec)
			if name == "" {
				return nil, &helper.Error{
					Text: fmt.Sprintf("%s does not say the name of a distribution", reqs.HideCredentials(spec)),
					Next: "llgo py add 'name @ <url or path>'   # or 'name==version'",
				}
			}
			have := l.of(name)
			switch {
			case len(have) == 0:
				edits = append(edits, edit{l.target, spec})
			case reqs.IsName(spec):
				p.Reporter.Note(fmt.Sprintf("%s is there already, in %s", have[0].spec, have[0]))
			}
			for _, old := range have {
				if !reqs.IsName(spec) && old.spec != spec {
					edits = append(edits, edit{old, spec})
				}
			}
		}
		return edits, nil
	})
}

// Remove takes distributions out of the lists beside go.mod and locks the rest.
func (p *Project) Remove(ctx context.Context, dist *pydist.Dist, names []string) ([]Change, error) {
	return p.edit(ctx, dist, func(l *listing) ([]edit, error) {
		var edits []edit
		for _, name := range names {
			have := l.of(reqs.Name(name))
			if len(have) == 0 {
				return nil, p.notListed(name)
			}
			for _, old := range have {
				edits = append(edits, edit{old, ""})
			}
		}
		return edits, nil
	})
}

// notListed says why a distribution cannot be removed.
func (p *Project) notListed(name string) error {
	text := fmt.Sprintf("%s is not listed in %s or %s of %s", name, config.FileName, RequirementsFile, p.Dir)
	if sources, err := Read(p.Dir); err == nil && slices.Contains(sources.Names(), reqs.Name(name)) {
		return &helper.Error{Text: fmt.Sprintf("%s is listed in a file that %s includes", name, RequirementsFile), Next: "remove it there, then: llgo py lock"}
	}
	lock, err := readLock(p.Dir)
	if err == nil && lock != nil && lock.Has(reqs.Name(name)) {
		text += ": it is installed because another distribution or a Go package needs it"
	}
	return &helper.Error{Text: text}
}

// edit is one change of a list: of the entry at a place, or a new one.
type edit struct {
	at    place
	fresh string // "" takes the entry out
}

// edit changes the files as plan says, locks what they list then, and puts the old
// files back if that fails. Whoever is killed in between leaves new files and an
// old lock, which the next build finds stale.
func (p *Project) edit(ctx context.Context, dist *pydist.Dist, plan func(*listing) ([]edit, error)) ([]Change, error) {
	st, err := p.state(ctx, dist)
	if err != nil {
		return nil, err
	}
	if st.foreign() {
		return nil, p.notOurs()
	}
	l, err := list(p.Dir)
	if err != nil {
		return nil, err
	}
	edits, err := plan(l)
	if err != nil || len(edits) == 0 {
		return nil, err
	}
	undo, err := p.apply(ctx, edits)
	if err != nil {
		return nil, err
	}
	made, err := p.relock(ctx, dist)
	if err != nil {
		return nil, errors.Join(err, undo())
	}
	return made, nil
}

// relock writes the lock of what is listed now, or removes it if that is nothing.
func (p *Project) relock(ctx context.Context, dist *pydist.Dist) ([]Change, error) {
	st, err := p.state(ctx, dist)
	switch {
	case err != nil:
		return nil, err
	case !st.sources.Empty():
		st.stale = "" // it is no news that it is
		return p.write(ctx, dist, st, false)
	case st.lock == nil:
		return nil, nil
	}
	p.Reporter.Note(pylock.FileName + " removed: nothing is left to lock")
	return changes(st.lock, nil), os.Remove(filepath.Join(p.Dir, pylock.FileName))
}

// apply carries out edits of files, each as a whole. What it returns undoes them.
func (p *Project) apply(ctx context.Context, edits []edit) (undo func() error, err error) {
	var undos []func() error
	undo = func() (err error) {
		for _, u := range undos {
			err = errors.Join(err, u())
		}
		return err
	}
	var entries []helper.Entry
	var lines []edit
	for _, e := range edits {
		if e.at.table == nil {
			lines = append(lines, e)
		} else {
			entries = append(entries, helper.Entry{Table: e.at.table, Key: e.at.key, Old: e.at.spec, New: e.fresh})
		}
	}
	if len(entries) > 0 {
		path := filepath.Join(p.Dir, config.FileName)
		undos = append(undos, restore(path))
		if err := p.Helper.EditTOMLFile(ctx, path, entries); err != nil {
			return nil, err
		}
	}
	if len(lines) > 0 {
		path := filepath.Join(p.Dir, RequirementsFile)
		undos = append(undos, restore(path))
		if err := replaceLines(path, lines); err != nil {
			return nil, errors.Join(err, undo())
		}
	}
	return undo, nil
}

func replaceLines(path string, edits []edit) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	for _, e := range edits {
		text = reqs.Replace(text, e.at.spec, e.fresh)
	}
	return durable.Replace(path, []byte(text), 0o644)
}

// restore remembers a file; what it returns makes the file what it was.
func restore(path string) func() error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return func() error {
			if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
	}
	if err != nil {
		return func() error { return nil } // it could not be read, so it was not changed
	}
	return func() error { return durable.Replace(path, data, 0o644) }
}
