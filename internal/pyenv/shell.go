package pyenv

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

var (
	//go:embed activate.sh
	activate string
	//go:embed activate.fish
	activateFish string
	//go:embed pip.sh
	pip string
	//go:embed externally-managed
	externallyManaged string
)

// File is a file that every Python environment has.
type File struct {
	Path string // below the environment's python3.14/
	Text string
	Mode fs.FileMode
}

// Files are those that make an environment one that people can enter and that
// installers leave alone: activate for bash and zsh, activate.fish, a pip that says
// what to do instead, and the marker of PEP 668, which pip and uv heed.
// LibDir is "python3.14".
func Files(libDir string) []File {
	return []File{
		{"bin/activate", activate, 0o644},
		{"bin/activate.fish", activateFish, 0o644},
		{"bin/pip", pip, 0o755},
		{"lib/" + libDir + "/EXTERNALLY-MANAGED", externallyManaged, 0o644},
	}
}

// digest stands for their content.
func digest(files []File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %o %d\n%s", f.Path, f.Mode, len(f.Text), f.Text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// write makes them below dir and adds them to the draft, as part of a CPython.
func write(files []File, dir string, d *store.Draft) error {
	for _, f := range files {
		at := path.Join(source.PythonDir, f.Path)
		to := filepath.Join(dir, filepath.FromSlash(at))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(f.Text), f.Mode); err != nil {
			return err
		}
		d.Sources[at] = to
	}
	return nil
}
