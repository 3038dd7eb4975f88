package dialect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// virtualModule is a module that exists in memory only, until it is published
// in a directory that the go command takes for a module proxy (`go help goproxy`).
type virtualModule struct {
	path  string
	files map[string][]byte // slash-separated, go.mod among them
}

// version is the base version with a hash of the content, so that one name
// stands for one content for ever, as the module cache expects.
func (m *virtualModule) version(base string) string {
	h := sha256.New()
	for _, name := range m.names() {
		sum := sha256.Sum256(m.files[name])
		h.Write([]byte(name + "\x00"))
		h.Write(sum[:])
	}
	return base + "-llgopy." + hex.EncodeToString(h.Sum(nil))[:16]
}

func (m *virtualModule) names() []string {
	names := make([]string, 0, len(m.files))
	for name := range m.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// publish makes dir serve the module as v and returns its go.sum lines.
func (m *virtualModule) publish(ctx context.Context, dir string, v module.Version) (sums string, err error) {
	err = cachedir.Ensure(ctx, dir, func(work string) error { return m.write(work, v) })
	if err != nil {
		return "", err
	}
	sum, err := dirhash.HashZip(filepath.Join(served(dir, v), v.Version+".zip"), dirhash.Hash1)
	if err != nil {
		return "", err
	}
	modSum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(m.files["go.mod"])), nil
	})
	line := v.Path + " " + v.Version
	return line + " " + sum + "\n" + line + "/go.mod " + modSum + "\n", err
}

// served is where a proxy in dir has the files of a module.
func served(dir string, v module.Version) string {
	return filepath.Join(dir, filepath.FromSlash(v.Path), "@v")
}

// write stores what a proxy serves of one version.
func (m *virtualModule) write(dir string, v module.Version) error {
	info, err := json.Marshal(map[string]any{"Version": v.Version, "Time": time.Unix(0, 0).UTC()})
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := zip.Create(&archive, v, m.zipFiles()); err != nil {
		return err
	}
	dir = served(dir, v)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for suffix, data := range map[string][]byte{".info": info, ".mod": m.files["go.mod"], ".zip": archive.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, v.Version+suffix), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (m *virtualModule) zipFiles() []zip.File {
	var files []zip.File
	for _, name := range m.names() {
		files = append(files, memFile{name, m.files[name]})
	}
	return files
}

// memFile is a zip.File in memory.
type memFile struct {
	name string
	data []byte
}

func (f memFile) Path() string                 { return f.name }
func (f memFile) Lstat() (fs.FileInfo, error)  { return memInfo{f}, nil }
func (f memFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }

type memInfo struct{ f memFile }

func (i memInfo) Name() string       { return path.Base(i.f.name) }
func (i memInfo) Size() int64        { return int64(len(i.f.data)) }
func (i memInfo) Mode() fs.FileMode  { return 0o444 }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return false }
func (i memInfo) Sys() any           { return nil }
