package facts

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// maxModuleFile bounds the module file, which is read into memory. It is ten times the
// size of the largest real ones.
const maxModuleFile = 1 << 30

// mapped compares the modules in the module file (internal/bootstrap/modules) with what
// the manifest says of them, and writes each as a .pyc of its own, to be read like all
// others.
func (r *collector) mapped() ([]helper.ImportsFile, error) {
	if r.Manifest == nil || len(r.Manifest.Modules) == 0 {
		return nil, nil
	}
	name := r.Manifest.ModuleFile
	data, err := r.read(name, maxModuleFile)
	if err != nil {
		r.damage(name, "cannot be read: %v", err)
		return nil, nil
	}
	head, err := modules.Decode(data)
	if err != nil {
		r.damage(name, "%v", err)
		return nil, nil
	}
	var files []helper.ImportsFile
	r.Mapped = nil
	for i, m := range r.Manifest.Modules {
		if m.Offset < 0 || m.Size < 0 || m.Offset > int64(len(data)) || m.Size > int64(len(data))-m.Offset {
			r.change(m.Path, bundle.Missing, "not in "+modules.Name)
			continue
		}
		code := data[m.Offset : m.Offset+m.Size]
		if sum := sha256.Sum256(code); hex.EncodeToString(sum[:]) != m.SHA256 {
			r.change(m.Path, bundle.Changed, "other content in "+modules.Name)
		}
		r.mentions(name, m, code)
		if r.opts.NoPython {
			continue
		}
		source := filepath.Join(r.dir, "mapped"+strconv.Itoa(i)+".pyc")
		const rest = 12 // of the head of a .pyc (PEP 552); nobody looks at it
		pyc := append(append(head.Python[:], make([]byte, rest)...), code...)
		if err := os.WriteFile(source, pyc, 0o600); err != nil {
			return nil, err
		}
		files = append(files, helper.ImportsFile{Path: m.Path, Source: source, Module: m.Module, Package: isPackage(m.Path)})
	}
	r.sortChanges()
	return files, nil
}

// mentions takes the paths of machines in a module over from the module file: whose
// they are is known of the module only.
func (r *collector) mentions(file string, m bundle.Mapped, code []byte) {
	paths := newScanner(append(r.opts.Needles, Needles...))
	_, _ = paths.Write(code)
	found := paths.result()
	if len(found) > 0 {
		r.Mapped = append(r.Mapped, File{Path: m.Path, Mentions: found})
	}
	if f := r.File(file); f != nil {
		f.Mentions = slices.DeleteFunc(f.Mentions, func(in Mention) bool { return in.Offset >= m.Offset && in.Offset < m.Offset+m.Size })
	}
}
