// Package source reads what people have (a program, a library, a prefix, a package of
// a distribution, a wheel, a CPython, an onedir program) and lays it out as entries of
// the store are. What something is, its content says. One file for each kind of source.
package source

import (
	"context"
	"io/fs"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Options are what people say of a source that its content does not, or wrongly.
type Options struct {
	Name    string
	Version string
	Licence string

	// For what has to be fetched.
	Reporter progress.Reporter // nil is progress.Discard
	Helper   *helper.Helper    // nil opens one
	Python   *pydist.Dist      // whom requirements are resolved for; nil is the managed CPython
	Keep     map[string]string // versions of distributions that stay where they fulfil a requirement
}

// Source is something that entries can be made of.
type Source interface {
	// Drafts returns the entries to be, those first that others need. Their files
	// are there until Close.
	Drafts(ctx context.Context) ([]store.Draft, error)
	// Close removes what was unpacked.
	Close() error
}

// kind is one of the things that are recognised. Info is nil for a name that no file
// has: of something that can be fetched.
type kind struct {
	is   func(name string, info fs.FileInfo) bool
	open func(name string, o Options) Source
}

// kinds are all of them; the first that recognises a file or directory reads it.
func kinds() []kind {
	return []kind{
		{isDeb, openDeb},
		{isWheel, openWheel},
		{isBundle, openBundle},
		{isPython, openPython},
		{isFile, openFile},
		{isDirectory, openDirectory},
		{isRequirement, openRequirement},
	}
}

// Open recognises a file or directory, or else the name of what can be fetched
// ("python@3.14", "numpy==2.1"). *UnknownError: it is nothing of the kind.
func Open(name string, o Options) (Source, error) {
	if o.Reporter == nil {
		o.Reporter = progress.Discard
	}
	info, missing := os.Stat(name)
	if missing != nil {
		info = nil
	}
	for _, k := range kinds() {
		if k.is(name, info) {
			return k.open(name, o), nil
		}
	}
	if missing != nil {
		return nil, missing
	}
	return nil, &UnknownError{name}
}

// UnknownError says that nothing is known of a file or directory.
type UnknownError struct{ Path string }

func (e *UnknownError) Error() string {
	return e.Path + " is no program, library or package that can be put into the store"
}

// Hint says what to do.
func (e *UnknownError) Hint() string {
	return "put other files into a directory with bin/, lib/ or share/ in it, and name that"
}

// apply sets what people said.
func (o Options) apply(e *store.Entry) {
	for to, said := range map[*string]string{&e.Name: o.Name, &e.Version: o.Version, &e.Licence: o.Licence} {
		if said != "" {
			*to = said
		}
	}
}
