package objects

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sum is a file of a tree and its content: a line of what sha256sum writes and
// `sha256sum --check` reads.
type Sum struct {
	Path string // relative to the tree, with slashes
	Hash Hash
}

// EncodeSums writes a list as sha256sum does: a line with a backslash or a line break
// in its path begins with a backslash, and they are escaped.
func EncodeSums(list []Sum) []byte {
	var b strings.Builder
	for _, s := range list {
		path := escapes.Replace(s.Path)
		if path != s.Path {
			b.WriteByte('\\')
		}
		b.WriteString(hex.EncodeToString(s.Hash[:]) + "  " + path + "\n")
	}
	return []byte(b.String())
}

var (
	escapes   = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)
	unescapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r")
)

// ReadSums reads such a list.
func ReadSums(name string) ([]Sum, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []Sum
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimPrefix(lines.Text(), `\`)
		if len(line) < 67 {
			return nil, errors.New(name + " is damaged")
		}
		s := Sum{Path: line[66:]}
		if len(line) < len(lines.Text()) {
			s.Path = unescapes.Replace(s.Path)
		}
		if _, err := hex.Decode(s.Hash[:], []byte(line[:64])); err != nil || !fs.ValidPath(s.Path) {
			return nil, errors.New(name + " is damaged")
		}
		list = append(list, s)
	}
	return list, lines.Err()
}

// Wrong returns the paths in tree whose contents are not what they should be, or
// missing.
func Wrong(tree string, want []Sum) []string {
	bad := make([]bool, len(want))
	_ = Parallel(len(want), func(i int) error {
		got, err := HashFile(filepath.Join(tree, want[i].Path))
		bad[i] = err != nil || got != want[i].Hash
		return nil
	})
	var paths []string
	for i := range want {
		if bad[i] {
			paths = append(paths, want[i].Path)
		}
	}
	return paths
}
