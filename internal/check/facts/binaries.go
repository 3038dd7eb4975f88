package facts

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// A source is a binary of the container and where it is on this machine.
type source struct {
	file *File
	path string
}

// A reading is what one reader found in one file.
type reading struct {
	reader Reader
	err    string
	images []Image
}

// readBinaries has every binary read by all readers, in parallel, and fills File.Binary.
func (r *collector) readBinaries(ctx context.Context, sources []source) error {
	if len(sources) == 0 {
		return nil
	}
	found := &readings{byPath: map[string][]reading{}, signatures: map[string][]Signature{}, cut: map[string]string{}}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.readPython(ctx, sources, found) })
	r.readGo(ctx, group, sources, found)
	if err := group.Wait(); err != nil {
		return err
	}
	for _, s := range sources {
		b := merge(found.byPath[s.file.Path])
		b.Signatures = found.signatures[s.file.Path]
		b.Extension = extension(s.file.As(), b.Images)
		s.file.Binary = b
		if text := found.cut[s.file.Path]; text != "" {
			r.damage(s.file.Path, "%s", oneLine(text))
		}
	}
	return nil
}

// readings collects what comes from several goroutines.
type readings struct {
	mu         sync.Mutex
	byPath     map[string][]reading
	signatures map[string][]Signature
	cut        map[string]string
}

func (r *readings) add(path string, one reading) {
	for i := range one.images {
		sortImage(&one.images[i])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byPath[path] = append(r.byPath[path], one)
}

// readPython runs the helper's readers.
func (r *collector) readPython(ctx context.Context, sources []source, found *readings) error {
	if r.opts.Helper == nil {
		return nil
	}
	req := helper.InspectRequest{
		Workers: r.opts.Workers, Seconds: max(1, int(r.opts.Timeout.Seconds())), Memory: r.opts.Memory,
	}
	for _, s := range sources {
		abs, err := filepath.Abs(s.path)
		if err != nil {
			return err
		}
		req.Files = append(req.Files, helper.InspectFile{Name: s.file.Path, Source: abs})
	}
	return r.opts.Helper.Inspect(ctx, req, func(m helper.Reading) {
		found.add(m.Name, reading{Reader(m.Reader), m.Error, m.Images})
	})
}

// copies is how many times its size a file may take in the memory of a reader.
const copies = 8

// readGo runs Go's readers.
func (r *collector) readGo(ctx context.Context, group *errgroup.Group, sources []source, found *readings) {
	memory := r.opts.Memory
	for _, s := range sources {
		memory = max(memory, r.opts.Memory+copies*int(s.file.Size>>20))
	}
	next := make(chan source)
	group.Go(func() error {
		defer close(next)
		for _, s := range sources {
			select {
			case next <- s:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range min(r.opts.Workers, len(sources)) {
		group.Go(func() error {
			w := &worker{timeout: r.opts.Timeout, memory: memory}
			defer w.stop()
			for s := range next {
				head, err := readHead(s.path)
				if err != nil {
					return err
				}
				one, err := w.read(ctx, s.path, sniff(head))
				if err != nil {
					return err
				}
				found.add(s.file.Path, reading{one.Reader, one.Error, one.Images})
				found.note(s.file.Path, &one)
			}
			return nil
		})
	}
}

// note keeps what only Go's readers look at.
func (r *readings) note(path string, one *goReading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signatures[path], r.cut[path] = one.Signatures, one.Cut
}

// sortImage brings the lists whose order means nothing into one order.
func sortImage(img *Image) {
	slices.SortFunc(img.Imports, compareSymbols)
	slices.SortFunc(img.Exports, compareSymbols)
	slices.SortFunc(img.Versions, func(a, b Version) int {
		return cmp.Or(cmp.Compare(a.Library, b.Library), cmp.Compare(a.Name, b.Name))
	})
	slices.Sort(img.Defines)
}

func compareSymbols(a, b Symbol) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Library, b.Library),
		compareBool(a.Hidden, b.Hidden), compareBool(a.Weak, b.Weak))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// extensionSuffixes are those of CPython on Unix; what stands before them may be a tag.
var extensionSuffixes = []string{".so", ".pyd"}

// extension says whether a binary is an extension module: by a tag in its name, or by
// the function that CPython calls in it.
func extension(name string, images []Image) *Extension {
	base := path.Base(name)
	suffix := slices.IndexFunc(extensionSuffixes, func(s string) bool { return strings.HasSuffix(base, s) })
	if suffix < 0 {
		return nil
	}
	stem, tag, _ := strings.Cut(strings.TrimSuffix(base, extensionSuffixes[suffix]), ".")
	e := &Extension{Module: moduleName(path.Join(path.Dir(name), stem)), Tag: tag}
	for _, img := range images {
		e.Init = e.Init || slices.ContainsFunc(img.Exports, func(s Symbol) bool { return isInit(&img, s.Name, stem) })
	}
	if !e.Init && tag != "abi3" && !strings.HasPrefix(tag, "cpython-") {
		return nil
	}
	return e
}

// isInit tells whether a symbol is the entry to module name: PyInit_<name> (PEP 489) or
// PyModExport_<name> (PEP 793), PyInitU_ with punycode for names that are not ASCII.
func isInit(img *Image, symbol, name string) bool {
	if img.Format == formatMachO {
		symbol = strings.TrimPrefix(symbol, "_")
	}
	for _, prefix := range []string{"PyInit_", "PyModExport_"} {
		if symbol == prefix+name {
			return true
		}
	}
	return strings.HasPrefix(symbol, "PyInitU_") || strings.HasPrefix(symbol, "PyModExportU_")
}
