package facts

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// An Error says which path cannot be checked and what to give instead.
type Error struct {
	Text string // one line
	Next string // what to do
}

func (e *Error) Error() string { return e.Text }

// Hint is what to do.
func (e *Error) Hint() string { return e.Next }

const askFor = "give a packaged program, its directory, a wheel, a library, or a directory of them"

// Open recognises what path is and lists its files. A directory may hold several
// containers: each packaged program and wheel is one of its own, and what is left is
// one of kind Directory. The program of an onedir stands for its directory. Close
// every container; they keep archives open.
func Open(ctx context.Context, path string) ([]*Container, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return openDir(ctx, filepath.Clean(path))
	case !info.Mode().IsRegular():
		return nil, &Error{path + ": neither a file nor a directory", askFor}
	}
	if dir := filepath.Dir(path); isProgramOf(dir, filepath.Base(path)) {
		c, err := openOnedir(ctx, dir)
		return one(c, err)
	}
	c, err := openFile(ctx, path)
	if err == nil && c == nil {
		return nil, &Error{path + ": neither an ELF or Mach-O file nor a wheel", askFor}
	}
	return one(c, err)
}

func one(c *Container, err error) ([]*Container, error) {
	if err != nil {
		return nil, err
	}
	return []*Container{c}, nil
}

// Close releases what the container keeps open. Files cannot be opened afterwards.
func (c *Container) Close() error {
	var errs []error
	for _, closer := range c.closers {
		errs = append(errs, closer.Close())
	}
	c.closers = nil
	return errors.Join(errs...)
}

// isProgramOf tells whether dir is an onedir whose program is called name.
func isProgramOf(dir, name string) bool {
	m, err := bundle.ReadManifest(dir)
	return err == nil && m.Program == name
}

// openFile opens a file by what it is; nil if it is nothing that can be judged.
func openFile(ctx context.Context, name string) (*Container, error) {
	head, err := readHead(name)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasSuffix(name, ".whl"):
		return openWheel(ctx, name)
	case sniff(head) != "":
		return openExecutable(ctx, name)
	}
	return nil, nil
}

func readHead(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return head[:n], nil
}

// headSize is how many bytes sniff needs.
const headSize = 8

// Formats of binaries.
const (
	formatELF   = "elf"
	formatMachO = "mach-o"
)

// sniff says which format of binary begins with head, "" for none.
func sniff(head []byte) string {
	if bytes.HasPrefix(head, []byte("\x7fELF")) {
		return formatELF
	}
	if len(head) < headSize {
		return ""
	}
	switch binary.BigEndian.Uint32(head) {
	case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe:
		return formatMachO
	case 0xcafebabe, 0xcafebabf:
		// Java's class files begin alike; there the version follows, 45 or more.
		if binary.BigEndian.Uint32(head[4:]) < 45 {
			return formatMachO
		}
	}
	return ""
}

// onDisk returns the File of what lies at name on this machine.
func onDisk(name, path string, info fs.FileInfo) (File, error) {
	f := File{Path: path, Mode: info.Mode()}
	switch {
	case f.Mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(name)
		if err != nil {
			return f, err
		}
		f.Target = filepath.ToSlash(target)
	case f.Mode.IsRegular():
		f.Size, f.disk = info.Size(), name
		f.open = func() (io.ReadCloser, error) { return os.Open(name) }
	}
	return f, nil
}

// damage notes what is broken.
func (c *Container) damage(path string, format string, args ...any) {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	c.Damages = append(c.Damages, Damage{path, text})
}
