package unpack

import (
	"errors"
	"io"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// Environment variables. They are not read in a process that has more rights than
// its caller.
const (
	EnvCache   = "LLGO_PY_CACHE"   // an absolute path: where the cache is
	EnvVerify  = "LLGO_PY_VERIFY"  // not empty: compare all contents at this start
	EnvVerbose = "LLGO_PY_VERBOSE" // not empty: say on stderr what is done
)

// Payload is what a program carries; *payload.Reader is one. Copy verifies what
// it copies and may be called concurrently.
type Payload interface {
	Entries() []payload.Entry
	Copy(i int, w io.Writer) error
}

// Ensure returns the absolute path of the directory that holds the payload of
// that id, complete. The tree is made where it is missing, and made again where a
// file of it was changed, cut or removed; only then is open called.
//
// The tree is kept from being trimmed until the process ends. Ensure is meant to
// be called once, early.
//
// An error is either the payload's (of open and Copy, with its path) or a
// *NoCacheError, which says for each candidate directory why it does not do.
func Ensure(id [32]byte, open func() (Payload, error)) (dir string, err error) {
	s := newStart(id, open)
	if !s.verify {
		if c := s.warm(); c != nil {
			return s.finish(c), nil
		}
	}
	c, err := s.cold()
	if err != nil {
		return "", err
	}
	return s.finish(c), nil
}

// EnsureArchive is Ensure for the payload that is the first size bytes of r. Of a tree
// that is ready only the id is read.
func EnsureArchive(r io.ReaderAt, size int64) (dir string, err error) {
	id, err := payload.ReadID(r, size)
	if err != nil {
		return "", err
	}
	return Ensure(id, func() (Payload, error) { return payload.Open(r, size) })
}

// start is one call of Ensure.
type start struct {
	id     [32]byte
	open   func() (Payload, error)
	trust  *trust
	places []place
	verify bool
	log    *logger
}

func newStart(id [32]byte, open func() (Payload, error)) *start {
	t := newTrust()
	s := &start{id: id, open: open, trust: t, places: places(t), log: newLogger(t)}
	s.verify = !t.elevated && os.Getenv(EnvVerify) != ""
	return s
}

// warm returns the first cache in which the tree is ready, nil if none is. Which
// candidates cannot be used at all does not matter here.
func (s *start) warm() *cache {
	for _, p := range s.places {
		if p.problem != "" {
			continue
		}
		c, err := openCache(s.trust, p.dir, false)
		if err != nil {
			continue
		}
		v, reason := c.look(s.id)
		if v == ready {
			return c
		}
		if reason != "" {
			s.log.print("%s: %s", c.dir, reason)
		}
	}
	return nil
}

// cold makes the tree in the first cache where that can be done. A payload that
// is damaged is damaged everywhere.
func (s *start) cold() (*cache, error) {
	p, err := s.open()
	if err != nil {
		return nil, err
	}
	failed := &NoCacheError{}
	for _, place := range s.places {
		c, err := s.install(place, p)
		if err == nil {
			return c, nil
		}
		var bad *objects.SourceError // of the payload: no other directory would cure it
		if errors.As(err, &bad) {
			return nil, bad.Err
		}
		s.log.print("%s: not used: %v", place.dir, err)
		failed.add(place.dir, err)
	}
	return nil, failed
}

// install makes the tree in one cache, under its lock, unless another start did
// while this one waited.
func (s *start) install(place place, p Payload) (*cache, error) {
	if place.problem != "" {
		return nil, errors.New(place.problem)
	}
	if place.base != "" {
		if _, err := os.Stat(place.base); err != nil {
			return nil, err
		}
	}
	c, err := openCache(s.trust, place.dir, true)
	if err != nil {
		return nil, err
	}
	unlock, err := c.lock(true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	v, _ := c.look(s.id)
	if v == ready && (!s.verify || c.sound(s.id, p, s.log)) {
		return c, nil
	}
	if v == unusable {
		return nil, errNoExec
	}
	in := &installer{cache: c, id: s.id, payload: p, durable: v == stale, log: s.log}
	if err := in.run(); err != nil {
		return nil, err
	}
	if v, reason := c.look(s.id); v != ready {
		return nil, errors.New("does not keep what is written to it: " + reason)
	}
	return c, nil
}

func (s *start) finish(c *cache) string {
	dir := c.path(treesDir, treeName(s.id))
	s.log.done(dir)
	if c.touched {
		c.trimDaily(s.log)
	}
	return dir
}
