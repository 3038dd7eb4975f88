package assemble

import (
	"fmt"
	"path"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// farm reports whether every shared object is there once, and all else that leads to
// it is links. What goes where is decided by pyhelper: analysis/farm.py for packages,
// binaries/farm.py for native files.
func (b *builder) farm() bool { return b.set.Layout.Value == bundle.Farm }

// checkFarm refuses the layout where nobody knows how the loader takes it.
func (b *builder) checkFarm() error {
	if b.farm() && runtime.GOOS != "linux" {
		return fmt.Errorf("--py-layout=farm: it is not known from which path the loader of %s takes a link; use tree or mapped", runtime.GOOS)
	}
	return nil
}

// farmed is what layout farm makes of a native file: the file at its real place,
// unless it is there already, and a link to it from where it is asked for.
func (f *files) farmed(file bundle.File, there map[string]bool) []bundle.File {
	real := f.reals[file.Dest]
	if real == "" {
		return []bundle.File{file}
	}
	link := file
	link.Kind, link.Source, link.Target = bundle.Symlink, "", bundle.Relative(path.Dir(file.Dest), real)
	if there[real] {
		return []bundle.File{link}
	}
	there[real] = true
	file.Dest = real
	return []bundle.File{link, file}
}

// names are the further links of layout farm.
func names(linked *helper.Linked) (list []bundle.File) {
	for _, n := range linked.Names {
		list = append(list, bundle.File{Dest: n.Dest, Kind: bundle.Symlink, Target: n.Target, Origin: bundle.FromTool})
	}
	return list
}
