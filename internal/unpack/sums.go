package unpack

import (
	"encoding/hex"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// sums/<id> lists the contents of a tree as sha256sum does:
//
//	cd …/onefile/trees/<id> && sha256sum --check --quiet ../../sums/<id>
//
// Symbolic links and directories are left out. No path of a payload needs the
// escapes of that format.

func (in *installer) writeSums() error {
	tmp := in.work + "/sums"
	fault("write sums")
	if err := os.WriteFile(tmp, objects.EncodeSums(payloadSums(in.payload)), 0o600); err != nil {
		return err
	}
	fault("rename sums")
	return os.Rename(tmp, in.path(sumsDir, treeName(in.id)))
}

func (c *cache) readSums(id [32]byte) ([]objects.Sum, error) {
	return objects.ReadSums(c.path(sumsDir, treeName(id)))
}

// payloadSums are the same, from the payload itself.
func payloadSums(p Payload) []objects.Sum {
	var list []objects.Sum
	for _, e := range p.Entries() {
		if e.Mode.IsRegular() {
			list = append(list, objects.Sum{Path: e.Path, Hash: e.Hash})
		}
	}
	return list
}

// wrongContents returns the paths whose contents are not what they should be.
func (c *cache) wrongContents(id [32]byte, want []objects.Sum) []string {
	return objects.Wrong(c.path(treesDir, treeName(id)), want)
}

// sound compares all contents of a tree with the payload.
func (c *cache) sound(id [32]byte, p Payload, log *logger) bool {
	want := payloadSums(p)
	wrong := c.wrongContents(id, want)
	if len(wrong) == 0 {
		log.print("%s: contents of %d files are right", c.dir, len(want))
		return true
	}
	log.print("%s: %s has another content (%d such files)", c.dir, wrong[0], len(wrong))
	return false
}

// problems compares all of a tree with its sums and its stamp.
func (c *cache) problems(t Tree) []Problem {
	hash, err := hex.DecodeString(t.ID)
	if err != nil {
		return nil
	}
	id := [32]byte(hash)
	want, err := c.readSums(id)
	if err != nil {
		return []Problem{{t, "", "has no proper list of sums: " + err.Error()}}
	}
	var list []Problem
	for _, path := range c.wrongContents(id, want) {
		list = append(list, Problem{t, path, "has another content, or is missing"})
	}
	fd, v, reason := c.examine(id)
	closeFile(fd)
	if v == damaged && len(list) == 0 {
		list = append(list, Problem{t, "", reason})
	}
	return list
}
