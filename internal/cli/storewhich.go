package cli

import (
	"errors"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/install"
)

// storeWhich is the way back from a file, also a copy, to the entries that have it.
func storeWhich(c *storeCommand) (err error) {
	if err := c.want("which <file>...", 1, -1); err != nil {
		return err
	}
	for _, file := range c.args {
		err = errors.Join(err, c.which(file))
	}
	return err
}

// which prints the entries of one file, the surest first.
func (c *storeCommand) which(file string) error {
	found, err := install.Which(c.store, file)
	if err != nil {
		return err
	}
	for _, from := range found {
		if c.ui.event(map[string]any{
			"type": "which", "file": file, "entry": from.ID, "path": from.File, "sha256": string(from.Object),
			"recorded": from.Recorded, "original": from.Original,
		}) {
			continue
		}
		how := ""
		switch {
		case from.Recorded:
			how = "  installed from it"
		case from.Original:
			how = "  as it was before it came into the store"
		}
		fmt.Printf("%s  %s%s\n", from.ID, from.File, how)
	}
	return nil
}
