package install

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Bring puts what a file or directory has into the store, and returns the entry with
// the programs. Libraries of this machine that a plain program needs, and that the
// store does not have, go there first: brought are the entries of these.
func Bring(ctx context.Context, s *store.Store, file string) (e *store.Entry, brought []*store.Entry, err error) {
	src, err := source.Open(file, source.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	drafts, err := src.Drafts(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range drafts {
		if d.Entry.Kind == store.KindProgram && d.Entry.Origin.Kind == "file" {
			if brought, err = bringLibraries(ctx, s, file); err != nil {
				return nil, nil, err
			}
		}
		added, err := s.Add(ctx, d)
		if err != nil {
			return nil, nil, err
		}
		if e == nil || e.Kind == store.KindLibrary || e.Kind == store.KindData || e.Kind == store.KindPython {
			e = added
		}
	}
	if e == nil {
		return nil, nil, &source.UnknownError{Path: file}
	}
	return e, brought, nil
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
