package deps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// Project is a Go module whose Python side is to be installed or locked.
type Project struct {
	Dir      string   // of go.mod, absolute
	Packages []string // directories of Go packages that may have an llpkg.cfg
	Foreign  bool     // the module is someone else's (in the module cache): its lock is not written

	Helper   *helper.Helper
	Reporter progress.Reporter
}

// Demand is what a build wants beyond what the module says.
type Demand struct {
	Besides []string // distributions for this build only
	Locked  bool     // install what the lock says, or nothing
}

// state is what lies beside go.mod.
type state struct {
	sources *Sources
	lock    *pylock.Lock // nil if there is none
	stale   string       // why the lock is not what is asked for; "" if it is
}

// Environment returns an interpreter with everything installed that the module
// asks for on top of dist, which is dist itself if that is nothing.
//
// A lock that is there and not stale is installed as it is. One that is missing
// or stale is written, unless the demand is Locked, which makes it an error. In
// a directory that cannot be written to, and for a demand with something besides,
// no lock is written: versions come from the one that is there as far as it
// goes, and the resolution is kept in the cache.
func (p *Project) Environment(ctx context.Context, dist *pydist.Dist, d Demand) (*pydist.Dist, error) {
	st, err := p.state(ctx, dist)
	if err != nil {
		return nil, err
	}
	switch {
	case d.Locked && len(d.Besides) > 0:
		return nil, &helper.Error{
			Text: fmt.Sprintf("--py-locked installs what %s says, and --py-requirement %s is not part of it", pylock.FileName, d.Besides[0]),
			Next: "llgo py add " + d.Besides[0],
		}
	case st.stale != "" && (d.Locked || st.foreign()):
		return nil, p.staleError(st)
	case len(d.Besides) > 0:
		return p.once(ctx, dist, st, d.Besides)
	case st.lock != nil && st.stale == "":
		return p.install(ctx, dist, st, st.lock.Text)
	case st.sources.Empty():
		return dist, nil
	case d.Locked:
		return nil, &helper.Error{Text: pylock.FileName + " is missing, and --py-locked installs only what it says", Next: "llgo py lock"}
	case !p.writable():
		p.Reporter.Note(fmt.Sprintf("%s is not written to: the Python requirements are resolved for this build only", p.Dir))
		return p.once(ctx, dist, st, nil)
	}
	if _, err := p.write(ctx, dist, st, false); err != nil {
		return nil, err
	}
	lock, err := readLock(p.Dir)
	if err != nil {
		return nil, err
	}
	return p.install(ctx, dist, st, lock.Text)
}

func (p *Project) install(ctx context.Context, dist *pydist.Dist, st *state, lock string) (*pydist.Dist, error) {
	access, err := st.sources.Requirements(nil, "").Access()
	if err != nil {
		return nil, err
	}
	return p.Helper.Install(ctx, dist, helper.Installation{Lock: lock, Dir: p.Dir, Access: access}, p.Reporter)
}

// once installs what no lock is written for.
func (p *Project) once(ctx context.Context, dist *pydist.Dist, st *state, besides []string) (*pydist.Dist, error) {
	return p.Helper.Environment(ctx, dist, st.sources.Requirements(besides, st.preferred()), p.Reporter)
}

func (p *Project) state(ctx context.Context, dist *pydist.Dist) (*state, error) {
	sources, err := Read(p.Dir)
	if err != nil {
		return nil, err
	}
	pins, err := p.pins(ctx, dist)
	if err != nil {
		return nil, err
	}
	if err := sources.AddPins(pins); err != nil {
		return nil, err
	}
	st := &state{sources: sources}
	if st.lock, err = readLock(p.Dir); err != nil {
		return nil, err
	}
	if st.lock != nil {
		st.stale = sources.Stale(st.lock, dist.Minor)
	}
	return st, nil
}

// pins are those of the packages, except what Python itself has: bindings of the
// standard library (math) have an llpkg.cfg too.
func (p *Project) pins(ctx context.Context, dist *pydist.Dist) ([]Pin, error) {
	var pins []Pin
	var names []string
	for _, dir := range p.Packages {
		pin, err := ReadPin(dir)
		if err != nil {
			return nil, err
		}
		if pin != nil {
			pins, names = append(pins, *pin), append(names, pin.Name)
		}
	}
	if len(pins) == 0 {
		return nil, nil
	}
	stdlib, err := dist.StandardModules(ctx, names)
	if err != nil {
		return nil, err
	}
	var wanted []Pin
	for _, pin := range pins {
		if !stdlib[pin.Name] {
			wanted = append(wanted, pin)
		}
	}
	return wanted, nil
}

// readLock returns the lock in a directory, nil if there is none.
func readLock(dir string) (*pylock.Lock, error) {
	path := filepath.Join(dir, pylock.FileName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lock, err := pylock.Parse(string(text))
	if err != nil {
		return nil, &helper.Error{
			Text: fmt.Sprintf("%s is no lock: %v", path, err),
			Next: "rm " + path + " && llgo py lock   # or restore it",
		}
	}
	return lock, nil
}

// foreign tells whether another tool wrote the lock.
func (st *state) foreign() bool { return st.lock != nil && st.lock.Record == nil }

// preferred is the text of the lock, whose versions should stay.
func (st *state) preferred() string {
	if st.lock == nil {
		return ""
	}
	return st.lock.Text
}

func (p *Project) staleError(st *state) error {
	if st.foreign() {
		return &helper.Error{
			Text: fmt.Sprintf("%s is stale: %s; another tool wrote it, so it stays as it is", pylock.FileName, st.stale),
			Next: "update it with that tool, or remove it and: llgo py lock",
		}
	}
	return &helper.Error{Text: fmt.Sprintf("%s is stale: %s", pylock.FileName, st.stale), Next: "llgo py lock"}
}

// notOurs is the error of those who would write the lock of another tool.
func (p *Project) notOurs() error {
	return &helper.Error{
		Text: pylock.FileName + " was written by another tool, so it stays as it is",
		Next: "add and lock with that tool, or remove the file to have llgo write it",
	}
}

// writable tells whether a lock can be written: by trying, for permissions do not
// say it of a read-only mount, nor of anything to root.
func (p *Project) writable() bool {
	if p.Foreign {
		return false
	}
	f, err := os.CreateTemp(p.Dir, "."+pylock.FileName+".*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}

// write resolves the sources and writes the lock; upgrade forgets the versions of
// the old one. It returns what changed.
func (p *Project) write(ctx context.Context, dist *pydist.Dist, st *state, upgrade bool) ([]Change, error) {
	prefer := ""
	if st.lock != nil && !upgrade {
		prefer = st.lock.Text
		st.sources.KeepPins(st.lock.Record)
	}
	text, err := p.Helper.Resolve(ctx, dist, st.sources.Requirements(nil, prefer), p.Reporter)
	if err != nil {
		return nil, err
	}
	if text, err = pylock.WithRecord(text, st.sources.Record(dist.Minor)); err != nil {
		return nil, err
	}
	fresh, err := pylock.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := durable.Replace(filepath.Join(p.Dir, pylock.FileName), []byte(text), 0o644); err != nil {
		return nil, err
	}
	why := "written"
	if st.stale != "" {
		why = fmt.Sprintf("was stale (%s) and is written anew", st.stale)
	}
	p.Reporter.Note(fmt.Sprintf("%s %s: %s", pylock.FileName, why, count(len(fresh.Packages), "distribution")))
	return changes(st.lock, fresh), nil
}

// Lock writes the lock if it is missing or stale, or in any case with upgrade,
// which takes the newest versions that fit. It returns what changed.
func (p *Project) Lock(ctx context.Context, dist *pydist.Dist, upgrade bool) ([]Change, error) {
	st, err := p.state(ctx, dist)
	switch {
	case err != nil:
		return nil, err
	case st.foreign():
		return nil, p.notOurs()
	case st.sources.Empty():
		return nil, &helper.Error{Text: "nothing to lock: no Python dependencies are listed in " + p.Dir, Next: "llgo py add numpy"}
	case st.lock != nil && st.stale == "" && !upgrade:
		p.Reporter.Note(pylock.FileName + " is up to date")
		return nil, nil
	}
	return p.write(ctx, dist, st, upgrade)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
