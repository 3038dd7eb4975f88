package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

type version = facts.Version

func floorRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "glibc-floor", Severity: finding.Error,
			What:   "A native file needs a newer glibc than the target has.",
			Why:    "glibc is upwards compatible only: the loader of an older machine says \"version `GLIBC_2.38' not found\" and stops.",
			Mend:   "Build on a machine as old as the target, or take what was: a managed CPython (floor 2.17), manylinux wheels. Libraries of the build machine bring its glibc along; the text names the file and the symbol.\n  llgo py check --target glibc:2.31 PATH",
			Limits: "Asked only with --target, or of a wheel, whose platform tag promises a floor. The floor of what is looked at stands in the verdict in any case.",
		}, func(s *subject) { s.floors(func(f need) bool { return f.family == "GLIBC" }) }},
		{finding.Rule{
			ID: "libstdcxx-floor", Severity: finding.Error,
			What:   "A native file needs newer symbols of a library of the machine (libstdc++, libgcc, libatomic, zlib) than the target has.",
			Why:    "The loader compares symbol versions: \"version `GLIBCXX_3.4.32' not found\".",
			Mend:   "Bundle the library (llgo build does), or build with the compiler of the target.",
			Limits: "A library that is in the container is not the machine's. What the target has is data: the floors of policy.json and of --policy.",
		}, func(s *subject) { s.floors(func(f need) bool { return f.family != "GLIBC" }) }},
		{finding.Rule{
			ID: "macos-floor", Severity: finding.Error,
			What:   "A Mach-O file is built for a newer macOS than the target.",
			Why:    "dyld of an older release refuses it, or a symbol that the file takes for granted is missing.",
			Mend:   "Build with MACOSX_DEPLOYMENT_TARGET set to the target, for the program and for every library it bundles.",
			Limits: "The arm64 part of a file may be for macOS 11: there is none older.",
		}, (*subject).macosFloor},
	}
}

// need is a versioned symbol that a file asks a library of the machine for.
type need struct {
	unit    *unit
	family  string // "GLIBC"
	version policy.Version
	of      version
}

// needs returns what the files ask libraries of the machine for. What is lent only to
// a machine that lacks it asks nothing of the others.
func (s *subject) needs() []need {
	var list []need
	for _, u := range s.units {
		if s.lent(u) {
			continue
		}
		for _, v := range u.Versions {
			if v.Weak || s.hasInside(u, v.Library) {
				continue
			}
			if family, version, ok := family(v.Name); ok {
				list = append(list, need{u, family, version, v})
			}
		}
	}
	return list
}

// family splits the name of a symbol version: GLIBCXX_3.4.21. Some have no number,
// and stand for a release.
func family(name string) (string, policy.Version, bool) {
	if name == "GLIBC_ABI_DT_RELR" { // the loader understands DT_RELR
		return "GLIBC", policy.Version{2, 36}, true
	}
	at := strings.LastIndexByte(name, '_')
	if at < 0 {
		return "", nil, false
	}
	v, err := policy.ParseVersion(name[at+1:])
	return name[:at], v, err == nil
}

func (s *subject) floors(wanted func(need) bool) {
	if s.target == nil {
		return
	}
	for _, n := range s.needs() {
		limit, known := s.policy.Floor(n.family, s.target)
		if !wanted(n) || !known || !limit.Less(n.version) {
			continue
		}
		s.say(n.unit.file.Path, n.of.Name, "needs %s of %s in %s, and %s has %s", some(symbolsOf(n.unit, n.of)), n.of.Library, n.of.Name, s.target, limit)
	}
}

func (s *subject) macosFloor() {
	if s.target == nil || s.target.Platform != policy.MacOS {
		return
	}
	for _, u := range s.units {
		limit := s.target.Version
		if first := (policy.Version{11}); u.Arch == "arm64" && limit.Less(first) {
			limit = first // the first macOS of these machines
		}
		if v, err := policy.ParseVersion(u.MinOS); err == nil && limit.Less(v) {
			s.say(u.file.Path, u.Arch, "is built for macOS %s, and the target is %s (%s)", u.MinOS, s.target, u.Arch)
		}
	}
}

// verdict sums up what the container needs of a machine.
func (s *subject) verdict() *finding.Verdict {
	v := &finding.Verdict{Container: s.Path, Files: len(s.Files)}
	for i := range s.Files {
		if s.Files[i].Binary != nil {
			v.Binaries++
		}
	}
	if s.Manifest != nil {
		v.Python = s.Manifest.Python.Version
	}
	highest := map[string]policy.Version{}
	worst := map[string]need{}
	for _, n := range s.needs() {
		if highest[n.family] == nil || highest[n.family].Less(n.version) {
			highest[n.family], worst[n.family] = n.version, n
		}
	}
	for name, n := range worst {
		v.Floors = append(v.Floors, finding.Floor{Name: name, Version: n.version.String(), Path: n.unit.file.Path, Symbol: symbolsOf(n.unit, n.of)[0]})
	}
	if f := s.macosVerdict(); f != nil {
		v.Floors = append(v.Floors, *f)
	}
	slices.SortFunc(v.Floors, func(a, b finding.Floor) int { return cmp.Compare(a.Name, b.Name) })
	v.Platforms, v.Libraries = s.platforms(), s.machineLibraries()
	v.Tag = s.tag(highest, v.Floors)
	return v
}

// macosVerdict is the newest macOS that a file asks for.
func (s *subject) macosVerdict() *finding.Floor {
	var floor *finding.Floor
	var highest policy.Version
	for _, u := range s.units {
		if v, err := policy.ParseVersion(u.MinOS); err == nil && u.Platform == "macos" && highest.Less(v) {
			highest = v
			floor = &finding.Floor{Name: "macOS", Version: v.String(), Path: u.file.Path}
		}
	}
	return floor
}

// platforms are the operating systems and architectures, sorted.
func (s *subject) platforms() []string {
	var list []string
	for _, u := range s.units {
		name := "linux " + u.Arch
		if u.Format == "mach-o" {
			name = "macos " + u.Arch
		} else if slices.ContainsFunc(u.Needed, isMusl) {
			name += " musl"
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// machineLibraries are those that the machine has to have, sorted.
func (s *subject) machineLibraries() []string {
	var list []string
	s.each(ofMachine, func(_ *unit, l load) { list = append(list, l.name) })
	slices.Sort(list)
	return slices.Compact(list)
}

// tag is the oldest platform tag that everything fits, "" if there is none: nothing
// native, several platforms, musl (which has no symbol versions to tell by).
func (s *subject) tag(floors map[string]policy.Version, shown []finding.Floor) string {
	platforms := s.platforms()
	if len(platforms) != 1 {
		return ""
	}
	system, arch, _ := strings.Cut(platforms[0], " ")
	switch {
	case system == "macos":
		for _, f := range shown {
			if v, err := policy.ParseVersion(f.Version); err == nil && f.Name == "macOS" {
				return (&policy.Target{Platform: policy.MacOS, Version: v, Arch: arch}).Tag()
			}
		}
	case !strings.Contains(arch, "musl"):
		if t, ok := s.policy.Oldest(floors, arch); ok {
			return t.Tag()
		}
	}
	return ""
}
