// Package cachedir keeps what is expensive to make (CPython distributions, tool
// environments, virtual environments) in one directory of the user's.
//
// # What it promises
//
// An entry is a directory. It exists under its final name only when it is
// complete: it is filled under another name and renamed (see Ensure). Entries
// are keyed by what they are made from, so they are never changed and never
// out of date. Removing the cache, or any entry of it, is always safe while no
// build is running.
//
// # Whom it trusts
//
// Files in the cache are executed. The root therefore belongs to the user and
// nobody else may write to it; a root that someone else could have prepared is
// refused rather than repaired. An attacker who already runs as the same user
// is out of scope: such a one needs no cache to do harm.
package cachedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// EnvRoot names the environment variable that moves the cache.
const EnvRoot = "LLGO_PY_CACHE"

const dirName = "llgo-py"

const tagFile = "CACHEDIR.TAG"

// The signature is the one of https://bford.info/cachedir/, by which backup
// programs recognise a directory that is not worth keeping.
const tagText = `Signature: 8a477f597d28d172789f06886806bc55
# This directory is a cache of llgo. See https://bford.info/cachedir/ for what
# this file tells other programs.
`

const readmeText = `This directory holds what "llgo build --py-onedir" and its kin would otherwise
download or compute again: CPython distributions, the tools that analyse Python
programs, and environments made from requirements.

Everything in it can be made again. It may be removed as a whole, or entry by
entry, whenever no build is running. The variable ` + EnvRoot + ` moves it.
`

// Root returns the absolute path of the cache, which it creates (mode 0700)
// where it is missing: $LLGO_PY_CACHE, else $XDG_CACHE_HOME/llgo-py, else
// ~/.cache/llgo-py. It refuses a directory that belongs to someone else or that
// others may write to.
func Root() (string, error) {
	dir, err := location()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cannot create the cache %s: %w; set %s to a directory of yours", dir, cause(err), EnvRoot)
	}
	if err := checkOwner(dir); err != nil {
		return "", err
	}
	if err := label(dir); err != nil {
		return "", fmt.Errorf("cannot write to the cache %s: %w; set %s to a directory of yours", dir, cause(err), EnvRoot)
	}
	return dir, nil
}

func location() (string, error) {
	if dir := os.Getenv(EnvRoot); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", fmt.Errorf("%s=%s is not an absolute path", EnvRoot, dir)
		}
		return filepath.Clean(dir), nil
	}
	// The XDG specification asks to ignore a relative XDG_CACHE_HOME.
	if dir := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, dirName), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the cache: %w; set %s to a directory of yours", err, EnvRoot)
	}
	return filepath.Join(home, ".cache", dirName), nil
}

func checkOwner(dir string) error {
	problem, err := Distrust(dir)
	if err != nil {
		return fmt.Errorf("cannot open the cache %s: %w; set %s to a directory of yours", dir, cause(err), EnvRoot)
	}
	if problem != "" {
		return fmt.Errorf("refusing to use the cache %s: %s; set %s to a directory that only you can write to", dir, problem, EnvRoot)
	}
	return nil
}

// Distrust says why nothing below a directory may be executed, "" if it may. It
// looks at the directory that it opened, not at its name, which could be exchanged
// between two looks.
func Distrust(dir string) (string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	return distrust(info), nil
}

// label writes the files that explain the directory to programs and people.
func label(dir string) error {
	for name, text := range map[string]string{tagFile: tagText, "README": readmeText} {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// cause drops the operation and the path of an error whose message names the
// path already.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
