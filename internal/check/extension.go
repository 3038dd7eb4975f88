package check

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func extensionRules() []rule {
	return []rule{{finding.Rule{
		ID: "extension-abi", Severity: finding.Error,
		What: "An extension module is for another CPython than the bundled one, or than the wheel says.",
		Why: "CPython imports a file only if the tag in its name is its own (PEP 3149): cpython-311 is not seen by 3.14, cpython-314 not by the free-threaded 3.14t, " +
			"and abi3 not by a free-threaded one. What is not seen is missing: ModuleNotFoundError.",
		Mend:   "Install the package with the interpreter that is bundled; delete build directories and caches of another one.",
		Limits: "A file whose name has no tag is imported by every CPython, and may crash it. Where the file for the right CPython lies beside it, another one is harmless.",
	}, (*subject).extensionABI}}
}

// abi is the part of a tag that names the interpreter: "cpython-314t".
var abiForm = regexp.MustCompile(`^(cpython-\d+[a-z]*|abi3t?|pypy\d+-pp\d+|graalpy\d+-\d+)`)

func (s *subject) extensionABI() {
	var extensions []*facts.File
	present := map[string][]string{} // ABIs by the path without tag
	for i := range s.Files {
		f := &s.Files[i]
		if f.Binary == nil || f.Binary.Extension == nil {
			continue
		}
		extensions = append(extensions, f)
		present[stem(f)] = append(present[stem(f)], f.Binary.Extension.Tag)
	}
	fits := s.abis()
	for _, f := range extensions {
		tag := f.Binary.Extension.Tag
		if fits == nil || tag == "" || fits(tag) || slices.ContainsFunc(present[stem(f)], fits) {
			continue
		}
		s.say(f.Path, tag, "is for %s, and the %s is for %s", abiForm.FindString(tag), s.Kind, s.abiText())
	}
	if s.isBundle() {
		for _, f := range extensions {
			e := f.Binary.Extension
			if !e.Init && e.Tag != "" && len(f.Binary.Images) > 0 {
				s.sayAs(finding.Warning, f.Path, "init", "has the name of an extension module and exports no function that makes one")
			}
		}
	}
}

// stem is the path of an extension module without tag and suffix.
func stem(f *facts.File) string {
	base, _, _ := strings.Cut(path.Base(f.As()), ".")
	return path.Join(path.Dir(f.As()), base)
}

// abis tells which tags the container's CPython imports; nil if that is not known.
func (s *subject) abis() func(tag string) bool {
	if s.isBundle() && s.Manifest != nil && s.Manifest.Python.SOABI != "" {
		soabi := s.Manifest.Python.SOABI
		own := abiForm.FindString(soabi)
		free := strings.HasSuffix(own, "t")
		return func(tag string) bool { return tag == soabi || tag == own || tag == "abi3" && !free || tag == "abi3t" }
	}
	if s.Wheel == nil {
		return nil
	}
	return wheelABIs(s.Wheel)
}

// wheelABIs tells which tags a wheel promises; nil where it names no CPython ABI: it
// may carry files for several, as py3-none wheels do.
func wheelABIs(w *facts.WheelInfo) func(tag string) bool {
	var own []string
	for _, tag := range w.Tags {
		parts := strings.SplitN(tag, "-", 3)
		if len(parts) != 3 || !strings.HasPrefix(parts[0], "cp") {
			return nil
		}
		switch version := strings.TrimPrefix(parts[0], "cp"); {
		case strings.HasPrefix(parts[1], "cp"):
			own = append(own, "cpython-"+strings.TrimPrefix(parts[1], "cp"))
		case parts[1] == "abi3":
			own = append(own, "cpython-"+version, "abi3")
		default:
			return nil
		}
	}
	if own == nil {
		return nil
	}
	return func(tag string) bool { return tag == "abi3" || slices.Contains(own, abiForm.FindString(tag)) }
}

// abiText is what the container is for.
func (s *subject) abiText() string {
	if s.Manifest != nil {
		return s.Manifest.Python.SOABI
	}
	return strings.Join(s.Wheel.Tags, ", ")
}

// libpythonName matches libpython3.14.so.1.0, libpython3.14t.dylib, libpython3.so.
var libpythonName = regexp.MustCompile(`^libpython(\d+(?:\.\d+)?[a-z]*)(?:\.so(?:\.\d+)*|\.dylib)$`)

// libpythons are the interpreter's libraries in the container.
func (s *subject) libpythons() []*unit {
	var list []*unit
	for _, u := range s.units {
		if m := libpythonName.FindStringSubmatch(path.Base(u.path)); m != nil && strings.Contains(m[1], ".") {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b *unit) int { return cmp.Compare(a.path, b.path) })
	return list
}

func libpythonRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "libpython-missing", Severity: finding.Error,
			What: "A bundle has no libpython, or a file needs one that is nowhere.",
			Why:  "The program loads it before anything else; without it nothing starts.",
			Mend: "Build again with a CPython that has a shared libpython: the managed one, or\n  llgo build --py-onedir --py-python PATH\nAn extension module should not need libpython at all: what loads it has it.",
		}, (*subject).libpythonMissing},
		{finding.Rule{
			ID: "libpython-static", Severity: finding.Error,
			What:   "A file of the bundle besides libpython has an interpreter of its own compiled in.",
			Why:    "Two interpreters in one process have two sets of types, locks and modules: objects of one crash the other.",
			Mend:   "Link the program with the shared libpython. A library that embeds Python has to be built against the shared one too.",
			Limits: "Known by the exported function Py_InitializeFromConfig or Py_Initialize.",
		}, (*subject).libpythonStatic},
		{finding.Rule{
			ID: "libpython-other", Severity: finding.Error,
			What: "A file is linked with another libpython than the bundled one, or the bundled one is not what the manifest names.",
			Why:  "A second interpreter is loaded beside the first where the other version exists, and nothing is loaded where it does not.",
			Mend: "Build everything for one CPython: rebuild the extension or program with the bundled one, and clean what was built before.",
		}, (*subject).libpythonOther},
	}
}

func (s *subject) libpythonMissing() {
	// Of what cannot be opened at all nothing is known.
	whole := !slices.ContainsFunc(s.Damages, func(d facts.Damage) bool { return d.Path == "" })
	if s.isBundle() && whole && len(s.libpythons()) == 0 && !slices.ContainsFunc(s.units, embedsPython) {
		name := "libpython"
		if s.Manifest != nil && s.Manifest.Python.SONAME != "" {
			name = s.Manifest.Python.SONAME
		}
		s.say("", name, "has no %s", name)
	}
	if len(s.libpythons()) > 0 {
		return // then it is another one that is needed
	}
	s.each(notFound, func(u *unit, l load) {
		if libpythonName.MatchString(path.Base(l.name)) {
			severity := s.rule.Severity
			if !s.isBundle() && u.file.Binary.Extension != nil {
				severity = finding.Warning // its importer may have it
			}
			s.sayAs(severity, u.file.Path, l.name, "needs %s, which is not here", l.name)
		}
	})
}

// embedsPython tells whether a file exports what only an interpreter does.
func embedsPython(u *unit) bool {
	return slices.ContainsFunc(u.Exports, func(e facts.Symbol) bool {
		name := e.Name
		if u.Format == "mach-o" {
			name = strings.TrimPrefix(name, "_")
		}
		return name == "Py_InitializeFromConfig" || name == "Py_Initialize"
	})
}

func (s *subject) libpythonStatic() {
	if !s.isBundle() {
		return
	}
	for _, u := range s.units {
		if !libpythonName.MatchString(path.Base(u.path)) && embedsPython(u) {
			s.say(u.file.Path, "", "has an interpreter of its own: it exports Py_Initialize")
		}
	}
}

func (s *subject) libpythonOther() {
	bundled := s.libpythons()
	if !s.isBundle() || len(bundled) == 0 {
		return
	}
	for _, u := range bundled {
		if s.Manifest != nil && path.Base(u.Name) != s.Manifest.Python.SONAME {
			s.say(u.file.Path, u.Name, "calls itself %s, and the manifest names %s", path.Base(u.Name), s.Manifest.Python.SONAME)
		}
	}
	for _, u := range s.units {
		for _, l := range u.loads {
			if base := path.Base(l.name); libpythonName.MatchString(base) && s.libpython(u, l.name) == nil && base != "libpython3.so" {
				s.say(u.file.Path, l.name, "is linked with %s, and the %s has %s", base, s.Kind, path.Base(bundled[0].Name))
			}
		}
	}
}
