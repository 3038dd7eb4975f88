package unpack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// trust says whose files this process may execute.
type trust struct {
	uid, gid uint32 // effective
	root     uint32 // owner of /: in a user namespace root has another number
	elevated bool   // the process has rights that its caller has not
	caller   bool   // …and runs as its caller's user, whose files are then no better than his
}

func newTrust() *trust {
	t := &trust{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	if id, err := lstat("/"); err == nil {
		t.root = id.uid
	}
	same := os.Getuid() == os.Geteuid()
	t.elevated = !same || os.Getgid() != os.Getegid() || kernelSaysElevated()
	t.caller = t.elevated && same
	return t
}

// user reports whether what belongs to uid may be executed: the user's own and
// root's.
func (t *trust) user(uid uint32) bool {
	return uid == 0 || uid == t.root || uid == t.uid && !t.caller
}

// privateGroup reports whether gid is a group without other members, as far as
// numbers tell: the user's own, where each user has a group of the same number
// (pam_umask(8), "usergroups"; such users have a umask of 002), and root's.
func (t *trust) privateGroup(gid uint32) bool {
	return gid == 0 || gid == t.gid && t.gid == t.uid
}

// resolve follows path from the root down and returns it without symbolic links.
// Each directory and link on the way must be one that only the user or root can
// exchange; then nobody else can make the result mean another directory later.
// With create, missing directories are made with mode 0700.
func (t *trust) resolve(path string, create bool) (string, error) {
	real := "/"
	rest := append([]string{"/"}, strings.Split(path, "/")...)
	for links := 0; len(rest) > 0; {
		next := filepath.Join(real, rest[0]) // real has no links: ".." is what the kernel makes of it
		rest = rest[1:]
		if next == real && next != "/" {
			continue
		}
		isLink, err := t.step(next, create)
		if err != nil {
			return "", err
		}
		if !isLink {
			real = next
			continue
		}
		if links++; links > 40 {
			return "", distrust(path, "has too many symbolic links")
		}
		target, err := os.Readlink(next)
		if err != nil {
			return "", err
		}
		if filepath.IsAbs(target) {
			real = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return real, nil
}

// step checks one directory or link on the way, which create may make.
func (t *trust) step(path string, create bool) (isLink bool, err error) {
	id, err := lstat(path)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err := mkdir(path); err != nil {
			return false, err
		}
		id, err = lstat(path)
	}
	if err != nil {
		return false, err
	}
	return id.isLink(), t.ancestor(path, id)
}

// ancestor refuses a directory or link that another user could exchange.
func (t *trust) ancestor(path string, id identity) error {
	switch {
	case !t.user(id.uid):
		return t.foreign(path, id)
	case id.isLink():
		return nil // who may exchange it is the matter of its directory
	case !id.isDir():
		return distrust(path, "is not a directory")
	case id.sticky():
		return nil // only the owner of an entry may rename it
	case id.mode&0o002 != 0, id.mode&0o020 != 0 && !t.privateGroup(id.gid):
		return loose(path, id)
	}
	return nil
}

// private is the rule for the cache's own directories: the user's or root's, no
// link, and nobody else may write there.
func (t *trust) private(path string) error {
	id, err := lstat(path)
	if err != nil {
		return err
	}
	switch {
	case !t.user(id.uid):
		return t.foreign(path, id)
	case !id.isDir():
		return distrust(path, "is not a directory")
	case id.mode&0o022 != 0:
		return loose(path, id)
	}
	return nil
}

// distrustError says that something is there and must not be used.
type distrustError struct{ path, reason string }

func (e *distrustError) Error() string { return e.path + " " + e.reason }

func distrust(path, reason string) error { return &distrustError{path, reason} }

func (t *trust) foreign(path string, id identity) error {
	owner := "belongs to user " + strconv.Itoa(int(id.uid))
	if t.caller && id.uid == t.uid {
		return distrust(path, owner+", who must not be able to change a program with more rights than his own; package it with --py-onedir")
	}
	return distrust(path, owner+", not to you (user "+strconv.Itoa(int(t.uid))+")")
}

func loose(path string, id identity) error {
	return distrust(path, "can be written to by others (mode 0"+strconv.FormatUint(uint64(id.mode&0o7777), 8)+")")
}

func mkdir(path string) error {
	fault("mkdir")
	err := os.Mkdir(path, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil // another start was faster; the caller looks at what is there
	}
	return err
}
