package section

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// Own opens the archive in the file of the running program. The file must be readable:
// one that may only be executed cannot be unpacked by its user either.
func Own() (*Archive, error) { return open("/proc/self/exe") }

// open does not use os.File, which would bring Go's poller to life.
func open(path string) (*Archive, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	for err == syscall.EINTR {
		fd, err = syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, errors.New("the program's file must be readable: " + err.Error())
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	offset, size, err := Find(file(fd))
	if err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return &Archive{io.NewSectionReader(file(fd), offset, size), func() { _ = syscall.Close(fd) }}, nil
}

// A file is a descriptor to read from.
type file int

// ReadAt implements [io.ReaderAt].
func (f file) ReadAt(b []byte, off int64) (done int, err error) {
	for done < len(b) {
		n, err := syscall.Pread(int(f), b[done:], off+int64(done))
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return done, &fs.PathError{Op: "read", Path: "the program's file", Err: err}
		case n == 0:
			return done, io.EOF
		default:
			done += n
		}
	}
	return done, nil
}
