package helper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// notSource are directories of a source tree that builds and tools leave behind.
var notSource = []string{".git", ".hg", ".venv", "venv", "__pycache__", "build", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox"}

// digestTrees stands for the content of the source trees of a lock, whose hashes
// no lock has: people work on them.
func digestTrees(trees []pylock.Package, dir string) (string, error) {
	h := sha256.New()
	for _, tree := range trees {
		path := tree.Directory
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, filepath.FromSlash(path))
		}
		if err := digestTree(h, path); err != nil {
			return "", fmt.Errorf("cannot read the source tree of %s: %w", tree.Name, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// digestTree writes names, sizes and contents, in the order of names.
func digestTree(h io.Writer, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (slices.Contains(notSource, d.Name()) || strings.HasSuffix(d.Name(), ".egg-info")) {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		fmt.Fprintf(h, "%d:%s%d:", len(name), name, len(data))
		_, _ = h.Write(data)
		return err
	})
}
