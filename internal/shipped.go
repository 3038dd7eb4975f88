// Package internal holds the sources that travel: what is compiled into the
// programs of users, by internal/dialect and internal/launcher.
package internal

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"strings"
)

// The packages that travel are ordinary packages of this module as well, so that
// they are vetted and tested here like everything else.
//
//go:embed bootstrap/*.go bootstrap/*.s bootstrap/*.py bootstrap/exithook/*.go bootstrap/modules/*.go bootstrap/origin/*.go bootstrap/settings/*.go bootstrap/settings/*.py dialect/shim/*/*.go launcher/start/*.go objects/*.go payload/*.go section/*.go unpack/*.go
var shipped embed.FS

const self = "github.com/llgo-pypack/llgo-pypack/internal/"

// The reader of payloads decompresses zstd with this module. v1.17.9 is the last
// version whose go.mod says no more than goplus/lib's own (go 1.20).
const (
	ZstdPath    = "github.com/klauspost/compress"
	ZstdVersion = "v1.17.9"
	// ZstdSums are its lines of go.sum.
	ZstdSums = ZstdPath + " v1.17.9 h1:6KIumPrER1LHsvBVuDa0r5xaG0Es51mhhB9BQB2qeMA=\n" +
		ZstdPath + " v1.17.9/go.mod h1:Di0epgTjJY877eYKx5yC51cX2A2Vl2ibi7bDH9ttBbw=\n"
)

// Move says under which import path programs know a package that travels, and
// the packages below it. Dir is its directory below this one.
type Move struct{ Dir, Import string }

// Sources returns the files of the package in dir and of those below it, by their
// path below dir. Imports are rewritten according to moves.
func Sources(dir string, moves []Move) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(shipped, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		src, err := shipped.ReadFile(name)
		if err != nil {
			return err
		}
		if src, ok := forPrograms(src); ok {
			files[strings.TrimPrefix(name, dir+"/")] = rewriteImports(src, moves)
		}
		return nil
	})
	return files, err
}

// AddSources puts what Sources returns into files, below the directory at.
func AddSources(files map[string][]byte, at, dir string, moves []Move) error {
	sources, err := Sources(dir, moves)
	for name, src := range sources {
		files[path.Join(at, name)] = src
	}
	return err
}

// Files that only a program can have (they reach into the Go runtime by linkname)
// carry this build tag, their stand-ins for tests its opposite.
const programTag = "llgopy"

// forPrograms settles the build tag here. Passing -tags instead would override
// what the user set in GOFLAGS.
func forPrograms(src []byte) ([]byte, bool) {
	if bytes.HasPrefix(src, []byte("//go:build !"+programTag+"\n")) {
		return nil, false
	}
	return bytes.TrimPrefix(src, []byte("//go:build "+programTag+"\n")), true
}

func rewriteImports(src []byte, moves []Move) []byte {
	for _, m := range moves {
		for _, end := range []string{`"`, "/"} {
			src = bytes.ReplaceAll(src, []byte(`"`+self+m.Dir+end), []byte(`"`+m.Import+end))
		}
	}
	return src
}
