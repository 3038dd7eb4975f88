// Package deb reads binary packages of Debian and its derivatives (deb(5),
// deb-control(5)): what a package says about itself, and the files in it.
//
// A package is a stranger's file, and its maintainer scripts expect to be root.
// Here none of it gets power over this machine:
//
//   - scripts, triggers and configuration of debconf are not looked at;
//   - no name from the package is used as a name on disk: the contents go into
//     files that are numbered, and [Member.Path] says what they were called;
//   - device files, sockets and pipes are an error, owners and the setuid, setgid
//     and sticky bits are dropped;
//   - paths that are absolute after the leading "./", or that climb with "..",
//     are an error; so is a hard link to what has not come before it;
//   - the number of files is limited, and their size to what a package of that size
//     can hold; so is the memory of the decompressors.
//
// The archive formats are read by libraries: ar by blakesmith/ar, xz by
// therootcompany/xz (which, unlike others, can be told how much memory a
// dictionary may take), zstd by klauspost/compress, the rest by Go's own.
package deb

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/blakesmith/ar"
)

// Package is what a .deb holds.
type Package struct {
	Control Control
	Members []Member // files and symbolic links, in the order of the package
	SHA256  string   // of the .deb, 64 hex digits
}

// Member is a file of a package, or a symbolic link.
type Member struct {
	Path       string // as installed, without the leading "/": usr/bin/jq
	Link       string // what a symbolic link points to, as it is; "" for a file
	Executable bool   // for anybody
	Size       int64
	File       string // the contents of a file, on this disk
}

// Error is about one .deb.
type Error struct {
	Path string // of the .deb
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("cannot read package %s: %v", e.Path, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint is what to do about it.
func (e *Error) Hint() string {
	return "dpkg-deb --info " + e.Path + "   # shows what Debian's own tool thinks of it"
}

// Limits of what is read. The packages of Debian stay well below.
const (
	maxControl    = 16 << 20 // bytes of control.tar, unpacked
	maxPath       = 4096     // bytes of a path or of the target of a link
	maxDictionary = 1 << 27  // bytes of memory for a decompressor's window
)

// limits are those that depend on the package.
type limits struct {
	contents int64 // bytes of all files
	members  int   // files, links and directories
}

// limitsOf are those of a package of that size. Text is compressed to a tenth or so;
// what unpacks to a hundred times its size was made to fill a disk.
func limitsOf(size int64) limits { return limits{1<<30 + 100*size, 1_000_000} }

// Is reports whether a file that begins with these bytes is a .deb: an ar archive
// whose first member says so.
func Is(head []byte) bool {
	return strings.HasPrefix(string(head), "!<arch>\ndebian-binary")
}

// Read reads the .deb at path and writes the contents of its files into dir, which
// exists and is empty.
func Read(ctx context.Context, path, dir string) (*Package, error) {
	p, err := read(ctx, path, dir, limitsOf)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &Error{path, err}
	}
	return p, nil
}

func read(ctx context.Context, path, dir string, limit func(size int64) limits) (*Package, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, 32)
	if n, _ := io.ReadFull(f, head); !Is(head[:n]) {
		return nil, errors.New("it does not begin as a package does")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	sum := sha256.New()
	// Wrapped, so that the archive is read to its end, and hashed, instead of sought.
	whole := struct{ io.Reader }{io.TeeReader(cancelled{ctx, f}, sum)}
	r := &reader{limits: limit(info.Size()), dir: dir, seen: map[string]int{}}
	if err := r.archive(ar.NewReader(whole)); err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, whole); err != nil {
		return nil, err
	}
	r.pkg.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return &r.pkg, nil
}

// reader is a package being read.
type reader struct {
	limits limits
	dir    string
	pkg    Package
	seen   map[string]int // path of a file → its index in pkg.Members
	count  int            // members, directories included
	bytes  int64          // of files
}

// archive reads the three members of the outer archive. deb(5) has them in this
// order; those that begin with "_" are to be passed over.
func (r *reader) archive(a *ar.Reader) error {
	var control, data bool
	for i := 0; ; i++ {
		h, err := next(a)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(h.Name, "/")
		switch {
		case i == 0:
			err = version(a, name)
		case !control && isTar(name, "control"):
			control, err = true, r.control(name, a)
		case control && !data && isTar(name, "data"):
			data, err = true, r.data(name, a)
		case !strings.HasPrefix(name, "_"):
			err = errors.New("a member that does not belong there")
		}
		if err != nil {
			return fmt.Errorf("%.40q: %w", name, err)
		}
	}
	if !control || !data {
		return errors.New("it ends too early: control.tar or data.tar is not there")
	}
	return nil
}

func isTar(name, base string) bool {
	return name == base+".tar" || strings.HasPrefix(name, base+".tar.")
}

// next is the archive's next header. The library trusts sizes and indexes by
// them: what a damaged header does to it becomes an error here.
func next(a *ar.Reader) (h *ar.Header, err error) {
	defer func() {
		if recover() != nil {
			h, err = nil, errors.New("a damaged header")
		}
	}()
	h, err = a.Next()
	if err == nil && h.Size < 0 {
		err = errors.New("a damaged header")
	}
	if err == io.ErrUnexpectedEOF {
		err = errors.New("it ends in the middle of a header")
	}
	return h, err
}

// version reads debian-binary: minor versions are compatible.
func version(r io.Reader, name string) error {
	text, err := io.ReadAll(io.LimitReader(r, 64))
	if err == nil && (name != "debian-binary" || !strings.HasPrefix(string(text), "2.")) {
		err = fmt.Errorf("format %.20q is not known, only 2.x", strings.TrimSpace(string(text)))
	}
	return err
}

// control reads the one file of control.tar that matters.
func (r *reader) control(name string, compressed io.Reader) error {
	plain, end, err := decompress(name, compressed)
	if err != nil {
		return err
	}
	defer end()
	t := tar.NewReader(io.LimitReader(plain, maxControl))
	for {
		h, err := t.Next()
		if err == io.EOF {
			return errors.New("it has no file control")
		}
		if err != nil {
			return err
		}
		if strings.TrimPrefix(h.Name, "./") == "control" && h.Typeflag == tar.TypeReg {
			r.pkg.Control, err = parseControl(t)
			return err
		}
	}
}

// data writes the files of data.tar.
func (r *reader) data(name string, compressed io.Reader) error {
	plain, end, err := decompress(name, compressed)
	if err != nil {
		return err
	}
	defer end()
	t := tar.NewReader(plain)
	for {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := r.member(h, t); err != nil {
			return fmt.Errorf("%.200q: %w", h.Name, err)
		}
	}
	_, err = io.Copy(io.Discard, plain) // the checksum of a compressed stream is at its end
	return err
}

// member takes one member of data.tar.
func (r *reader) member(h *tar.Header, content io.Reader) error {
	if r.count++; r.count > r.limits.members {
		return fmt.Errorf("more than %d files", r.limits.members)
	}
	if h.Typeflag == tar.TypeDir {
		return nil
	}
	path, err := cleanPath(h.Name)
	if err != nil {
		return err
	}
	if _, twice := r.seen[path]; twice {
		return errors.New("it is there twice")
	}
	m := Member{Path: path}
	switch h.Typeflag {
	case tar.TypeReg:
		err = r.file(&m, h, content)
	case tar.TypeSymlink:
		if m.Link = h.Linkname; m.Link == "" || len(m.Link) > maxPath || strings.ContainsRune(m.Link, 0) {
			err = errors.New("a link to nothing")
		}
	case tar.TypeLink:
		err = r.hardLink(&m, h.Linkname)
	default:
		err = fmt.Errorf("a device, pipe or other special file (%q)", h.Typeflag)
	}
	if err != nil {
		return err
	}
	r.seen[path] = len(r.pkg.Members)
	r.pkg.Members = append(r.pkg.Members, m)
	return nil
}

// cleanPath is a path of the package without the leading "./".
func cleanPath(name string) (string, error) {
	path := strings.TrimPrefix(name, "./")
	if !filepath.IsLocal(path) || filepath.ToSlash(filepath.Clean(path)) != path || len(path) > maxPath || strings.ContainsRune(path, 0) {
		return "", errors.New("a path that leads elsewhere")
	}
	return path, nil
}

// file writes the contents of a file.
func (r *reader) file(m *Member, h *tar.Header, content io.Reader) error {
	if r.bytes += h.Size; h.Size < 0 || r.bytes > r.limits.contents {
		return fmt.Errorf("more than %d bytes, too many for a package of this size", r.limits.contents)
	}
	m.Size, m.Executable = h.Size, h.Mode&0o111 != 0
	m.File = filepath.Join(r.dir, fmt.Sprint(len(r.pkg.Members)))
	f, err := os.OpenFile(m.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, content)
	if err == nil && n != h.Size {
		err = io.ErrUnexpectedEOF
	}
	return errors.Join(err, f.Close())
}

// hardLink makes m another name of a file that came before it.
func (r *reader) hardLink(m *Member, target string) error {
	path, err := cleanPath(target)
	if err != nil {
		return err
	}
	i, ok := r.seen[path]
	if !ok || r.pkg.Members[i].Link != "" {
		return errors.New("a hard link to no file of the package")
	}
	of := r.pkg.Members[i]
	m.Executable, m.Size, m.File = of.Executable, of.Size, of.File
	return nil
}

// cancelled reads until ctx ends.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
