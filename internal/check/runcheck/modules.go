package runcheck

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // for importer
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
)

//go:embed importer.py
var importer []byte

// Modules whose import does something that a check should not: scripts, and a browser.
var doing = []string{"antigravity", "this", "idlelib.idle", "turtledemo", "lib2to3.tests", "test"}

// acts tells whether importing a module means running something.
func acts(name string) bool {
	return name == "__main__" || strings.HasSuffix(name, ".__main__") || slices.ContainsFunc(doing, func(d string) bool {
		return name == d || strings.HasPrefix(name, d+".")
	})
}

// importAll imports every module of a container with the container's own interpreter.
func (r *Runner) importAll(ctx context.Context, c *facts.Container, s *Subject) error {
	python, err := r.interpreter(ctx, c)
	if err != nil || python == "" {
		return err
	}
	var names []string
	for _, name := range c.ModuleNames() {
		if acts(name) {
			s.Modules = append(s.Modules, Module{Name: name, Outcome: Skipped})
			continue
		}
		names = append(names, name)
	}
	home, err := r.room.fresh("home")
	if err != nil {
		return err
	}
	// A module that takes the process with it is known, and the others go on without it.
	for len(names) > 0 {
		b := &batch{subject: s, tree: filepath.Dir(filepath.Dir(filepath.Dir(python)))}
		if err := r.importSome(ctx, home, python, names, b); err != nil {
			return err
		}
		if !b.began {
			r.note(c.Path + ": modules were not imported, for the interpreter of the bundle does not start: " + cmp.Or(b.reason(), "no output"))
			return nil
		}
		names = names[b.finish(names, r.opts.Import):]
	}
	slices.SortFunc(s.Modules, func(a, b Module) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// interpreter returns the bundle's interpreter, "" if it has none. That of a onefile is
// unpacked.
func (r *Runner) interpreter(ctx context.Context, c *facts.Container) (string, error) {
	const name = "python/bin/python3"
	if c.Kind == facts.Executable {
		return "", nil
	}
	if c.File(name) == nil {
		r.note(c.Path + ": modules were not imported, for there is no " + name)
		return "", nil
	}
	dir, err := filepath.Abs(c.Path)
	if err != nil {
		return "", err
	}
	if c.Kind == facts.Onefile {
		if dir, err = r.room.fresh("unpacked"); err != nil {
			return "", err
		}
		if err := c.Extract(ctx, dir); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, filepath.FromSlash(name)), nil
}

// importSome runs one process that imports modules until it is through or dies.
func (r *Runner) importSome(ctx context.Context, home, python string, names []string, b *batch) error {
	dir, err := r.room.fresh("import")
	if err != nil {
		return err
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	script, modules := filepath.Join(dir, "importer.py"), filepath.Join(dir, "modules.json")
	if err := os.WriteFile(script, importer, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(modules, list, 0o600); err != nil {
		return err
	}
	// The process ends itself when a module takes too long. Where even that fails, it is
	// killed, when all of them together take too long.
	limited, cancel := context.WithTimeout(ctx, r.opts.Import+time.Duration(len(names))*5*time.Second)
	defer cancel()
	seconds := strconv.FormatFloat(r.opts.Import.Seconds(), 'f', -1, 64)
	cmd, err := r.room.command(limited, home, python, "-I", "-B", "-X", "utf8", script, modules, seconds)
	if err != nil {
		return err
	}
	cmd.Stdout = b
	var stderr beginning
	cmd.Stderr = &stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.stderr = stderr.String()
	if err != nil {
		b.end = err.Error()
	}
	return nil
}

// A batch reads what an importing process says.
type batch struct {
	subject *Subject
	tree    string // where python/ is, which is not to be seen in texts
	rest    []byte // of a line
	began   bool   // the process said anything at all
	begun   string // the module being imported
	count   int    // of modules that were finished
	end     string // how the process ended, "" if well
	stderr  string
}

// longestLine bounds what is kept of a process that writes no lines.
const longestLine = 1 << 20

// Write takes lines of JSON; what is none of ours is passed over.
func (b *batch) Write(p []byte) (int, error) {
	b.rest = append(b.rest, p...)
	for {
		line, rest, found := bytes.Cut(b.rest, []byte("\n"))
		if !found {
			break
		}
		b.take(line)
		b.rest = rest
	}
	if len(b.rest) > longestLine {
		b.rest = nil
	}
	return len(p), nil
}

func (b *batch) take(line []byte) {
	var m struct {
		Begin, Module, Opened, Text, Missing string
		Outcome                              Outcome
	}
	if json.Unmarshal(line, &m) != nil {
		return
	}
	switch {
	case m.Begin != "":
		b.began, b.begun = true, m.Begin
	case m.Opened != "":
		b.subject.Opened = append(b.subject.Opened, Opened{m.Opened, "audit hook", m.Module})
	case m.Module != "" && m.Module == b.begun:
		b.subject.Modules = append(b.subject.Modules, Module{m.Module, m.Outcome, m.Missing, strings.ReplaceAll(m.Text, b.tree+"/", "")})
		b.begun = ""
		b.count++
	}
}

// reason says in one line why the process ended.
func (b *batch) reason() string {
	lines := strings.Split(strings.TrimSpace(b.stderr), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return b.end
}

// finish notes the module that ended the process, if one did, and returns how many of
// the names are done with.
func (b *batch) finish(names []string, limit time.Duration) int {
	if b.count >= len(names) {
		return len(names)
	}
	m := Module{Name: names[b.count], Outcome: Crashed, Text: b.end}
	if strings.Contains(b.stderr, "Timeout (") { // faulthandler's
		m.Outcome, m.Text = TimedOut, "its import took longer than "+limit.String()
	}
	b.subject.Modules = append(b.subject.Modules, m)
	return b.count + 1
}
