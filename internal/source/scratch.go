package source

import "os"

// scratch is a directory for what a source unpacks. It is made when it is needed.
type scratch struct{ dir string }

func (s *scratch) make() (dir string, err error) {
	if s.dir == "" {
		s.dir, err = os.MkdirTemp("", "llgo-py-source-")
	}
	return s.dir, err
}

// Close implements Source.
func (s *scratch) Close() error {
	dir := s.dir
	s.dir = ""
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}
