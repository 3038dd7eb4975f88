package install

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// NotInstalledError says that there is no such program in WHERE.
type NotInstalledError struct{ Pattern, Where string }

func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("%s is not installed in %s", e.Pattern, e.Where)
}

// Hint says what to do.
func (e *NotInstalledError) Hint() string { return "llgo py install -ls " + e.Where + "   # what is" }

// Removal is what uninstalling would do.
type Removal struct {
	Where  string
	Record *Record
	Steps  []Step
}

// match finds the record that is meant by a pattern as Find of the store has them:
// name, name,version, name,version,hash, or a program's file name (jq-1.6).
func match(records []*Record, pattern, where string) (*Record, error) {
	var found []*Record
	want := append(strings.SplitN(pattern, ",", 3), "", "")
	for _, r := range records {
		name, version, hash := r.Split()
		byID := name == want[0] && (want[1] == "" || version == want[1]) && strings.HasPrefix(hash, want[2])
		if byID || r.file(pattern) != nil || slices.ContainsFunc(r.Aliases, func(a Alias) bool { return a.Path == pattern }) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return nil, &NotInstalledError{pattern, where}
	case 1:
		return found[0], nil
	}
	ambiguous := &store.AmbiguousError{Pattern: pattern}
	for _, r := range found {
		ambiguous.Candidates = append(ambiguous.Candidates, r.Entry)
	}
	return nil, ambiguous
}

// PlanUninstall says what uninstalling would do. It changes nothing.
func (in *Installer) PlanUninstall(pattern string) (*Removal, error) {
	records, err := in.Records()
	if err != nil {
		return nil, err
	}
	r, err := match(records, pattern, in.where)
	if err != nil {
		return nil, err
	}
	return in.planRemoval(r, records)
}

// planRemoval orders it: links first, to another version if there is one.
func (in *Installer) planRemoval(r *Record, records []*Record) (*Removal, error) {
	p := &Removal{Where: in.where, Record: r}
	others := slices.DeleteFunc(slices.Clone(records), func(o *Record) bool { return o.key() == r.key() })
	for _, a := range r.Aliases {
		found, kind, err := in.look(a.Path)
		if err != nil {
			return nil, err
		}
		if kind != isLink || string(found) != a.Link {
			continue // another version is in use, or it is not ours any more
		}
		step := Step{Do: DoRemove, Path: a.Path}
		for _, o := range others { // the newest is the last of its name
			if i := slices.IndexFunc(o.Aliases, func(b Alias) bool { return b.Path == a.Path }); i >= 0 {
				step = Step{Do: DoSwitch, Path: a.Path, Target: o.Aliases[i].Link, Was: a.Link}
			}
		}
		p.Steps = append(p.Steps, step)
	}
	for _, f := range r.Files {
		step, err := in.removal(f, others)
		if err != nil {
			return nil, err
		}
		if step != nil {
			p.Steps = append(p.Steps, *step)
		}
	}
	return p, nil
}

// removal decides about one file.
func (in *Installer) removal(f Placed, others []*Record) (*Step, error) {
	for _, o := range others {
		if o.file(f.Path) != nil {
			return &Step{Do: DoLeave, Path: f.Path, Target: "used by " + o.key()}, nil
		}
	}
	right, err := in.is(f)
	if err != nil {
		return nil, err
	}
	if _, kind, err := in.look(f.Path); err != nil || kind == absent {
		return nil, err
	}
	switch {
	case !right:
		return &Step{Do: DoLeave, Path: f.Path, Target: "changed since"}, nil
	case f.Found:
		return &Step{Do: DoLeave, Path: f.Path, Target: "was there before"}, nil
	}
	return &Step{Do: DoRemove, Path: f.Path}, nil
}

// discard removes paths that no other record lists.
func (in *Installer) discard(paths []string, key string, records []*Record) error {
	for _, p := range paths {
		used := slices.ContainsFunc(records, func(o *Record) bool { return o.key() != key && o.file(p) != nil })
		if used {
			continue
		}
		in.fault("remove file")
		if err := os.Remove(in.at(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		in.removeEmpty(path.Dir(p))
	}
	return nil
}

// removeEmpty removes directories that hold nothing any more, WHERE excepted.
func (in *Installer) removeEmpty(dir string) {
	for dir != "." && dir != ".." && dir != "../share" && os.Remove(in.at(dir)) == nil {
		dir = path.Dir(dir)
	}
}

// applyRemoval carries out a removal, the lock held.
func (in *Installer) applyRemoval(p *Removal) error {
	p.Record.State = removing
	if err := in.writeRecord(p.Record); err != nil {
		return err
	}
	return in.remove(p.Record)
}

// remove takes away what a record lists. It can be done again from any point.
func (in *Installer) remove(r *Record) error {
	records, err := in.Records()
	if err != nil {
		return err
	}
	p, err := in.planRemoval(r, records)
	if err != nil {
		return err
	}
	for _, s := range p.Steps {
		switch s.Do {
		case DoSwitch:
			err = in.placeFile("alias", Placed{Path: s.Path, Link: s.Target})
		case DoRemove:
			err = in.discard([]string{s.Path}, r.key(), nil)
		}
		if err != nil {
			return err
		}
	}
	in.fault("remove record")
	if err := os.Remove(in.recordPath(r)); err != nil {
		return err
	}
	return in.reroot()
}
