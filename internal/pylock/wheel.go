package pylock

import (
	"path"
	"slices"
	"strings"
)

// file is a wheel of a package in a lock.
type file struct {
	Name   string
	URL    string
	Path   string
	Hashes map[string]string
}

// base is the wheel's file name, which PEP 751 lets a URL or path say.
func (f file) base() string {
	for _, name := range []string{f.Name, f.URL, f.Path} {
		if name != "" {
			name, _, _ = strings.Cut(name, "#")
			return path.Base(name)
		}
	}
	return ""
}

// Wheel returns the file name and the SHA-256 of the wheel that a distribution was
// installed from: the one of the lock that has the tags which its WHEEL lists. Both
// are empty for one that was built from sources.
func (l *Lock) Wheel(name string, tags []string) (wheel, sha256 string) {
	for _, p := range l.entries {
		if Normalise(p.Name) != name {
			continue
		}
		for _, f := range append(p.Wheels, p.Archive) {
			if base := f.base(); sameTags(expand(base), tags) {
				return base, f.Hashes["sha256"]
			}
		}
	}
	return "", ""
}

// expand returns the tags in the name of a wheel, which are joined by dots there
// (PEP 425, "compressed tag sets"); none for what is no wheel.
func expand(wheel string) (tags []string) {
	parts := strings.Split(strings.TrimSuffix(wheel, ".whl"), "-")
	if !strings.HasSuffix(wheel, ".whl") || len(parts) < 5 {
		return nil
	}
	parts = parts[len(parts)-3:]
	for _, python := range strings.Split(parts[0], ".") {
		for _, abi := range strings.Split(parts[1], ".") {
			for _, platform := range strings.Split(parts[2], ".") {
				tags = append(tags, python+"-"+abi+"-"+platform)
			}
		}
	}
	return tags
}

func sameTags(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return len(a) > 0 && slices.Equal(slices.Compact(a), slices.Compact(b))
}
