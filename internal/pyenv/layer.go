package pyenv

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// Kinds are the kinds of entries that Lay has a place for.
var Kinds = []string{store.KindPython, store.KindDistribution, store.KindBytecode}

// Lay is the env.Layer of Kinds: it lays the interpreter and what belongs to it. The
// programs are in the environment's own bin/ as well,
// as links, and so is what lies in share/.
func Lay(p *env.Plan, members []env.Laid) error {
	python, err := interpreter(members)
	if err != nil {
		return err
	}
	l := &layer{plan: p}
	if python != nil {
		l.libDir = source.PythonOf(python)
	}
	for _, m := range members {
		if m.Entry.Kind == store.KindPython && m.Role != env.RoleWanted {
			l.libraries(m)
			continue
		}
		for _, f := range m.Entry.Files {
			l.file(m, f)
		}
	}
	if python != nil {
		l.editable(p.Spec.Sources)
		p.SearchPath("bin")
	}
	return nil
}

// interpreter is Interpreter for members. A CPython that came along because a program
// is linked with its library is not the environment's.
func interpreter(members []env.Laid) (*store.Entry, error) {
	var entries []*store.Entry
	for _, m := range members {
		if m.Entry.Kind != store.KindPython || m.Role == env.RoleWanted {
			entries = append(entries, m.Entry)
		}
	}
	return Interpreter(entries)
}

type layer struct {
	plan   *env.Plan
	libDir string // "python3.14"
}

// file lays a file where CPython's layout has it, below libDir.
func (l *layer) file(m env.Laid, f store.File) {
	at := f.Path
	if rest, ok := strings.CutPrefix(at, wheel.SitePackages+"/"); ok {
		at = path.Join("lib", l.libDir, wheel.SitePackages, rest)
	} else {
		at = strings.TrimPrefix(at, source.PythonDir+"/")
	}
	top, rest, _ := strings.Cut(at, "/")
	at = path.Join(l.libDir, at)
	if top != "bin" {
		l.plan.File(m, at, f)
		if top == "share" {
			l.plan.File(m, path.Join(top, rest), f)
		}
		return
	}
	// Programs look around themselves: the interpreter for its standard library, a
	// script for the interpreter.
	l.plan.RealFile(m, at, f)
	up, err := filepath.Rel("/bin", "/"+at)
	if err == nil && !strings.Contains(rest, "/") && !strings.HasPrefix(rest, "activate") {
		l.plan.Symlink(m, path.Join(top, rest), filepath.ToSlash(up))
	}
}

// libraries lays what others are linked with, and no more.
func (l *layer) libraries(m env.Laid) {
	for soname, at := range m.Entry.Provides {
		if f := m.Entry.File(at); f != nil {
			l.plan.File(m, path.Join("lib", soname), *f)
		}
	}
}
