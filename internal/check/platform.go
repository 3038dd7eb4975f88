package check

import (
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

func platformRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "architecture", Severity: finding.Error,
			What:   "A native file is for another processor or system than the rest of the container, or than the target.",
			Why:    "It cannot be loaded: \"wrong ELF class\", \"incompatible architecture\". It comes from a cache or a wheel of another machine.",
			Mend:   "Install the packages for the machine that the program is built for. A fat Mach-O file is fine if it has the architecture of the rest.",
			Limits: "A directory of unrelated files is compared with the target only.",
		}, (*subject).architecture},
		{finding.Rule{
			ID: "libc-other", Severity: finding.Error,
			What: "A native file is linked with another C library than the target has: glibc and musl are not each other's.",
			Why:  "The loader of one does not know the other's files: \"not found\" for a program that is there, or unresolved symbols.",
			Mend: "Take the wheels of the other tag (manylinux for glibc, musllinux for musl), and a CPython built for it.",
		}, (*subject).libcOther},
	}
}

// architecture compares each file with what the program, libpython or else most files
// are for, and with the target.
func (s *subject) architecture() {
	want := s.commonKind()
	for i := range s.Files {
		f := &s.Files[i]
		if f.Binary == nil || len(f.Binary.Images) == 0 {
			continue
		}
		var have []string
		for j := range f.Binary.Images {
			have = append(have, kindOf(&unit{Image: &f.Binary.Images[j]}))
		}
		if s.Kind != facts.Directory && !slices.Contains(have, want) {
			s.say(f.Path, "", "is %s, and the %s is %s", strings.Join(have, ", "), s.Kind, want)
			continue
		}
		if s.target == nil {
			continue
		}
		format := map[string]string{"linux": "elf", "darwin": "mach-o"}[s.target.GOOS()]
		if !strings.HasPrefix(have[0], format) {
			s.say(f.Path, s.target.GOOS(), "is %s, and the target is %s", strings.Join(have, ", "), s.target)
		}
		for _, arch := range s.target.Archs() {
			if strings.HasPrefix(have[0], format) && !slices.Contains(have, format+" "+arch) {
				s.say(f.Path, arch, "is %s, and the target %s needs %s", strings.Join(have, ", "), s.target, arch)
			}
		}
	}
}

// commonKind is the format and architecture that a container is for: that of its
// program or libpython, else the one most files have.
func (s *subject) commonKind() string {
	for _, u := range s.units {
		if s.Program != "" && u.file.Path == s.Program {
			return kindOf(u)
		}
	}
	count := map[string]int{}
	best := ""
	for _, u := range s.units {
		k := kindOf(u)
		count[k]++
		if best == "" || count[k] > count[best] || count[k] == count[best] && k < best {
			best = k
		}
	}
	return best
}

func isMusl(name string) bool {
	return strings.HasPrefix(name, "libc.musl-") || strings.HasPrefix(name, "ld-musl-") || name == "libc.so"
}

// otherLibC tells whether a name is a C library that the target does not have.
func (s *subject) otherLibC(name string) bool {
	if s.target == nil {
		return false
	}
	switch s.target.Platform {
	case policy.Manylinux:
		return isMusl(name)
	case policy.Musllinux:
		return name == "libc.so.6" || isGlibcOnly(name)
	}
	return false
}

// isGlibcOnly tells of a part of glibc besides libc.so.6: musl is one file.
func isGlibcOnly(name string) bool {
	base, _, _ := strings.Cut(name, ".so.")
	return slices.Contains([]string{"libm", "libdl", "librt", "libpthread", "libutil", "libresolv"}, base) ||
		strings.HasPrefix(name, "ld-linux")
}

func (s *subject) libcOther() {
	for _, u := range s.units {
		for _, name := range u.Needed {
			if s.otherLibC(name) {
				s.say(u.file.Path, name, "is linked with %s, and %s has another C library", name, s.target)
				break
			}
		}
	}
}
