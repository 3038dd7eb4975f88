package install

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Bring puts what a file, a directory or a requirement ("python@3.14", "black==24.1")
// is into the store, and returns the entry with the programs. What the program needs
// goes there first: libraries of this machine, if it is a plain file, of which brought
// are the entries; an interpreter and what a distribution requires.
func Bring(ctx context.Context, s *store.Store, name string, r progress.Reporter) (e *store.Entry, brought []*store.Entry, err error) {
	src, err := source.Open(name, source.Options{Reporter: r})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	drafts, err := src.Drafts(ctx)
	if err == nil && len(drafts) == 1 && isPlain(drafts[0]) && drafts[0].Entry.Version == source.Unversioned {
		drafts, err = versioned(ctx, name, drafts)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, d := range drafts {
		if isPlain(d) {
			if brought, err = bringLibraries(ctx, s, name); err != nil {
				return nil, nil, err
			}
		}
		added, err := s.Add(ctx, d)
		if err != nil {
			return nil, nil, err
		}
		if e == nil || added.Kind == store.KindProgram || added.Name == pylock.Normalise(reqs.Name(name)) {
			e = added
		}
	}
	if e == nil {
		return nil, nil, &source.UnknownError{Path: name}
	}
	if e.Kind == store.KindDistribution {
		err = bringPython(ctx, s, e, name, r)
	}
	return e, brought, err
}

// isPlain tells a program that is a file by itself.
func isPlain(d store.Draft) bool {
	return d.Entry.Kind == store.KindProgram && d.Entry.Origin.Kind == "file"
}

// versioned are the drafts of a program that does not say its version, if the
// machine's package manager does.
func versioned(ctx context.Context, name string, drafts []store.Draft) (_ []store.Draft, err error) {
	file, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	_, version, _ := strings.Cut(packageVersion(ctx, file), " ")
	if version == "" {
		return drafts, nil
	}
	src, err := source.Open(name, source.Options{Version: version})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }() // a file has nothing that goes with it
	return src.Drafts(ctx)
}

// bringPython adds what a distribution cannot do without and the store does not have:
// an interpreter, and, if it came as a wheel, what that requires.
func bringPython(ctx context.Context, s *store.Store, e *store.Entry, name string, r progress.Reporter) error {
	python, err := interpreter(s, e)
	var none *NoPythonError
	if errors.As(err, &none) {
		if _, _, err = Bring(ctx, s, "python@"+pydist.Default, r); err == nil {
			python, err = interpreter(s, e)
		}
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return nil // a requirement has brought what it requires
	}
	missing, sure, err := lacking(s, python, e)
	if err != nil || !missing {
		return err
	}
	file, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	// All of them, resolved together. Whether one with a marker is needed here is not
	// known yet; if it is, the environment will say so.
	_, _, err = Bring(ctx, s, e.Name+" @ "+(&url.URL{Scheme: "file", Path: file}).String(), r)
	if !sure && ctx.Err() == nil {
		return nil
	}
	return err
}

// lacking tells whether the store lacks something that a distribution requires, and
// whether that is sure: of what has no marker.
func lacking(s *store.Store, python, e *store.Entry) (missing, sure bool, err error) {
	list, err := requirements(s, e)
	if err != nil || len(list) == 0 {
		return false, false, err
	}
	heads, err := s.Heads()
	if err != nil {
		return false, false, err
	}
	for _, r := range list {
		have, err := newest(s, heads, python, r.name)
		if err != nil {
			return false, false, err
		}
		if have == nil {
			missing, sure = true, sure || !r.marked
		}
	}
	return missing, sure, nil
}

// bringLibraries puts the libraries that the loader of this machine finds for a
// program into the store, those first that others need.
func bringLibraries(ctx context.Context, s *store.Store, program string) ([]*store.Entry, error) {
	found := listed(ctx, program)
	if len(found) == 0 {
		return nil, nil
	}
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	b := &bringer{ctx, s, p, found, map[string]bool{}, nil}
	if err := b.known(); err != nil {
		return nil, err
	}
	return b.entries, b.bring(program)
}

type bringer struct {
	ctx     context.Context
	store   *store.Store
	policy  *policy.Policy
	found   map[string]string // SONAME → file of this machine
	done    map[string]bool   // SONAMEs that the store has, or will have
	entries []*store.Entry
}

// known takes note of what the store has.
func (b *bringer) known() error {
	heads, err := b.store.Heads()
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h.Platform == store.ThisPlatform() && (h.Kind == store.KindLibrary || h.Kind == store.KindProgram) {
			for name := range h.Provides {
				b.done[name] = true
			}
		}
	}
	return nil
}

// bring adds what a file needs, depth first.
func (b *bringer) bring(file string) error {
	n, err := store.ReadNative(file)
	if err != nil || n == nil {
		return err
	}
	for _, name := range n.Needed {
		at := b.found[name]
		if at == "" || b.done[name] || b.policy.IsSystem(name, "linux") || b.policy.IsFallback(name) {
			continue
		}
		b.done[name] = true
		if err := b.bring(at); err != nil {
			return err
		}
		if err := b.add(at); err != nil {
			return err
		}
	}
	return nil
}

func (b *bringer) add(file string) (err error) {
	src, err := source.Open(file, source.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	drafts, err := src.Drafts(b.ctx)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		e, err := b.store.Add(b.ctx, d)
		if err != nil {
			return err
		}
		b.entries = append(b.entries, e)
	}
	return nil
}

// listed asks the loader that a program names which libraries it finds. The program
// is not started. Nothing is found for one of another machine.
func listed(ctx context.Context, program string) map[string]string {
	n, err := store.ReadNative(program)
	if err != nil || n == nil || !isLoader(n.Interpreter) {
		return nil
	}
	file, err := filepath.Abs(program)
	if err != nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, n.Interpreter, "--list", file)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	found := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		name, to, ok := strings.Cut(strings.TrimSpace(line), " => ")
		at, _, _ := strings.Cut(to, " (0x")
		if ok && filepath.IsAbs(at) {
			found[filepath.Base(name)] = at
		}
	}
	return found
}

// isLoader tells whether a program's loader is this system's, and not a file that came
// with the program.
func isLoader(name string) bool {
	dir, base := filepath.Split(name)
	return (dir == "/lib64/" || dir == "/lib/") && strings.HasPrefix(base, "ld-")
}
