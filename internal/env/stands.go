package env

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// stands tells whether the files of a generation are what a plan would make of it now.
// They are not where something changed them, or where the store replaced a damaged
// object: links made before are names of the damaged file, which nobody writes to again.
func (p *Plan) stands(dir string) bool {
	for _, it := range p.items {
		if !it.stands(filepath.Join(dir, filepath.FromSlash(it.path))) {
			return false
		}
	}
	return true
}

func (it *item) stands(at string) bool {
	switch {
	case it.link != "":
		target, err := os.Readlink(at)
		return err == nil && target == it.link
	case it.from == "":
		data, err := os.ReadFile(at)
		return err == nil && bytes.Equal(data, it.content)
	}
	have, err := os.Stat(at)
	if err != nil {
		return false
	}
	if want, err := os.Stat(it.from); err == nil && os.SameFile(have, want) {
		return true
	}
	sum, err := store.HashOfFile(at)
	return err == nil && sum == it.file.Object
}
