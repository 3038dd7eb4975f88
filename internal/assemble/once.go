package assemble

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/record"
)

// A build of which nothing changed is not done again. Its key is everything that it
// depends on, by content: this program, the sources of the Go side, what the go
// command is set to, the settings with the files that they name, the distribution.
// What turned up only on the way, libraries of this machine, is looked at again too,
// and so is every file that the build wrote.

// packer makes the program and says what of this machine went into it.
type packer func(context.Context, *pydist.Dist, *helper.Helper) (s *Summary, machine []string, err error)

// told is what a build says to people.
type told struct {
	Summary  *Summary
	Warnings []string
}

// once runs pack, unless its result is there already.
func (b *builder) once(ctx context.Context, pack packer) (*Summary, error) {
	base, h, err := b.interpreter(ctx)
	if err != nil {
		return nil, err
	}
	b.ahead = b.beginAhead(ctx, base, h)
	defer b.ahead.stop()
	dist, err := b.withPackages(ctx, base, h)
	if err != nil {
		return nil, err
	}
	if !b.repeatable(dist) {
		s, _, err := pack(ctx, dist, h)
		return s, err
	}
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	in, err := b.inputs(ctx, dist)
	if err != nil {
		return nil, err
	}
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	if s := b.found(store, key); s != nil {
		return s, nil
	}
	warnings := &warnings{Reporter: b.Reporter}
	b.Reporter = warnings
	s, machine, err := pack(ctx, dist, h)
	if err != nil {
		return nil, err
	}
	// Was something edited meanwhile? Then nobody knows of which state the result is.
	if again, err := b.sources(); err != nil || !bytes.Equal(again, in.Sources) {
		return s, err
	}
	if same, err := dist.Same(ctx); err != nil || !same {
		return s, err
	}
	return s, record.Keep(store, key, machine, b.wrote(), told{s, warnings.texts})
}

// found tells again what the build told that wrote what is there.
func (b *builder) found(store *kept.Store, key kept.Key) *Summary {
	data, ok := record.Find(store, key)
	var t told
	if !ok || json.Unmarshal(data, &t) != nil || t.Summary == nil {
		return nil
	}
	for _, text := range t.Warnings {
		b.Reporter.Warn(text)
	}
	t.Summary.Unchanged = true
	return t.Summary
}

// repeatable reports whether everything that the build depends on is known.
// Packages come and go in an interpreter of the user's that is not pinned; a C compiler reads what
// nobody lists; some flags ask for the work itself, or bring in files of their own.
func (b *builder) repeatable(dist *pydist.Dist) bool {
	special := slices.ContainsFunc(b.Flags.Build, func(flag string) bool {
		name, _, _ := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
		return slices.Contains([]string{"a", "work", "toolexec", "buildvcs", "pgo", "pkgdir"}, name)
	})
	return (dist.Managed || dist.Pinned) && b.comp.Name() == "go" && !b.prog.HasCgo() && !special && !b.Flags.Commands && b.Flags.Overlay == ""
}

// inputs looks at all that the build depends on.
func (b *builder) inputs(ctx context.Context, dist *pydist.Dist) (in inputs, err error) {
	env, err := gosource.Environment(ctx, b.Env)
	if err != nil {
		return in, err
	}
	sources, err := b.sources()
	if err != nil {
		return in, err
	}
	self, err := b.tool()
	return inputs{
		b.out, b.Dir, b.Patterns, b.Flags, env, sources, b.packages(), b.set, b.Sizes, b.looking, self, dist.Identity, os.Getenv("SOURCE_DATE_EPOCH"),
	}, err
}

// sources is the sum of what the Go side is compiled from, and of the files that settings
// name.
func (b *builder) sources() ([]byte, error) {
	return record.Sum(append(b.prog.Inputs(), b.set.Sources()...))
}

// tool changes with this program.
func (b *builder) tool() ([]byte, error) {
	b.toolOnce.Do(func() {
		self, err := os.Executable()
		if err == nil {
			b.toolSum, err = record.Sum([]string{self})
		}
		b.toolErr = err
	})
	return b.toolSum, b.toolErr
}

// inputs are all that a build depends on.
type inputs struct {
	Out, Dir    string
	Patterns    []string
	Flags       compiler.Flags
	Environment map[string]string // of the go command
	Sources     []byte            // their sum
	Packages    []string
	Settings    *config.Settings
	Sizes       bool
	Looking     bool
	Tool        []byte
	Dist        string // its identity
	Epoch       string // SOURCE_DATE_EPOCH
}

func (in inputs) key() (kept.Key, error) {
	all, err := json.Marshal(in)
	return kept.NewKey("build", all), err
}

// packages are those of the program; the versions of modules are part of it.
func (b *builder) packages() (list []string) {
	for _, p := range b.prog.Packages {
		if p.Standard {
			continue
		}
		line := p.ImportPath + " " + p.Dir
		if p.Module != nil {
			line += " " + p.Module.Path + " " + p.Module.Version
		}
		list = append(list, line)
	}
	return list
}

// warnings remembers them, to be told again.
type warnings struct {
	progress.Reporter

	mu    sync.Mutex
	texts []string
}

// Warn implements progress.Reporter.
func (w *warnings) Warn(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
	w.Reporter.Warn(text)
}
