package facts

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

// maxManifest bounds what is read into memory of a file that is JSON or mail headers.
const maxManifest = 256 << 20

// openExecutable opens a native file, and the payload in it if there is one.
func openExecutable(_ context.Context, name string) (*Container, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	c := &Container{Path: name, Kind: Executable, closers: []io.Closer{f}}
	own, err := onDisk(name, filepath.Base(name), info)
	if err != nil {
		f.Close()
		return nil, err
	}
	c.Files = []File{own}
	if info.Mode()&0o111 != 0 {
		c.Program = own.Path
	}
	archive, offset, size, err := findPayload(f, info.Size())
	var damaged *payload.Error
	switch {
	case err == nil:
		c.Kind = Onefile
		id := archive.ID()
		c.Payload = &Payload{ID: hex.EncodeToString(id[:]), Offset: offset, Size: size}
		c.takePayload(archive)
	case errors.Is(err, payload.ErrNotPayload):
	case errors.As(err, &damaged):
		c.Kind = Onefile
		c.Payload = &Payload{Offset: offset, Size: size}
		c.damage("", "its payload cannot be read: %v", err)
	default:
		c.Close()
		return nil, err
	}
	return c, nil
}

// findPayload opens the payload of a native file, where its program does: in its section
// of an ELF file. In a Mach-O file the linker put it anywhere.
func findPayload(f io.ReaderAt, size int64) (p *payload.Reader, offset, length int64, err error) {
	offset, length, err = section.Find(f)
	switch {
	case errors.Is(err, section.ErrNotELF):
		return payload.FindIn(f, size)
	case errors.Is(err, section.ErrNone):
		return nil, 0, 0, payload.ErrNotPayload
	case err != nil:
		return nil, 0, 0, err
	}
	p, err = payload.Open(io.NewSectionReader(f, offset, length), length)
	return p, offset, length, err
}

// takePayload adds the files of a payload. In the one kind of onefile its root is
// python/, in the other it holds the program and python/, and what is outside only
// starts that.
func (c *Container) takePayload(archive *payload.Reader) {
	prefix := pythonDir
	for _, e := range archive.Entries() {
		if e.Path == manifestPath {
			prefix, c.Payload.Launcher = "", true
		}
	}
	if c.Payload.Launcher {
		c.Files[0].Path += " (launcher)"
	}
	for i, e := range archive.Entries() {
		f := File{Path: path.Join(prefix, e.Path), Mode: e.Mode, Size: e.Size, Target: e.Target, Packed: true}
		if packed := archive.PackedSize(i); isBomb(uint64(e.Size), uint64(packed)) {
			c.damage(f.Path, "claims to be %d bytes in %d: not read", e.Size, packed)
		} else if e.Mode.IsRegular() {
			f.open = func() (io.ReadCloser, error) { return unpacking(archive, i), nil }
		}
		c.Files = append(c.Files, f)
	}
	c.finish()
	c.readPackedManifest()
}

// unpacking is the content of an entry as a stream.
func unpacking(archive *payload.Reader, i int) io.ReadCloser {
	r, w := io.Pipe()
	go func() { w.CloseWithError(archive.Copy(i, w)) }()
	return r
}

// readPackedManifest reads the manifest that came with the payload.
func (c *Container) readPackedManifest() {
	data, err := c.read(manifestPath, maxManifest)
	if err != nil {
		c.damage(manifestPath, "cannot be read: %v", err)
		return
	}
	if c.Manifest, err = bundle.DecodeManifest(data); err != nil {
		c.damage(manifestPath, "%v", err)
		return
	}
	if c.Payload.Launcher {
		c.Program = c.Manifest.Program
	}
}

var errTooLarge = errors.New("it is larger than any real one")

// read returns the content of a file of at most limit bytes.
func (c *Container) read(name string, limit int64) ([]byte, error) {
	f := c.File(name)
	if f == nil {
		return nil, os.ErrNotExist
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errTooLarge
	}
	return data, err
}
