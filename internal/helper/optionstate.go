package helper

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// state stands for the options and for everything in files that an analysis reads
// because of them, by content. outlines has what to take in place of the content of a
// source, by path; see outlines.
func (o AnalyzeOptions) state(outlines map[string]string) (string, error) {
	o.Excludes, o.Collect = slices.Clone(o.Excludes), slices.Clone(o.Collect)
	for i := range o.Excludes {
		o.Excludes[i].Positions = nil // who says so is for errors, which are not kept
	}
	for i := range o.Collect {
		o.Collect[i].Origin = ""
	}
	text, err := json.Marshal(o)
	parts := []string{string(text)}
	add := func(path string, look func(path string) (string, error)) {
		if err != nil {
			return
		}
		said, ok := outlines[path]
		if !ok {
			said, err = look(path)
		}
		if said != "" {
			parts = append(parts, path, said)
		}
	}
	files, walked := belowAll(slices.Concat(o.Paths, o.RuntimeHooks))
	hooks, walkedHooks := belowAll(o.HookDirs)
	for _, e := range []error{walked, walkedHooks} {
		if err == nil {
			err = e
		}
	}
	for _, path := range files {
		add(path, readByAnalysis)
	}
	for _, path := range hooks { // they may read whatever lies beside them
		add(path, objects.HexOfFile)
	}
	for _, a := range o.Additions {
		add(a.Source, readByAnalysis)
	}
	return digest(parts...), err
}

// belowAll lists the files at and below roots, in their order, but for what no module is
// in: byte code that Python keeps, and hidden directories.
func belowAll(roots []string) (files []string, err error) {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case !d.IsDir():
				files = append(files, path)
			case path != root && (d.Name() == "__pycache__" || strings.HasPrefix(d.Name(), ".")):
				return filepath.SkipDir
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// readByAnalysis says of a file what an analysis learns from it: all of sources, metadata
// and native files; of others, which travel as they are when the tree is written, that
// they are there and no native files; of a link to nothing, nothing.
func readByAnalysis(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return "", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return info.Mode().Type().String(), nil
	}
	read := slices.Contains([]string{".py", ".pyi", ".pth", ".dat"}, filepath.Ext(path)) || ofMetadata(path)
	if !read {
		read, err = isNative(path)
	}
	if err != nil || !read {
		return "data", err
	}
	return objects.HexOfFile(path)
}

// ofMetadata reports whether a file lies in the metadata of a distribution.
func ofMetadata(path string) bool {
	dir := filepath.Base(filepath.Dir(path))
	return strings.HasSuffix(dir, ".dist-info") || strings.HasSuffix(dir, ".egg-info")
}

// natives are the first bytes of ELF, Mach-O (in both orders, and with several
// architectures) and PE files, and of archives.
var natives = []string{
	"\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "MZ", "!<arch>",
}

func isNative(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return slices.ContainsFunc(natives, func(m string) bool { return strings.HasPrefix(string(head[:n]), m) }), err
}
