package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// What `llgo py store export` and import do.

func storeExport(c *storeCommand) error {
	if err := c.want("export [-o <file>] <entry>...", 1, -1); err != nil {
		return err
	}
	var ids []string
	for _, pattern := range c.args {
		id, err := c.store.FindID(pattern)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if c.output == "" || c.output == "-" {
		if isTerminal(os.Stdout) {
			return usagef("llgo py store export -o entries.tar …", "an archive is nothing for a terminal")
		}
		return c.store.Export(c.ctx, os.Stdout, ids...)
	}
	return c.exportTo(c.output, ids)
}

// exportTo writes the archive beside its place, and renames it when it is complete.
func (c *storeCommand) exportTo(name string, ids []string) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(c.store.Export(c.ctx, f, ids...), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func storeImport(c *storeCommand) error {
	if err := c.want("import <file>...", 1, -1); err != nil {
		return err
	}
	for _, name := range c.args {
		if err := c.importFrom(name); err != nil {
			return err
		}
	}
	return nil
}

func (c *storeCommand) importFrom(name string) error {
	r, label := os.Stdin, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		r, label = f, name
	}
	entries, err := c.store.Import(c.ctx, r)
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	for _, e := range entries {
		if err := errors.Join(c.store.AddToRoot(storeRoot, e.ID()), c.added(e)); err != nil {
			return err
		}
	}
	return nil
}
