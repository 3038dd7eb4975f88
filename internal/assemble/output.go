package assemble

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// outputPath is where the executable goes: what -o names, a directory keeping
// the program's own name as with go build; without -o dist/<name>/<name> for a
// package and <name> otherwise.
func outputPath(opts Options, set *config.Settings, prog *gosource.Program) string {
	name := programName(prog, opts.Patterns)
	out := opts.Flags.Output
	switch {
	case out == "" && set.Onedir.Value:
		return filepath.Join(opts.Dir, "dist", name, name)
	case out == "":
		return filepath.Join(opts.Dir, name)
	case os.IsPathSeparator(out[len(out)-1]) || isDir(out):
		return filepath.Join(out, name)
	}
	return filepath.Clean(out)
}

// wrote are the files and trees that a build writes.
func (b *builder) wrote() []string {
	if b.looking {
		return nil
	}
	list := append([]string{b.out}, b.set.Report.Values()...)
	if !b.set.Onefile.Value {
		list = append(list, filepath.Join(filepath.Dir(b.out), "python"))
	}
	return list
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// programName follows go build (`go help build`): the last element of the
// import path that is no major version, or the first file's name.
func programName(prog *gosource.Program, patterns []string) string {
	if prog.Main.ImportPath == "command-line-arguments" && len(patterns) > 0 {
		return strings.TrimSuffix(filepath.Base(patterns[0]), ".go")
	}
	dir, name := path.Split(prog.Main.ImportPath)
	if majorVersion.MatchString(name) && dir != "" {
		name = path.Base(dir)
	}
	return name
}
