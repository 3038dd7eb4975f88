//go:build !llgopy

package payload

import (
	"errors"
	"io"
	"os"
)

// spoolMemory is how much of an entry's compressed data waits in memory.
const spoolMemory = 4 << 20

// A spool holds data in memory, or in a file when it becomes large. The file loses its
// name at once, so that nothing stays behind however the process ends.
type spool struct {
	dir  string
	size int64
	mem  []byte
	file *os.File
}

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && len(s.mem)+len(b) > spoolMemory {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(b))
	if s.file != nil {
		return s.file.Write(b)
	}
	s.mem = append(s.mem, b...)
	return len(b), nil
}

func (s *spool) toFile() error {
	f, err := os.CreateTemp(s.dir, ".llgo-py-pack-*")
	if err != nil {
		return err
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	_, err = f.Write(s.mem)
	s.mem = nil
	return err
}

// writeTo writes everything to w.
func (s *spool) writeTo(w io.Writer) error {
	if s.file == nil {
		_, err := w.Write(s.mem)
		return err
	}
	n, err := io.Copy(w, io.NewSectionReader(s.file, 0, s.size))
	if err == nil && n != s.size {
		err = errors.New("the temporary file of compressed data was cut short")
	}
	return err
}

// reset forgets everything.
func (s *spool) reset() error {
	err := s.close()
	*s = spool{dir: s.dir}
	return err
}

func (s *spool) close() error {
	s.mem = nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
