package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// requirementSource is a requirement (PEP 508), which becomes an entry for each
// distribution that fulfils it: itself and all that it requires. They are resolved
// and installed into the cache as for a build (internal/helper), where every file
// is checked against the hashes of the lock.
type requirementSource struct {
	scratch
	spec    string
	options Options
}

// requirement begins like PEP 508's: a name, then a version, extras, a URL or a marker.
var requirement = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\s*($|[\[(<>=!~;@ ])`)

// fileName is what looks like the name of a file that is missing.
var fileName = regexp.MustCompile(`\.(deb|whl|zip|tar|gz|xz|zst|so|dylib|py|txt)(\.[0-9.]+)?$`)

func isRequirement(name string, file fs.FileInfo) bool {
	return file == nil && requirement.MatchString(name) && !fileName.MatchString(name)
}

// Fetched tells whether a name cannot be that of an entry, because it says what to
// fetch: "python@3.14", or a requirement with a version, extras, a URL or a marker.
func Fetched(name string) bool {
	return managedName.MatchString(name) || requirement.MatchString(name) && strings.ContainsAny(name, "[<>=!~;@ ")
}

func openRequirement(name string, options Options) Source {
	return &requirementSource{spec: name, options: options}
}

// Drafts implements Source.
func (s *requirementSource) Drafts(ctx context.Context) ([]store.Draft, error) {
	python, lock, err := s.install(ctx)
	if err != nil {
		return nil, err
	}
	known, err := pylock.Parse(lock)
	if err != nil {
		return nil, err
	}
	work, err := s.make()
	if err != nil {
		return nil, err
	}
	var drafts []store.Draft
	for _, found := range installed.In(python.SitePackages[0]) {
		d, err := wheel.FromInstalled(found.Info, filepath.Join(work, strconv.Itoa(len(drafts))))
		if err != nil {
			return nil, err
		}
		file, sum := known.Wheel(pylock.Normalise(d.Name), d.Tags)
		drafts = append(drafts, distribution(d, file, store.Hash(sum)))
	}
	return drafts, s.complete(drafts)
}

// install makes the environment that the drafts are taken from.
func (s *requirementSource) install(ctx context.Context) (python *pydist.Dist, lock string, err error) {
	base, h := s.options.Python, s.options.Helper
	if base == nil {
		if base, err = pydist.Managed(ctx, s.options.Reporter, ""); err != nil {
			return nil, "", err
		}
	}
	if h == nil {
		if h, err = helper.Open(ctx, s.options.Reporter); err != nil {
			return nil, "", err
		}
	}
	want := helper.Requirements{Specs: []string{s.spec}}
	if len(s.options.Keep) > 0 {
		if want.Prefer, err = pylock.Preferring(s.options.Keep); err != nil {
			return nil, "", err
		}
	}
	if lock, err = h.ResolveOnce(ctx, base, want, s.options.Reporter); err != nil {
		return nil, "", err
	}
	access, err := want.Access()
	if err != nil {
		return nil, "", err
	}
	python, err = h.Install(ctx, base, helper.Installation{Lock: lock, Access: access}, s.options.Reporter)
	if err == nil && len(python.SitePackages) == 0 {
		err = errors.New(s.spec + " is for other systems than this one")
	}
	return python, lock, err
}

// complete fails where what was asked for is not among the drafts: a marker of the
// requirement is not for this machine.
func (s *requirementSource) complete(drafts []store.Draft) error {
	name := pylock.Normalise(strings.TrimRight(requirement.FindString(s.spec), "[(<>=!~;@ "))
	if !slices.ContainsFunc(drafts, func(d store.Draft) bool { return d.Entry.Name == name }) {
		return fmt.Errorf("%s is not for this machine", s.spec)
	}
	return nil
}
