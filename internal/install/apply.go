package install

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/links"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// apply carries out a plan, the lock held: store's root, record, files, links. What
// was replaced goes last.
func (in *Installer) apply(ctx context.Context, p *Plan) error {
	key := p.Record.key()
	in.fault("root")
	// What it replaces stays rooted as well until it is done.
	roots, err := in.store.Roots()
	if err != nil {
		return err
	}
	if err := in.store.Root(in.root(key), append(roots[in.root(key)], p.entries...)); err != nil {
		return err
	}
	p.Record.State = placing
	if err := in.writeRecord(p.Record); err != nil {
		return err
	}
	if err := in.place(ctx, p.Record); err != nil {
		return err
	}
	return in.reroot()
}

// reroot makes the store's roots say what the records do: what was killed in between
// has left one of them behind.
func (in *Installer) reroot() error {
	records, err := in.Records()
	if err != nil {
		return err
	}
	roots, err := in.store.Roots()
	if err != nil {
		return err
	}
	for _, r := range records {
		name := in.root(r.key())
		if want := r.entries(); !slices.Equal(roots[name], want) {
			in.fault("root again")
			var missing *store.MissingError
			if err := in.store.Root(name, want); err != nil && !errors.As(err, &missing) {
				return err
			}
		}
		delete(roots, name)
	}
	for name := range roots {
		if strings.HasPrefix(name, in.root("")) {
			in.fault("unroot")
			if err := in.store.Unroot(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// place brings WHERE to what a record says. It can be done again from any point.
func (in *Installer) place(ctx context.Context, r *Record) error {
	for i, f := range r.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if right, err := in.is(f); err != nil || right {
			if err != nil {
				return err
			}
			continue
		}
		if err := in.placeFile(strconv.Itoa(i), f); err != nil {
			return err
		}
	}
	in.fault("sync")
	if err := in.sync(r); err != nil {
		return err
	}
	for _, a := range r.Aliases {
		found, kind, err := in.look(a.Path)
		if err != nil {
			return err
		}
		if kind == isFile || kind == isLink && string(found) == a.Link {
			continue // a file there is the program itself, see Plan.alias
		}
		if err := in.placeFile("alias", Placed{Path: a.Path, Link: a.Link}); err != nil {
			return err
		}
	}
	records, err := in.Records()
	if err != nil {
		return err
	}
	if err := in.discard(r.Obsolete, r.key(), records); err != nil {
		return err
	}
	r.State, r.Obsolete = "", nil
	return in.writeRecord(r)
}

// placeFile puts one file or link at its place, by rename.
func (in *Installer) placeFile(work string, f Placed) error {
	in.fault("mkdir")
	if err := os.MkdirAll(filepath.Dir(in.at(f.Path)), 0o755); err != nil {
		return err
	}
	tmp := in.at(workDir + "/" + work)
	in.fault("place in work")
	if f.Link != "" {
		if err := os.Symlink(f.Link, tmp); err != nil {
			return err
		}
	} else {
		// Whatever way it comes: a directory with links into the store could not be
		// copied to another machine.
		how := links.How{Ways: []links.Way{links.HardLink, links.Reflink, links.Copy}}
		if _, err := links.Place(in.store.Object(f.Object, f.Executable), tmp, how); err != nil {
			return err
		}
	}
	in.fault("rename")
	err := os.Rename(tmp, in.at(f.Path))
	if err == nil {
		// Two names of one file: rename does nothing then.
		err = os.Remove(tmp)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	return err
}

// sync brings the files of a record to the disk before anything leads to them.
func (in *Installer) sync(r *Record) error {
	if err := durable.Tree(in.where); err != nil {
		return err
	}
	for _, f := range r.Files {
		if !strings.HasPrefix(f.Path, shareBeside) {
			continue
		}
		if err := durable.File(filepath.Dir(in.at(f.Path))); err != nil {
			return err
		}
	}
	return nil
}
