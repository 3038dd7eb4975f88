package unpack

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// sums/<id> lists the contents of a tree as sha256sum does:
//
//	cd …/onefile/trees/<id> && sha256sum --check --quiet ../../sums/<id>
//
// Symbolic links and directories are left out. No path of a payload needs the
// escapes of that format.

func (in *installer) writeSums() error {
	var b strings.Builder
	for i := range in.entries {
		e := &in.entries[i]
		if !e.Mode.IsRegular() {
			continue
		}
		b.WriteString(hex.EncodeToString(e.Hash[:]) + "  " + e.Path + "\n")
	}
	tmp := in.work + "/sums"
	fault("write sums")
	if err := os.WriteFile(tmp, []byte(b.String()), 0o600); err != nil {
		return err
	}
	fault("rename sums")
	return os.Rename(tmp, in.path(sumsDir, treeName(in.id)))
}

// sum is one line of it.
type sum struct {
	path string
	hash [32]byte
}

func (c *cache) readSums(id [32]byte) ([]sum, error) {
	f, err := os.Open(c.path(sumsDir, treeName(id)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []sum
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if len(line) < 67 {
			return nil, errors.New(f.Name() + " is damaged")
		}
		s := sum{path: line[66:]}
		if _, err := hex.Decode(s.hash[:], []byte(line[:64])); err != nil || !fs.ValidPath(s.path) {
			return nil, errors.New(f.Name() + " is damaged")
		}
		list = append(list, s)
	}
	return list, lines.Err()
}

// payloadSums are the same, from the payload itself.
func payloadSums(p Payload) []sum {
	var list []sum
	for _, e := range p.Entries() {
		if e.Mode.IsRegular() {
			list = append(list, sum{e.Path, e.Hash})
		}
	}
	return list
}

// wrongContents returns the paths whose contents are not what they should be.
func (c *cache) wrongContents(id [32]byte, want []sum) []string {
	bad := make([]bool, len(want))
	tree := c.path(treesDir, treeName(id))
	_ = parallel(len(want), func(i int) error {
		got, err := hashFile(tree + "/" + want[i].path)
		bad[i] = err != nil || got != want[i].hash
		return nil
	})
	var paths []string
	for i := range want {
		if bad[i] {
			paths = append(paths, want[i].path)
		}
	}
	return paths
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
