package install

import (
	"context"
	"path"
	"slices"

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
