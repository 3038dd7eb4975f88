package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// Problem is something in the store that is not as it was when it came there.
type Problem struct {
	Path   string   // below the store
	Reason string   // "has another content"
	Users  []string // of an object: "ID: path" of each file that is it
}

func (p Problem) String() string {
	text := p.Path + " " + p.Reason
	if len(p.Users) > 0 {
		text += "; it is " + strings.Join(p.Users, ", ")
	}
	return text
}

// Verify reads everything and compares it with its hash: objects, what is known of
// entries, and their trees. It changes nothing. Adding, importing or pulling an entry
// repairs it.
func (s *Store) Verify(ctx context.Context) (problems []Problem, err error) {
	err = s.locked(ctx, func() error {
		v := verifier{Store: s, ctx: ctx, users: map[string][]string{}, bad: map[string]bool{}}
		problems, err = v.run()
		return err
	})
	return problems, err
}

// verifier is one run of Verify.
type verifier struct {
	*Store
	ctx      context.Context
	users    map[string][]string // by the path of an object
	bad      map[string]bool     // objects that are told of already
	problems []Problem
}

func (v *verifier) run() ([]Problem, error) {
	ids, err := v.ids()
	if err != nil {
		return nil, err
	}
	var entries []*Entry
	for _, id := range ids {
		e, err := v.load(id.String())
		if err != nil {
			v.tell(filepath.Join(entriesDir, id.String(), entryFile), reason(err))
			continue
		}
		entries = append(entries, e)
		v.use(e)
	}
	if err := v.objects(); err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := errors.Join(v.ctx.Err(), v.entry(e)); err != nil {
			return nil, err
		}
	}
	return v.problems, v.roots()
}

func (v *verifier) tell(path, reason string) {
	v.problems = append(v.problems, Problem{Path: filepath.ToSlash(path), Reason: reason})
}

func reason(err error) string {
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return "is damaged: " + damaged.Text
	}
	return "cannot be read: " + err.Error()
}

func (v *verifier) use(e *Entry) {
	for i := range e.Files {
		if f := &e.Files[i]; f.Link == "" {
			object := v.Object(f.Object, f.Executable)
			v.users[object] = append(v.users[object], e.ID()+": "+f.Path)
		}
	}
}

// objects compares every object with its name, with all processors.
func (v *verifier) objects() error {
	names := slices.Collect(maps.Keys(v.users)) // missing ones are found by it
	err := filepath.WalkDir(v.path(objectsDir), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && v.users[name] == nil {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(names)
	var mu sync.Mutex
	err = objects.Parallel(len(names), func(i int) error {
		reason := objectProblem(names[i])
		mu.Lock()
		defer mu.Unlock()
		if reason != "" {
			v.bad[names[i]] = true
		}
		return v.ctx.Err()
	})
	for _, name := range names {
		if v.bad[name] {
			rel, _ := filepath.Rel(v.dir, name)
			v.problems = append(v.problems, Problem{filepath.ToSlash(rel), objectProblem(name), v.users[name]})
		}
	}
	return err
}

// objectProblem says what is wrong with an object, "" if nothing.
func objectProblem(name string) string {
	want, kind, _ := strings.Cut(filepath.Base(name), "-")
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is missing"
	case err != nil:
		return "cannot be read: " + err.Error()
	case !info.Mode().IsRegular():
		return "is no file"
	case info.Mode() != objects.Permissions(kind == "x"):
		return fmt.Sprintf("has mode %v", info.Mode())
	}
	sum, err := objects.HexOfFile(name)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	if sum != want {
		return "has another content"
	}
	return ""
}

// entry compares the tree of an entry with what is known of it.
func (v *verifier) entry(e *Entry) error {
	dir := filepath.Join(entriesDir, e.ID())
	if sums, err := os.ReadFile(v.path(dir, sumsFile)); err != nil || string(sums) != string(objects.EncodeSums(e.sums())) {
		v.tell(filepath.Join(dir, sumsFile), "is not the list of its files")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Resolved)) {
		if _, err := v.loadHead(e.Resolved[name]); err != nil {
			v.tell(dir, fmt.Sprintf("was resolved against %s for %s, which is not there", e.Resolved[name], name))
		}
	}
	for i := range e.Files {
		f := &e.Files[i]
		if v.bad[v.Object(f.Object, f.Executable)] {
			continue // said of the object
		}
		if !v.isPlaced(f, filepath.Join(v.Tree(e), f.Path)) {
			v.tell(filepath.Join(dir, filesDir, f.Path), "is missing, or not what it should be")
		}
	}
	return v.extra(e, dir)
}

// extra looks for what does not belong to the tree of an entry.
func (v *verifier) extra(e *Entry, dir string) error {
	tree := v.Tree(e)
	return filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // its files are missing, which is told already
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(tree, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return v.closed(d, filepath.Join(dir, filesDir, rel))
		}
		if e.File(filepath.ToSlash(rel)) == nil {
			v.tell(filepath.Join(dir, filesDir, rel), "does not belong to the entry")
		}
		return nil
	})
}

// closed looks at the mode of a directory of a tree.
func (v *verifier) closed(d fs.DirEntry, path string) error {
	info, err := d.Info()
	if err == nil && info.Mode()&0o222 != 0 {
		v.tell(path, fmt.Sprintf("can be written to (mode %04o)", info.Mode().Perm()))
	}
	return err
}

// roots looks for entries that somebody needs and that are not there.
func (v *verifier) roots() error {
	roots, err := v.Roots()
	if err != nil {
		return err
	}
	for _, user := range slices.Sorted(maps.Keys(roots)) {
		for _, id := range roots[user] {
			var missing *MissingError
			if _, err := v.loadHead(id); errors.As(err, &missing) {
				v.tell(filepath.Join(rootsDir, rootFile(user)), "needs "+id+", which is not there")
			}
		}
	}
	return nil
}
