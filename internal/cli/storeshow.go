package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// What `llgo py store ls` and info print.

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

func storeList(c *storeCommand) error {
	if err := c.want("ls [<entry>]", 0, 1); err != nil {
		return err
	}
	heads, err := c.store.Heads()
	if err != nil {
		return err
	}
	if len(c.args) == 1 {
		ids, err := c.store.Match(c.args[0])
		if err != nil {
			return err
		}
		heads = slices.DeleteFunc(heads, func(e *store.Entry) bool { return !slices.Contains(ids, e.ID()) })
	}
	users, err := usersOf(c.store)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, e := range heads {
		if !c.ui.event(map[string]any{
			"type": "entry", "entry": e.ID(), "name": e.Name, "version": e.Version, "kind": e.Kind, "platform": e.Platform,
			"licence": e.Licence, "size": e.Size, "users": users[e.ID()],
		}) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.ID(), e.Kind, e.Platform, megabytes(e.Size), strings.Join(users[e.ID()], " "))
		}
	}
	return nil
}

// usersOf says who asked for each entry.
func usersOf(s *store.Store) (map[string][]string, error) {
	roots, err := s.Roots()
	if err != nil {
		return nil, err
	}
	users := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(roots)) {
		for _, id := range roots[name] {
			users[id] = append(users[id], name)
		}
	}
	return users, nil
}

func storeInfo(c *storeCommand) error {
	if err := c.want("info <entry>", 1, 1); err != nil {
		return err
	}
	e, err := c.store.Find(c.args[0])
	if err != nil {
		return err
	}
	missing, err := e.Unresolved()
	if err != nil {
		return err
	}
	users, err := usersOf(c.store)
	if err != nil {
		return err
	}
	if c.ui.event(map[string]any{
		"type": "info", "id": e.ID(), "hash": e.Hash(), "tree": c.store.Tree(e), "entry": e, "missing": missing, "users": users[e.ID()],
	}) {
		return nil
	}
	printInfo(c.store, e, missing, users[e.ID()])
	return nil
}

// printInfo is info for people.
func printInfo(s *store.Store, e *store.Entry, missing, users []string) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, value)
		}
	}
	row("entry", e.ID())
	row("hash", string(e.Hash()))
	row("kind", e.Kind+", "+e.Platform+", "+megabytes(e.Size))
	row("licence", e.Licence)
	row("origin", origin(e.Origin))
	row("files in", s.Tree(e))
	row("used by", strings.Join(users, " "))
	for _, soname := range slices.Sorted(maps.Keys(e.Resolved)) {
		row("needs", soname+" of "+e.Resolved[soname])
	}
	for _, soname := range missing {
		row("needs", soname+", which the store does not have")
	}
	for _, soname := range slices.Sorted(maps.Keys(e.Provides)) {
		row("has", soname)
	}
	for _, f := range e.Files {
		row(fileKind(f), describeStored(f))
	}
}

func origin(o store.Origin) string {
	parts := []string{o.Kind, o.Name, o.Version, o.Source}
	if o.SHA256 != "" {
		parts = append(parts, "sha256 "+string(o.SHA256))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func fileKind(f store.File) string {
	switch {
	case f.Link != "":
		return "link"
	case f.Native != nil:
		return f.Native.Format
	case f.Executable:
		return "program"
	}
	return "file"
}

func describeStored(f store.File) string {
	if f.Link != "" {
		return f.Path + " -> " + f.Link
	}
	text := fmt.Sprintf("%s  %.12s…", f.Path, f.Object)
	if f.Original != "" {
		text += fmt.Sprintf("  was %.12s…", f.Original)
	}
	if f.Native != nil && len(f.Native.Needed) > 0 {
		text += "  needs " + strings.Join(f.Native.Needed, " ")
	}
	return text
}
