package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pyenv"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// python are the options that make environments ones that can hold Python.
func (c *envCommand) python() []env.Option {
	return pyenv.Options(c.store, func(ctx context.Context) (*helper.Helper, error) {
		return helper.Open(ctx, c.ui)
	})
}

// fetching says for what a distribution is fetched. The CPython is one that is asked for
// in the same command, else that of the environment, else the managed one. What is
// installed for it stays in its version, if that will do.
func (c *envCommand) fetching(name string, asked []*store.Entry) (source.Options, error) {
	o := source.Options{Reporter: c.ui, Keep: map[string]string{}}
	have := slices.Clone(asked)
	if e, err := c.set.Current(name); err == nil {
		for _, m := range e.Members {
			entry, err := c.store.Find(m.Entry)
			if err != nil {
				return o, err
			}
			have = append(have, entry)
		}
	}
	for _, e := range have {
		_, known := o.Keep[e.Name]
		switch {
		case e.Kind == store.KindDistribution && !known:
			o.Keep[e.Name] = e.Version
		case e.Kind == store.KindPython && o.Python == nil:
			var err error
			if o.Python, err = pyenv.Describe(c.ctx, c.store, e); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// libs is `llgo py env libs`.
func envLibs(c *envCommand) error {
	if err := c.want("libs <name> [-- <module>... | <statement>...]", 1, -1); err != nil {
		return err
	}
	e, err := c.set.Current(c.args[0])
	if err != nil {
		return err
	}
	code := c.args[1:]
	if len(code) > 0 && code[0] == "--" {
		code = code[1:]
	}
	at, err := filepath.EvalSymlinks(c.set.Home(e.Name))
	if err != nil {
		return err
	}
	dist, err := c.session(e, at)
	if err != nil {
		return err
	}
	s := pyenv.Session{Code: code, Stdin: os.Stdin, Stdout: os.Stderr, Stderr: os.Stderr}
	loaded, err := s.Run(c.ctx, dist)
	var failed *pyenv.FailedError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	libraries, originErr := pyenv.Origins(c.store, at, e.IDs(), loaded)
	if originErr != nil {
		return originErr
	}
	c.libraries(at, libraries)
	return err
}

// session describes the interpreter of a generation.
func (c *envCommand) session(e *env.Environment, at string) (*pydist.Dist, error) {
	for _, m := range e.Members {
		if m.Kind != store.KindPython || m.Role != env.RoleWanted {
			continue
		}
		python, err := c.store.Find(m.Entry)
		if err != nil {
			return nil, err
		}
		return pydist.FromInterpreter(c.ctx, filepath.Join(at, source.PythonOf(python)))
	}
	return nil, hintError{fmt.Errorf("%s has no interpreter", e.Name), "llgo py env install " + e.Name + " python@" + pydist.Default}
}

// libraries prints them, those of the environment by their path in it.
func (c *envCommand) libraries(at string, libraries []pyenv.Library) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, l := range libraries {
		if c.ui.event(map[string]any{
			"type": "library", "file": l.File, "soname": l.SONAME, "place": l.Place, "entry": l.Entry, "path": l.Path, "how": l.How, "by": l.By,
		}) {
			continue
		}
		from := l.Entry
		if from == "" {
			from = string(l.Place)
		}
		file := l.File
		if rel, err := filepath.Rel(at, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", file, from, howText(l))
	}
}

// howText says what brought a shared object in: "needed by libfoo.so.1 and 2 more".
func howText(l pyenv.Library) string {
	text := map[string]string{"import": "imported", "ctypes": "loaded by ctypes", "needed": "needed", "dlopen": "loaded by dlopen"}[string(l.How)]
	switch n := len(l.By); {
	case n == 0:
		return text
	case l.How == "import":
		return text + " as " + strings.Join(l.By, ", ")
	case n == 1:
		return text + " by " + l.By[0]
	default:
		return fmt.Sprintf("%s by %s and %d more", text, l.By[0], n-1)
	}
}
