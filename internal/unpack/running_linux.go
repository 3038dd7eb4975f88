package unpack

import (
	"os"
	"path/filepath"
	"strings"
)

// running returns the names of the trees from which a process has mapped code or
// data. Children that were started from a tree, and programs that replaced their
// launcher, hold no lock. Processes of other users cannot be read; they have
// caches of their own.
func (c *cache) running() map[string]bool {
	found := map[string]bool{}
	prefix := c.path(treesDir) + "/"
	lists, _ := filepath.Glob("/proc/[0-9]*/maps")
	for _, name := range lists {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for rest := string(text); ; {
			_, after, ok := strings.Cut(rest, prefix)
			if !ok {
				break
			}
			id, _, _ := strings.Cut(after, "/")
			found[id] = true
			rest = after
		}
	}
	return found
}
