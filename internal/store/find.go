package store

import (
	"fmt"
	"os"
	"slices"
	"strings"

	debversion "github.com/knqyf263/go-deb-version"
)

// MissingError says that no entry is meant by a pattern.
type MissingError struct{ Pattern string }

func (e *MissingError) Error() string { return "the store has no entry " + e.Pattern }

// Hint says what to do.
func (e *MissingError) Hint() string { return "llgo py store ls" }

// AmbiguousError says that several entries are meant by a pattern.
type AmbiguousError struct {
	Pattern    string
	Candidates []string // IDs, sorted as Entries are
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%s may mean %s", e.Pattern, strings.Join(e.Candidates, " or "))
}

// Hint says what to do.
func (e *AmbiguousError) Hint() string {
	return "name more of it: name,version,hash, each as much as is needed"
}

// ident is an ID in its parts.
type ident struct{ name, version, digits string }

func parseID(s string) (id ident, ok bool) {
	part := strings.Split(s, ",")
	if len(part) != 3 || len(part[2]) != idDigits || strings.Trim(part[2], "0123456789abcdef") != "" {
		return id, false
	}
	return ident{part[0], part[1], part[2]}, badName(part[0]) == "" && badName(part[1]) == ""
}

func (id ident) String() string { return id.name + "," + id.version + "," + id.digits }

// order sorts by name, then older before newer, then by hash.
func (id ident) order(other ident) int {
	if c := compare(id.name, other.name); c != 0 {
		return c
	}
	if c := CompareVersions(id.version, other.version); c != 0 {
		return c
	}
	return compare(id.String(), other.String())
}

// CompareVersions orders versions as Debian does (deb-version(7)), which is what
// people expect of most others as well: 1.10 is newer than 1.9, and 1.0~rc1 older
// than 1.0. What that does not understand is older than what it does.
func CompareVersions(a, b string) int {
	va, errA := debversion.NewVersion(a)
	vb, errB := debversion.NewVersion(b)
	switch {
	case errA == nil && errB == nil:
		return va.Compare(vb)
	case errA == nil:
		return 1
	case errB == nil:
		return -1
	}
	return compare(a, b)
}

// ids lists the entries, sorted.
func (s *Store) ids() ([]ident, error) {
	names, err := os.ReadDir(s.path(entriesDir))
	if err != nil {
		return nil, err
	}
	var list []ident
	for _, name := range names {
		if id, ok := parseID(name.Name()); ok {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, ident.order)
	return list, nil
}

// Find returns the entry that is meant by name, name,version, name,version,hash,
// ,,hash or hash. Of a name and a hash the beginning is enough (of a hash alone, four
// digits), of a version the beginning up to a dot or the like; what is meant to the
// letter goes before what only begins so. *MissingError: there is none;
// *AmbiguousError: there are several.
func (s *Store) Find(pattern string) (*Entry, error) {
	id, err := s.FindID(pattern)
	if err != nil {
		return nil, err
	}
	e, err := s.load(id)
	if err != nil {
		return nil, err
	}
	if _, _, digits := split(pattern); len(digits) > idDigits && !strings.HasPrefix(string(e.Hash()), digits) {
		return nil, &MissingError{pattern}
	}
	return e, nil
}

// FindID is Find for an entry that need not be read, because it is to be removed.
func (s *Store) FindID(pattern string) (string, error) {
	ids, err := s.Match(pattern)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", &MissingError{pattern}
	case len(ids) > 1:
		return "", &AmbiguousError{pattern, ids}
	}
	return ids[0], nil
}

// Match returns the IDs of all entries that a pattern may mean, sorted as Entries are.
func (s *Store) Match(pattern string) ([]string, error) {
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, id := range match(ids, pattern) {
		found = append(found, id.String())
	}
	return found, nil
}

func split(pattern string) (name, version, digits string) {
	part := append(strings.SplitN(pattern, ",", 3), "", "")
	return part[0], part[1], strings.ToLower(part[2])
}

// match returns the entries that a pattern may mean.
func match(ids []ident, pattern string) []ident {
	if pattern == "" || strings.Trim(pattern, ",") == "" {
		return nil
	}
	name, version, digits := split(pattern)
	found := slices.DeleteFunc(slices.Clone(ids), func(id ident) bool {
		return !strings.HasPrefix(id.name, name) || !isVersion(id.version, version) || !isDigits(id.digits, digits)
	})
	if len(found) == 0 && !strings.Contains(pattern, ",") && len(pattern) >= 4 {
		digits = strings.ToLower(pattern)
		return slices.DeleteFunc(slices.Clone(ids), func(id ident) bool { return !isDigits(id.digits, digits) })
	}
	found = prefer(found, func(id ident) bool { return id.name == name })
	return prefer(found, func(id ident) bool { return id.version == version })
}

// isVersion tells whether a version is want or begins with it: 2.1 is a 2, 21 is not.
func isVersion(version, want string) bool {
	rest, ok := strings.CutPrefix(version, want)
	return ok && (want == "" || rest == "" || !isDigit(rest[0]) || !isDigit(want[len(want)-1]))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isDigits compares hashes, of which an ID has the beginning.
func isDigits(digits, want string) bool {
	return strings.HasPrefix(digits, want[:min(len(want), len(digits))])
}

// prefer keeps those that are meant exactly, if there are any.
func prefer(ids []ident, exact func(ident) bool) []ident {
	if !slices.ContainsFunc(ids, exact) {
		return ids
	}
	return slices.DeleteFunc(ids, func(id ident) bool { return !exact(id) })
}
