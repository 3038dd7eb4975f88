package unpack

import (
	"encoding/hex"
	"os"
	"syscall"
	"time"
)

// list returns the trees that have a stamp, however it looks.
func (c *cache) list() ([]Tree, error) {
	names, err := os.ReadDir(c.path(stampsDir))
	if err != nil {
		return nil, err
	}
	var trees []Tree
	for _, name := range names {
		if hash, err := hex.DecodeString(name.Name()); err == nil && len(hash) == 32 {
			trees = append(trees, c.tree([32]byte(hash)))
		}
	}
	return trees, nil
}

func (c *cache) tree(id [32]byte) Tree {
	name := treeName(id)
	t := Tree{ID: name, Dir: c.path(treesDir, name)}
	fd, err := openFile(c.path(stampsDir, name), syscall.O_RDONLY)
	if err != nil {
		return t
	}
	defer closeFile(fd)
	st, err := fstat(fd)
	if err != nil || st.size > stampLimit {
		return t
	}
	t.Used = time.Unix(st.sec, st.nsec)
	t.InUse = flock(fd, lockExclusive|lockNoWait) == errHeld
	raw := make([]byte, st.size)
	n, _ := readAt(fd, raw)
	if s, ok := parseStamp(raw[:n]); ok && s.id() == id {
		d := s.decode()
		t.Program, t.Files = d.program, len(d.files)
		for _, f := range d.files {
			t.Size += f.size
		}
	}
	return t
}
