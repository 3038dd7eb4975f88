package unpack

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// running tells whether a process runs from the tree, or has code or data of it
// mapped. Children that were started from a tree, and programs that replaced their
// launcher, hold no lock. Processes of other users cannot be read; they have
// caches of their own.
func (c *cache) running(id string) bool {
	tree := c.path(treesDir, id) + "/"
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		if exe, err := os.Readlink(p + "/exe"); err == nil && strings.HasPrefix(exe, tree) {
			return true
		}
		if maps, err := os.ReadFile(p + "/maps"); err == nil && bytes.Contains(maps, []byte(tree)) {
			return true
		}
	}
	return false
}
