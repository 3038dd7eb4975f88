package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The platforms of targets, as platform tags begin.
const (
	Manylinux = "manylinux" // Linux with glibc
	Musllinux = "musllinux" // Linux with musl
	MacOS     = "macosx"
)

// Target is the oldest machine that something has to run on.
type Target struct {
	Text     string  // as it was asked for
	Platform string  // one of the constants
	Version  Version // of glibc, musl or macOS
	Arch     string  // as in tags: x86_64, arm64, universal2; "" for any
}

// targetForms are what --target takes, for messages.
const targetForms = "manylinux_2_17, manylinux2014_x86_64, glibc:2.31, musllinux_1_2, musl:1.2:aarch64, macos:11.0 or macosx_11_0_arm64"

var (
	tagForm   = regexp.MustCompile(`^(manylinux|musllinux|macosx)_(\d+)_(\d+)(?:_([a-z0-9_]+))?$`)
	oldForm   = regexp.MustCompile(`^(manylinux(?:1|2010|2014))(?:_([a-z0-9_]+))?$`)
	colonForm = regexp.MustCompile(`^(glibc|musl|macos):(\d+(?:\.\d+)*)(?::([a-z0-9_]+))?$`)
	platforms = map[string]string{"glibc": Manylinux, "musl": Musllinux, "macos": MacOS}
)

// ParseTarget reads a target or a platform tag.
func (p *Policy) ParseTarget(text string) (*Target, error) {
	t := &Target{Text: text}
	var version string
	if m := tagForm.FindStringSubmatch(text); m != nil {
		t.Platform, version, t.Arch = m[1], m[2]+"."+m[3], m[4]
	} else if m := colonForm.FindStringSubmatch(text); m != nil {
		t.Platform, version, t.Arch = platforms[m[1]], m[2], m[3]
	} else if m := oldForm.FindStringSubmatch(text); m != nil {
		t.Platform, t.Arch = Manylinux, m[2]
		var ok bool
		if t.Version, ok = p.glibcOf(m[1]); ok {
			return t, nil
		}
	}
	if version == "" {
		return nil, fmt.Errorf("no target %q: it is something like %s", text, targetForms)
	}
	var err error
	t.Version, err = ParseVersion(version)
	return t, err
}

// GOOS is the operating system of the target.
func (t *Target) GOOS() string {
	if t.Platform == MacOS {
		return "darwin"
	}
	return "linux"
}

// Archs are the architectures that every native file must have; nil for any.
func (t *Target) Archs() []string {
	switch t.Arch {
	case "":
		return nil
	case "universal2":
		return []string{"arm64", "x86_64"}
	}
	return []string{t.Arch}
}

// Tag is the target as a platform tag.
func (t *Target) Tag() string {
	tag := fmt.Sprintf("%s_%d_%d", t.Platform, t.Version.part(0), t.Version.part(1))
	if t.Arch != "" {
		tag += "_" + t.Arch
	}
	return tag
}

func (t *Target) String() string { return t.Text }

// ForWheel returns the oldest target that a wheel with these platform tags promises
// to run on; nil if they promise nothing (linux_x86_64, any).
func (p *Policy) ForWheel(tags []string) *Target {
	var found []*Target
	for _, tag := range tags {
		platform := tag[strings.LastIndex(tag, "-")+1:]
		if t, err := p.ParseTarget(platform); err == nil {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(a, b *Target) int {
		switch {
		case a.Version.Less(b.Version):
			return -1
		case b.Version.Less(a.Version):
			return 1
		}
		return strings.Compare(a.Text, b.Text)
	})
}

// Oldest returns the oldest manylinux target that has all the floors, by family.
// Nothing newer than the policy knows is promised: then ok is false.
func (p *Policy) Oldest(floors map[string]Version, arch string) (t *Target, ok bool) {
	// The oldest glibc for which anybody gave out a tag.
	t = &Target{Platform: Manylinux, Version: Version{2, 5}, Arch: arch}
	if arch != "x86_64" && arch != "i686" {
		t.Version = Version{2, 17} // PEP 599: the first with other architectures
	}
	if v, has := floors["GLIBC"]; has && t.Version.Less(v) {
		t.Version = v
	}
	for ; t.Version.part(1) < 100; t.Version = (Version{2, t.Version.part(1) + 1}) {
		if p.satisfies(t, floors) {
			return t, true
		}
	}
	return nil, false
}

func (p *Policy) satisfies(t *Target, floors map[string]Version) bool {
	for family, v := range floors {
		if has, ok := p.Floor(family, t); ok && has.Less(v) {
			return false
		}
	}
	return true
}
