package facts

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Limits for one module: real ones take milliseconds.
const (
	moduleSeconds = 20
	moduleMemory  = 768 // MiB
)

// modules fills Modules: what the Python files of the container are called, and what
// they import.
//
// Byte code can be read by the version that wrote it only. Where that is none of the
// managed interpreters, the imports are not known, and a note says so: the container's
// own interpreter is not started, for what is checked is not trusted.
func (r *collector) modules(ctx context.Context) error {
	files, err := r.mapped()
	if err != nil || r.opts.NoPython || r.opts.Helper == nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range files {
		seen[f.Path] = true // encodings is a file too, which only starts the others
	}
	for i := range r.Files {
		if name, ok := moduleOf(r.Files[i].Path); ok && r.Files[i].Mode.IsRegular() && r.Files[i].SHA256 != "" && !seen[r.Files[i].Path] {
			files = append(files, helper.ImportsFile{
				Path: r.Files[i].Path, Module: name, Package: isPackage(r.Files[i].Path),
			})
		}
	}
	if len(files) == 0 {
		return nil
	}
	dist, err := r.interpreter(ctx, files)
	if err != nil || dist == nil {
		return err
	}
	for i := range files {
		if files[i].Source != "" {
			continue
		}
		if files[i].Source, err = r.sourceOf(&files[i], i); err != nil {
			return err
		}
	}
	answer, err := r.opts.Helper.Imports(ctx, dist, helper.ImportsRequest{
		Files: files, Workers: r.opts.Workers, Seconds: moduleSeconds, Memory: moduleMemory,
	})
	if err != nil {
		return err
	}
	for _, m := range answer.Modules {
		if m.Error != "" {
			r.damage(m.Path, "its code cannot be read: %s", oneLine(m.Error))
		}
	}
	slices.SortStableFunc(answer.Modules, func(a, b Module) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	r.Modules = answer.Modules
	r.Interpreter = Interpreter{answer.Version, answer.Builtins}
	return nil
}

// sourceOf returns the path of a module on this machine. Those of archives are unpacked.
func (r *collector) sourceOf(m *helper.ImportsFile, i int) (string, error) {
	f := r.File(m.Path)
	if f.disk != "" {
		return filepath.Abs(f.disk)
	}
	in, err := f.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	name := filepath.Join(r.dir, "module"+strconv.Itoa(i)+path.Ext(m.Path))
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return "", err
	}
	return name, out.Close()
}

// interpreter returns who can read the modules, nil if nobody can.
func (r *collector) interpreter(ctx context.Context, files []helper.ImportsFile) (*pydist.Dist, error) {
	version := ""
	if r.Manifest != nil {
		version = minor(r.Manifest.Python.Version)
	}
	version = cmp.Or(version, r.magicVersion(files), pydist.Default)
	if own := r.opts.Python; own != nil && own.Minor == version {
		return own, nil
	}
	if !pydist.Offers(version) {
		r.Notes = append(r.Notes, "imports were not read: the byte code is that of CPython "+quote(version)+
			", and no managed interpreter has that version; --py-python names one")
		return nil, nil
	}
	return pydist.Managed(ctx, r.opts.Reporter, version)
}

func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[0] + "." + parts[1]
}

// magics are the first two bytes of byte code, little endian, and the versions that
// write it (CPython's Include/internal/pycore_magic_number.h).
var magics = map[uint16]string{3425: "3.9", 3439: "3.10", 3495: "3.11", 3531: "3.12", 3571: "3.13", 3627: "3.14"}

// magicVersion returns the version that wrote the first byte code, "" if there is none.
func (r *collector) magicVersion(files []helper.ImportsFile) string {
	for _, m := range files {
		if !strings.HasSuffix(m.Path, ".pyc") {
			continue
		}
		head, err := r.head(m)
		if err != nil || len(head) < 2 {
			continue
		}
		magic := uint16(head[0]) | uint16(head[1])<<8
		if version, ok := magics[magic]; ok {
			return version
		}
		return "with magic number " + hex.EncodeToString(head[:2])
	}
	return ""
}

// head returns the first bytes of a module.
func (c *Container) head(m helper.ImportsFile) ([]byte, error) {
	if m.Source != "" {
		return readHead(m.Source)
	}
	in, err := c.File(m.Path).Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(in, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

func isPackage(name string) bool {
	base := path.Base(name)
	return base == "__init__.py" || base == "__init__.pyc"
}

// moduleOf returns the module that a file is, if it is one that can be imported.
func moduleOf(name string) (string, bool) {
	ext := path.Ext(name)
	if ext != ".py" && ext != ".pyc" || strings.Contains(name, "__pycache__/") {
		return "", false
	}
	stem := strings.TrimSuffix(name, ext)
	if isPackage(name) {
		stem = path.Dir(stem)
	}
	module := moduleName(stem)
	for _, part := range strings.Split(module, ".") {
		if !isIdentifier(part) {
			return "", false
		}
	}
	return module, true
}

// isIdentifier tells whether an import statement can name it; letters of other alphabets
// are taken for what they are.
func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && r < 0x80 && !isAlnum(byte(r)) || i == 0 && '0' <= r && r <= '9' {
			return false
		}
	}
	return name != ""
}

// moduleName returns the dotted name of what lies at a path: counted from the nearest
// directory of sys.path that is above it.
func moduleName(stem string) string {
	parts := strings.Split(stem, "/")
	from := 0
	for i, part := range parts {
		switch {
		case part == "site-packages", part == "dist-packages", part == "lib-dynload":
			from = i + 1
			if i == 1 && parts[0] == pythonDir { // one of several, of layout farm
				from++
			}
		case isLibDir(part) && i > 0 && parts[i-1] == "lib":
			from = i + 1
		case strings.HasSuffix(part, ".data") && i+2 < len(parts) && (parts[i+1] == "purelib" || parts[i+1] == "platlib"):
			from = i + 2
		}
	}
	return strings.Join(parts[min(from, len(parts)):], ".")
}

// isLibDir tells whether a directory is CPython's: python3.14, python3.14t.
func isLibDir(name string) bool {
	version, ok := strings.CutPrefix(name, "python3.")
	return ok && strings.Trim(version, "0123456789t") == "" && version != ""
}
