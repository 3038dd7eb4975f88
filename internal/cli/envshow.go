package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
)

// changed tells of a new generation.
func (c *envCommand) changed(e *env.Environment, changed bool, err error) error {
	if err != nil {
		return err
	}
	c.ui.mu.Lock()
	defer c.ui.mu.Unlock()
	if c.ui.event(map[string]any{"type": "generation", "changed": changed, "environment": e}) {
		return nil
	}
	if !changed {
		c.ui.line("%s is so already, in generation %d", e.Name, e.Generation)
		return nil
	}
	c.ui.line("%s is in generation %d: %d entries, %d files", e.Name, e.Generation, len(e.Members), e.Files)
	for _, conflict := range e.Conflicts {
		c.ui.line("%s", conflictText(conflict))
	}
	if len(e.Conflicts) > 0 {
		c.ui.line("the rule: %s", e.Rule)
	}
	for _, m := range e.Missing {
		c.ui.line("warning: %s", missingText(m))
	}
	return nil
}

func missingText(m env.Missing) string {
	return fmt.Sprintf("%s needs %s, which no entry of the environment has", m.Entry, strings.Join(m.Names, ", "))
}

func conflictText(conflict env.Conflict) string {
	return fmt.Sprintf("%s is that of %s, not of %s", conflict.Path, conflict.Kept, strings.Join(conflict.Hidden, ", "))
}

func envList(c *envCommand) error {
	if err := c.want("ls", 0, 0); err != nil {
		return err
	}
	names, err := c.set.Names()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, name := range names {
		e, err := c.set.Current(name)
		if err != nil {
			c.ui.Warn(err.Error())
			continue
		}
		if c.ui.event(map[string]any{"type": "environment", "name": name, "generation": e.Generation, "home": c.set.Home(name), "wanted": e.Wanted}) {
			continue
		}
		var wanted []string
		for _, w := range e.Wanted {
			name, version, _ := strings.Cut(w.Entry, ",")
			version, _, _ = strings.Cut(version, ",")
			wanted = append(wanted, name+","+version)
		}
		fmt.Fprintf(w, "%s\tgeneration %d\t%s\n", name, e.Generation, strings.Join(wanted, " "))
	}
	return nil
}

func envShow(c *envCommand) error {
	if err := c.want("show <name>", 1, 1); err != nil {
		return err
	}
	e, err := c.set.Current(c.args[0])
	if err != nil {
		return err
	}
	generations, err := c.set.Generations(e.Name)
	if err != nil {
		return err
	}
	home := c.set.Home(e.Name)
	vars := env.Variables(e, home)
	if c.ui.event(map[string]any{"type": "environment", "environment": e, "generations": generations, "home": home, "variables": vars}) {
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n", home)
	c.showGenerations(w, e, generations)
	for _, s := range e.Sources {
		fmt.Fprintf(w, "\nsrc/%s\t%s\n", s.Name, s.Dir)
	}
	if len(e.Members) > 0 {
		fmt.Fprintln(w)
	}
	for _, m := range e.Members {
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.Entry, m.Kind, reason(e, m))
	}
	showConflicts(w, e)
	for _, m := range e.Missing {
		fmt.Fprintln(w, "\n"+missingText(m))
	}
	showVariables(w, vars, env.ZshFunctions(home))
	return w.Flush()
}

func (c *envCommand) showGenerations(w *tabwriter.Writer, e *env.Environment, generations []int) {
	for _, n := range generations {
		g, err := c.set.Generation(e.Name, n)
		if err != nil {
			c.ui.Warn(err.Error())
			continue
		}
		mark := " "
		if n == e.Generation {
			mark = "*"
		}
		fmt.Fprintf(w, "%s generation %d\t%s\n", mark, n, g.Change)
	}
}

func showVariables(w *tabwriter.Writer, vars []env.Variable, zsh string) {
	if len(vars) > 0 {
		fmt.Fprintln(w, "\nby hand:")
	}
	for _, v := range vars {
		fmt.Fprintln(w, "  "+v.Shell())
	}
	if zsh != "" {
		fmt.Fprintln(w, "  "+zsh+"   # in zsh, before compinit")
	}
}

// reason says why an entry is there.
func reason(e *env.Environment, m env.Member) string {
	if m.Role != env.RoleWanted {
		return "for " + strings.Join(m.For, ", ")
	}
	for _, w := range e.Wanted {
		if w.Entry == m.Entry {
			text := "asked for as " + w.Request
			if w.Pinned {
				text += ", upgraded by name only"
			}
			return text
		}
	}
	return ""
}

func showConflicts(w *tabwriter.Writer, e *env.Environment) {
	if len(e.Conflicts) == 0 {
		return
	}
	fmt.Fprintf(w, "\nconflicts; %s:\n", e.Rule)
	for _, conflict := range e.Conflicts {
		fmt.Fprintln(w, "  "+conflictText(conflict))
	}
}

func envGraph(c *envCommand) error {
	g, err := c.set.Graph(c.args...)
	if err != nil {
		return err
	}
	if c.json {
		c.format = "json"
	}
	switch c.format {
	case "text":
		return g.Text(os.Stdout)
	case "json":
		if c.json { // one line, typed
			data, err := json.Marshal(g)
			c.ui.event(map[string]any{"type": "graph", "graph": json.RawMessage(data)})
			return err
		}
		return g.JSON(os.Stdout)
	case "svg":
		return g.SVG(os.Stdout)
	}
	return usagef("llgo py help env", "llgo py env graph: the format is text, json or svg, not %s", c.format)
}
