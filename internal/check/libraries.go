package check

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func libraryRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "library-not-found", Severity: finding.Error,
			What: "A native file needs a library that is neither in the container nor expected on the machine it runs on.",
			Why:  "The loader refuses the file: the program does not start, or an import raises ImportError, on every machine that does not happen to have the library.",
			Mend: "Install the library on the build machine and build again: it joins the bundle. Or leave out the module that needs it. If every machine of yours has it, say so in a policy of your own:\n  llgo py check --policy ours.json PATH",
			Limits: "What a program opens by dlopen or ctypes is not named in it. In a wheel the platform tag decides what may be left to the machine, " +
				"and other wheels are not looked at.",
		}, (*subject).libraryNotFound},
		{finding.Rule{
			ID: "library-outside", Severity: finding.Error,
			What:   "A needed library is found only through an absolute path: that of the machine that built it.",
			Why:    "It works where it was built, so nobody notices, and nowhere else.",
			Mend:   "Put the library into the bundle and let the file search relative to itself ($ORIGIN, @loader_path). llgo build does that for every library it can find.",
			Limits: "Absolute search paths that nothing depends on are search-path-outside.",
		}, (*subject).libraryOutside},
		{finding.Rule{
			ID: "library-out-of-reach", Severity: finding.Error,
			What:   "A needed library is in the container, and the file that needs it does not search there.",
			Why:    "The loader does not look through directories that nobody names. It fails, or takes another library of that name from the machine.",
			Mend:   "Add the directory, relative to the file, to its RUNPATH:\n  patchelf --add-rpath '$ORIGIN/../foo.libs' FILE",
			Limits: "In a wheel it is a warning: its Python code may load the library first, as some packages do on import.",
		}, (*subject).libraryOutOfReach},
		{finding.Rule{
			ID: "library-twice", Severity: finding.Warning,
			What: "Two versions of one library, or two different files of one SONAME, are in one container.",
			Why:  "One process may load both. Their symbols have the same names, and which of them a third file gets depends on the order of imports; of two files with one SONAME the second is never loaded at all.",
			Mend: "Build what needs them against one version. What repaired wheels bring along has a hash in its name and stays apart: that is only a note.",
		}, (*subject).libraryTwice},
	}
}

// each calls f for what became a certain way of a needed library.
func (s *subject) each(what how, f func(*unit, load)) {
	for _, u := range s.units {
		for _, l := range u.loads {
			if l.how == what {
				f(u, l)
			}
		}
	}
}

func (s *subject) libraryNotFound() {
	s.each(notFound, func(u *unit, l load) {
		if libpythonName.MatchString(path.Base(l.name)) {
			return // libpython-missing, libpython-other
		}
		if s.otherLibC(l.name) {
			return // libc-other
		}
		s.say(u.file.Path, l.name, "needs %s, which is neither in the %s nor expected on the machine", l.name, s.Kind)
	})
}

func (s *subject) libraryOutside() {
	s.each(outside, func(u *unit, l load) {
		s.say(u.file.Path, l.name, "needs %s, to which only %s leads", l.name, l.by)
	})
}

func (s *subject) libraryOutOfReach() {
	severity := s.rule.Severity
	if !s.isBundle() {
		severity = finding.Warning
	}
	s.each(outOfReach, func(u *unit, l load) {
		s.sayAs(severity, u.file.Path, l.name, "needs %s, which is at %s, where it does not search", l.name, l.unit.file.Path)
	})
}

var (
	// libfoo.so.1.2, libfoo-1.2.so, libfoo.1.dylib
	libraryName = regexp.MustCompile(`^(lib.+?)((?:-?\d[\d.]*)?)\.so((?:\.\d+)*)$`)
	dylibName   = regexp.MustCompile(`^(lib.+?)((?:[.-]\d+)*)\.dylib$`)
	// What auditwheel and delvewheel add to a name.
	hashInName = regexp.MustCompile(`-[0-9a-f]{8}(?:[0-9a-f]{24,56})?(?:\.|-|$)`)
)

// libraryBase splits the name of a library into what it is and which version; ok is
// false for what is no library.
func libraryBase(name string) (base, version string, ok bool) {
	if m := dylibName.FindStringSubmatch(name); m != nil {
		return m[1], m[2], true
	}
	if m := libraryName.FindStringSubmatch(name); m != nil {
		return m[1], m[2] + m[3], true
	}
	return "", "", false
}

// libraryTwice compares the libraries by what they call themselves.
func (s *subject) libraryTwice() {
	type key struct{ format, arch, base string }
	groups := map[key][]*unit{}
	for _, u := range s.units {
		if u.Type != "shared" || u.Name == "" || u.file.Binary.Extension != nil {
			continue
		}
		name := path.Base(u.Name)
		hashed := hashInName.MatchString(name)
		name = hashInName.ReplaceAllString(name, ".")
		if base, _, ok := libraryBase(strings.ReplaceAll(name, "..", ".")); ok {
			k := key{u.Format, u.Arch, base}
			if hashed {
				k.base += "#"
			}
			groups[k] = append(groups[k], u)
		}
	}
	for k, units := range groups {
		first := units[0]
		for _, u := range units[1:] {
			if same := u.file.SHA256 == first.file.SHA256; same {
				continue
			}
			severity := s.rule.Severity
			if strings.HasSuffix(k.base, "#") {
				severity = finding.Note
			}
			s.sayAs(severity, u.file.Path, k.base, "is %s, and %s is %s", path.Base(u.Name), first.file.Path, path.Base(first.Name))
		}
	}
}

func searchRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "search-path-outside", Severity: finding.Warning,
			What:   "An RPATH or RUNPATH has an entry that is not relative to the file, or leads out of the container.",
			Why:    "The loader looks there before it looks anywhere else: on a machine where that directory exists, whoever can write to it decides what the program runs. An empty entry is the current directory.",
			Mend:   "Remove the entry. Relative entries begin with $ORIGIN (Linux), @loader_path or @executable_path (macOS):\n  patchelf --set-rpath '$ORIGIN' FILE\n  install_name_tool -delete_rpath DIR FILE",
			Limits: "In a wheel an entry may lead to the files of another one beside it, in site-packages.",
		}, (*subject).searchPathOutside},
		{finding.Rule{
			ID: "runpath-not-inherited", Severity: finding.Error,
			What: "A file has a RUNPATH where it takes an RPATH: for what its libraries need, or for libpython.",
			Why:  "A RUNPATH serves the file's own needs, not those of the libraries it loads, and LD_LIBRARY_PATH goes first: a program that finds its libpython by a RUNPATH loads another one where that variable leads to one, and crashes.",
			Mend: "Link with -Wl,--disable-new-dtags, or\n  patchelf --force-rpath --set-rpath '$ORIGIN/python/lib' FILE\nor give every library a RUNPATH of its own.",
		}, (*subject).runpathNotInherited},
	}
}

func (s *subject) searchPathOutside() {
	for _, u := range s.units {
		for _, dir := range slices.Concat(u.RunPath, s.rpath(u)) {
			if problem := s.searchProblem(u, dir); problem != "" {
				s.say(u.file.Path, dir, "searches %q, %s", dir, problem)
			}
		}
	}
}

// searchProblem says what is wrong with an entry of a search path; "" if nothing is.
func (s *subject) searchProblem(u *unit, dir string) string {
	var ok bool
	if u.Format == "mach-o" {
		switch {
		case strings.HasPrefix(dir, "@"):
			rest, atLoader := strings.CutPrefix(dir, "@loader_path")
			ok = !atLoader || !leaves(path.Join(path.Dir(u.path), rest))
		case s.policy.IsSystem(strings.TrimSuffix(dir, "/")+"/", "darwin"):
			return ""
		}
	} else {
		ok = slices.ContainsFunc(u.places(), func(place string) bool {
			_, inside := originPath(dir, place)
			return inside
		})
	}
	switch {
	case ok:
		return ""
	case dir == "":
		return "which is the directory the program is started in"
	case path.IsAbs(dir):
		return "which is absolute"
	case !strings.HasPrefix(dir, "$") && !strings.HasPrefix(dir, "@"):
		return "which is relative to the directory the program is started in"
	case s.Kind == facts.Wheel && s.besideWheel(u, dir):
		return ""
	}
	return "which leads out of the " + string(s.Kind)
}

// besideWheel tells whether an entry leads no further than to site-packages, where
// other wheels are: one step above the top directory of this one is out of it.
func (s *subject) besideWheel(u *unit, dir string) bool {
	_, rest, _ := strings.Cut(dir, "/")
	return !leaves(path.Join(path.Dir(u.path), rest))
}

func (s *subject) runpathNotInherited() {
	s.each(needsRPath, func(u *unit, l load) {
		s.say(l.by, l.name, "has a RUNPATH that leads to %s, which %s needs: only an RPATH holds for libraries too", l.name, u.file.Path)
	})
	for _, u := range s.units {
		if !s.isBundle() || u.Format != "elf" || u.Interp == "" || len(u.RunPath) == 0 {
			continue
		}
		for _, l := range u.loads {
			if libpythonName.MatchString(path.Base(l.name)) {
				s.sayAs(finding.Warning, u.file.Path, l.name, "finds %s by a RUNPATH, so a LD_LIBRARY_PATH goes first", l.name)
			}
		}
	}
}
