package install

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Plan is what installing an entry would do.
type Plan struct {
	Where   string
	Entry   *store.Entry
	Record  *Record
	Steps   []Step   // in order; none if everything is there already
	Machine []string // libraries that are left to the machine
	Left    int      // files of the entry that only an environment has a place for
	entries []string // IDs of those that files come from
}

// Step is one change to WHERE.
type Step struct {
	Do     string // place, link, use, switch, remove
	Path   string // below WHERE
	Target string // of a link
	Was    string // what a link that is switched led to
	Entry  string // ID of the entry a file is from
	Size   int64
}

// What steps do.
const (
	DoPlace  = "place"  // a file from the store
	DoLink   = "link"   // a symbolic link
	DoUse    = "use"    // a file that is there already, of another program or from elsewhere
	DoSwitch = "switch" // the link to the version in use
	DoRemove = "remove"
	DoLeave  = "leave" // what was changed, or is used by others
)

// nothing tells whether there is nothing to do.
func (p *Plan) nothing() bool {
	return p != nil && !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Do != DoUse })
}

// Already tells whether WHERE has all of it.
func (p *Plan) Already() bool { return p.nothing() }

// Programs are the names by which the programs are started, without versions.
func (p *Plan) Programs() []string {
	var names []string
	for _, a := range p.Record.Aliases {
		if path.Dir(a.Path) == "." {
			names = append(names, a.Path)
		}
	}
	return names
}

// Plan says what installing an entry would do. It changes nothing.
func (in *Installer) Plan(ctx context.Context, e *store.Entry, libs []Libs) (*Plan, error) {
	records, err := readRecords(in.where)
	if err != nil {
		return nil, err
	}
	closure, err := in.store.Closure(e)
	if err != nil {
		return nil, err
	}
	parts, err := in.parts(ctx, e)
	if err != nil {
		return nil, err
	}
	l := newLayout(e, in.where)
	if err := l.lay(parts); err != nil {
		return nil, err
	}
	s := &state{in, records, keyOf(e.ID())}
	if err := l.libraries(closure, libs, s); err != nil {
		return nil, err
	}
	p := &Plan{Where: in.where, Entry: e, Machine: l.machine, Left: l.left}
	p.Record = &Record{Schema: schema, Entry: e.ID(), Files: l.sorted(), Aliases: l.sortedAliases()}
	for _, env := range libs {
		p.Record.Libs = append(p.Record.Libs, env.Name)
	}
	if err := p.steps(s); err != nil {
		return nil, err
	}
	p.entries = p.Record.entries()
	return p, nil
}

// steps compares what should be with what is.
func (p *Plan) steps(s *state) error {
	for i := range p.Record.Files {
		if err := p.step(s, &p.Record.Files[i]); err != nil {
			return err
		}
	}
	for _, a := range p.Record.Aliases {
		if err := p.alias(s, a); err != nil {
			return err
		}
	}
	if old := s.records[s.except]; old != nil {
		for _, f := range old.Files {
			if p.Record.file(f.Path) == nil && !f.Found {
				p.Record.Obsolete = append(p.Record.Obsolete, f.Path)
				p.Steps = append(p.Steps, Step{Do: DoRemove, Path: f.Path})
			}
		}
		if len(p.Steps) == 0 && old.Entry != p.Record.Entry {
			// Another build of the same files: only the record changes.
			p.Steps = append(p.Steps, Step{Do: DoUse, Path: stateDir, Entry: p.Record.Entry})
		}
	}
	return nil
}

// step decides about one file.
func (p *Plan) step(s *state, f *Placed) error {
	right, err := s.in.is(*f)
	if err != nil {
		return err
	}
	claim, by := s.claim(f.Path)
	mine := s.mine(f.Path)
	switch {
	case claim != nil && (claim.Object != f.Object || claim.Link != f.Link):
		return &OccupiedError{s.in.at(f.Path), by.key()}
	case right && mine != nil:
		f.Found = mine.Found
	case right:
		f.Found = claim == nil || claim.Found
		p.Steps = append(p.Steps, Step{Do: DoUse, Path: f.Path, Entry: f.Entry})
	default:
		if _, kind, err := s.in.look(f.Path); err != nil {
			return err
		} else if kind != absent && claim == nil && mine == nil {
			return &OccupiedError{s.in.at(f.Path), ""}
		}
		p.Steps = append(p.Steps, Step{Do: do(f.Link), Path: f.Path, Target: f.Link, Entry: f.Entry, Size: f.Size})
	}
	return nil
}

func do(link string) string {
	if link != "" {
		return DoLink
	}
	return DoPlace
}

// alias decides about the link to the version in use: it may replace one that led to
// another version, and nothing else.
func (p *Plan) alias(s *state, a Alias) error {
	found, kind, err := s.in.look(a.Path)
	switch {
	case err != nil:
		return err
	case kind == isLink && string(found) == a.Link:
		return nil
	case kind == isFile && p.isProgram(a.Link, found):
		p.Steps = append(p.Steps, Step{Do: DoUse, Path: a.Path, Entry: p.Entry.ID()})
		return nil
	case kind != absent && (kind != isLink || s.leadsTo(a.Path, string(found)) == nil):
		return &OccupiedError{s.in.at(a.Path), ""}
	}
	p.Steps = append(p.Steps, Step{Do: DoSwitch, Path: a.Path, Target: a.Link, Was: string(found)})
	return nil
}

// isProgram tells whether a file has the content of one of the record.
func (p *Plan) isProgram(name string, sum store.Hash) bool {
	f := p.Record.file(name)
	return f != nil && f.Object == sum
}

// leadsTo is the record of which a link is an alias, nil if it is of none.
func (s *state) leadsTo(at, target string) *Record {
	for _, r := range s.records {
		if slices.Contains(r.Aliases, Alias{at, target}) {
			return r
		}
	}
	return nil
}

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
