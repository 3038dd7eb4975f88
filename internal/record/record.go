// Package record remembers what a build read and wrote, so that a build of which
// nothing changed is found to be done already.
//
// It goes by content alone: an edit within the same second, a file put back with its
// old time, an output that someone touched are all seen, and a fresh checkout of the
// same sources is the same build. What a record cannot know (files that a build would
// find if they were there) belongs into its key.
package record

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// A Record is what one build read and wrote, and what it told.
type Record struct {
	Inputs  []File
	Outputs []File
	Told    json.RawMessage
}

// A File is a file, link or directory at an absolute path.
type File struct {
	Path string
	Is   string // mode, and SHA-256 or target
}

// Find returns what the build of that key told, if files and outputs are all as it
// left them.
func Find(store *kept.Store, key kept.Key) (told json.RawMessage, ok bool) {
	data, ok := store.Bytes(key)
	var r Record
	if !ok || json.Unmarshal(data, &r) != nil {
		return nil, false
	}
	return r.Told, r.holds()
}

// Keep remembers a build: the files that it read, the trees (or files) that it wrote.
func Keep(store *kept.Store, key kept.Key, read, wrote []string, told any) error {
	var r Record
	var err error
	if r.Told, err = json.Marshal(told); err != nil {
		return err
	}
	if r.Inputs, err = describe(read, is); err != nil {
		return err
	}
	written, err := below(wrote)
	if err != nil {
		return err
	}
	if r.Outputs, err = describe(written, is); err != nil {
		return err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return store.KeepBytes(key, data)
}

// holds reports whether everything is as it was. An output tree must not have gained
// anything either.
func (r *Record) holds() bool {
	if same, err := sameNow(r.Inputs); err != nil || !same {
		return false
	}
	if same, err := sameNow(r.Outputs); err != nil || !same {
		return false
	}
	var roots, paths []string
	for _, f := range r.Outputs {
		paths = append(paths, f.Path)
		if len(roots) == 0 || !strings.HasPrefix(f.Path, roots[len(roots)-1]+string(filepath.Separator)) {
			roots = append(roots, f.Path)
		}
	}
	there, err := below(roots)
	return err == nil && slices.Equal(there, paths)
}

func sameNow(files []File) (bool, error) {
	now, err := describe(paths(files), is)
	return err == nil && slices.Equal(now, files), err
}

func paths(files []File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Path
	}
	return list
}

// below lists everything at and below the roots, sorted so that what is below a
// directory follows it at once.
func below(roots []string) ([]string, error) {
	var list []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			list = append(list, path)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// describe asks what each path is, with all processors.
func describe(paths []string, is func(path string) (string, error)) ([]File, error) {
	files := make([]File, len(paths))
	err := parallel.Each(context.Background(), len(paths), func(i int) (err error) {
		files[i].Path = paths[i]
		files[i].Is, err = is(paths[i])
		return err
	})
	return files, err
}

// is says what is at path.
func is(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	mode := info.Mode().String()
	switch info.Mode().Type() {
	case 0:
		sum, err := objects.HexOfFile(path)
		return mode + " " + sum, err
	case fs.ModeSymlink:
		target, err := os.Readlink(path)
		return mode + " " + target, err
	}
	return mode, nil
}

// Looks says what is at paths now, behind links: the content of a file, the names in a
// directory, or nothing.
func Looks(paths []string) ([]File, error) { return describe(paths, look) }

func look(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "nothing", nil // or nothing that can be reached, which comes to the same
	case info.Mode().IsRegular():
		sum, err := objects.HexOfFile(path)
		return "file " + sum, err
	case !info.IsDir():
		return info.Mode().Type().String(), nil
	}
	entries, err := os.ReadDir(path)
	var names strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&names, " %q", e.Name())
	}
	return "directory" + names.String(), err
}

// Sum is the SHA-256 of files and directories with everything below them, their names,
// modes and contents, for a key.
func Sum(roots []string) ([]byte, error) {
	paths, err := below(roots)
	if err != nil {
		return nil, err
	}
	files, err := describe(paths, is)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	err = json.NewEncoder(h).Encode(files)
	return h.Sum(nil), err
}
