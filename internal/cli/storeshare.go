package cli

import (
	"errors"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/oci"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// This file has the commands of `llgo py store` that share entries through a registry.

// registry opens the repository that is the first argument.
func (c *storeCommand) registry() (*oci.Registry, error) {
	address, err := oci.ParseAddress(c.args[0], c.plain)
	if err != nil {
		return nil, err
	}
	return oci.Open(address, c.ui)
}

func storePush(c *storeCommand) error {
	if err := c.want("push oci://HOST/REPO <entry>...", 2, -1); err != nil {
		return err
	}
	r, err := c.registry()
	if err != nil {
		return err
	}
	var entries []*store.Entry
	for _, pattern := range c.args[1:] {
		e, err := c.store.Find(pattern)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	moved, err := r.Push(c.ctx, c.store, entries)
	c.pushed(moved)
	return err
}

func storePull(c *storeCommand) error {
	if err := c.want("pull oci://HOST/REPO <entry>...", 2, -1); err != nil {
		return err
	}
	r, err := c.registry()
	if err != nil {
		return err
	}
	ids, err := r.Find(c.ctx, c.args[1:]...)
	if err != nil {
		return err
	}
	moved, err := r.Pull(c.ctx, c.store, ids)
	return errors.Join(err, c.pulled(moved))
}

func storeSync(c *storeCommand) error {
	if err := c.want("sync [-n] oci://HOST/REPO [<entry>...]", 1, -1); err != nil {
		return err
	}
	r, err := c.registry()
	if err != nil {
		return err
	}
	if c.dry {
		push, pull, err := r.Plan(c.ctx, c.store, c.args[1:])
		for _, e := range push {
			c.planned("push", e.ID())
		}
		for _, id := range pull {
			c.planned("pull", id)
		}
		return err
	}
	pushed, pulled, err := r.Sync(c.ctx, c.store, c.args[1:])
	c.pushed(pushed)
	return errors.Join(err, c.pulled(pulled))
}

func (c *storeCommand) planned(what, id string) {
	if !c.ui.event(map[string]any{"type": what, "entry": id, "dry": true}) {
		fmt.Println(what, id)
	}
}

// pushed tells what was sent, also before a failure.
func (c *storeCommand) pushed(moved []oci.Moved) {
	for _, m := range moved {
		text := fmt.Sprintf("%s: %s of %s sent", m.ID, megabytes(m.Bytes), megabytes(m.Size))
		if m.There {
			text = m.ID + ": is there already"
		}
		c.moved("pushed", m, text)
	}
}

// pulled tells what was received, and keeps what was asked for from gc.
func (c *storeCommand) pulled(moved []oci.Moved) error {
	for _, m := range moved {
		text := fmt.Sprintf("%s: %s of %s received", m.ID, megabytes(m.Bytes), megabytes(m.Size))
		switch {
		case m.Repaired > 0:
			text += fmt.Sprintf(", %d damaged files repaired", m.Repaired)
		case m.There:
			text = m.ID + ": is here already, and undamaged"
		}
		c.moved("pulled", m, text)
		if m.Repaired > 0 {
			c.ui.Note("links to a damaged file lead to it still: llgo py env upgrade <environment> makes them anew")
		}
		if !m.Asked {
			continue
		}
		if err := c.store.AddToRoot(storeRoot, m.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *storeCommand) moved(what string, m oci.Moved, text string) {
	c.ui.mu.Lock()
	defer c.ui.mu.Unlock()
	fields := map[string]any{
		"type": what, "entry": m.ID, "bytes": m.Bytes, "size": m.Size, "blobs": m.Blobs,
		"there": m.There, "repaired": m.Repaired, "asked": m.Asked,
	}
	if !c.ui.event(fields) {
		c.ui.line("%s", text)
	}
}
