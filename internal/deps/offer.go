package deps

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Offer turns the error that modules are not installed into one that says which
// distributions to add, as far as that is known, and to what: the dependencies of
// the module, or a virtual environment of the user's. Other errors stay.
func Offer(err error, dist *pydist.Dist) error {
	var e *helper.Error
	if !errors.As(err, &e) || len(e.Missing) == 0 {
		return err
	}
	offer := *e
	var unfollowed *helper.Error
	if errors.As(installed.Unfollowed(dist, e.Missing[0]), &unfollowed) {
		offer.Text, offer.Next = unfollowed.Text, unfollowed.Next
		return &offer
	}
	p := providers{}
	offer.Text, offer.Next = p.offer(e.Missing, how(dist))
	return &offer
}

// how is the command that installs distributions.
func how(dist *pydist.Dist) string {
	if dist.IsVenv() && !dist.Managed {
		return dist.Executable + " -m pip install"
	}
	return "llgo py add"
}

// offer says what is missing and what to type.
func (p *providers) offer(modules []string, command string) (text, hint string) {
	first := modules[0]
	names := p.of(first)
	others := ""
	if len(modules) > 1 {
		others = " (nor " + strings.Join(modules[1:], ", ") + ")"
	}
	if len(names) == 0 {
		return fmt.Sprintf("%s is not installed%s, and the name of its distribution is not known", first, others), command + " <distribution>"
	}
	all := []string{names[0]}
	for _, module := range modules[1:] {
		if more := p.of(module); len(more) > 0 && !slices.Contains(all, more[0]) {
			all = append(all, more[0])
		}
	}
	text = fmt.Sprintf("%s is not installed%s; add it: %s %s", first, others, command, strings.Join(all, " "))
	if len(names) > 1 {
		hint = "or another distribution of " + first + ": " + strings.Join(names[1:], ", ")
	} else if command == "llgo py add" {
		hint = "llgo build --py-requirement " + names[0] + " …   # for one build only"
	}
	return text, hint
}

// providers knows which distributions provide a module: those that were installed
// in an environment of the cache, by their own metadata, and those of a table.
// Nothing is guessed, for whoever picks a wrong name runs a stranger's code.
type providers struct {
	seen map[string][]string // nil until it is needed
}

// of returns the distributions of a module, the likeliest first. The nearest
// enclosing package that is known counts: google.protobuf is not google.
func (p *providers) of(module string) []string {
	if p.seen == nil {
		p.seen = inCache()
	}
	for name := module; name != ""; name = installed.Parent(name) {
		if known := slices.Concat(p.seen[name], table()[name]); len(known) > 0 {
			slices.SortStableFunc(known, func(a, b string) int { return strings.Compare(rank(name, a), rank(name, b)) })
			return slices.CompactFunc(known, strings.EqualFold)
		}
	}
	return nil
}

// rank puts the table's order before anything that happens to be installed.
func rank(module, distribution string) string {
	i := slices.IndexFunc(table()[module], func(d string) bool { return strings.EqualFold(d, distribution) })
	if i < 0 {
		return "~" + distribution
	}
	return fmt.Sprintf("%03d", i)
}

//go:embed modules.json
var modulesJSON []byte

// modules is the file modules.json.
type modules struct {
	Schema  string
	Version int
	Modules []struct {
		Module        string
		Distributions []string
		Source        string
	}
	Same []string // modules that are called like their distributions
}

var table = sync.OnceValue(func() map[string][]string {
	var m modules
	if err := json.Unmarshal(modulesJSON, &m); err != nil {
		panic(err) // it is part of this program, and tested
	}
	all := make(map[string][]string)
	for _, entry := range m.Modules {
		all[entry.Module] = entry.Distributions
	}
	for _, name := range m.Same {
		all[name] = []string{name}
	}
	return all
})

// inCache maps the modules in the environments of the cache to the names of their
// distributions. What cannot be read is not known.
func inCache() map[string][]string {
	all := make(map[string][]string)
	root, err := cachedir.Root()
	if err != nil {
		return all
	}
	infos, _ := filepath.Glob(filepath.Join(root, "environments", "*", "lib", "python*", "site-packages", "*.dist-info"))
	done := make(map[string]bool)
	for _, info := range infos {
		if done[filepath.Base(info)] {
			continue
		}
		done[filepath.Base(info)] = true
		d := installed.Read(info)
		if d == nil {
			continue
		}
		for _, module := range d.Modules() {
			if !slices.Contains(all[module], d.Name) {
				all[module] = append(all[module], d.Name)
			}
		}
	}
	return all
}
