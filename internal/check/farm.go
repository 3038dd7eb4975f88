package check

import (
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// reals is where a bundle of layout farm has its shared objects.
const reals = "python/reals/"

func farmRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "farm-place", Severity: finding.Error,
			What: "In a bundle of layout farm, a file that is opened through a link does not find from there a library that it finds from elsewhere.",
			Why: "The loader takes $ORIGIN from the path that a library is opened by, not from the file behind a link. So the same file finds its libraries when it is opened by one of its names, and fails by another: " +
				"it depends on what was imported first.",
			Mend:   "Add an entry to its RUNPATH that leads from the place of the link to python/symlinks, or put a link to the library beside the link.",
			Limits: "The place of the file itself, in python/reals, does not count: nothing opens it there.",
		}, (*subject).farmPlace},
		{finding.Rule{
			ID: "farm-unreached", Severity: finding.Warning,
			What: "A file in python/reals of a bundle of layout farm is reached by no link.",
			Why:  "Nothing looks there: it takes up space and is never loaded; whoever meant it to be used forgot the link.",
			Mend: "Remove it, or add a link in python/symlinks, or where Python looks for it.",
		}, (*subject).farmUnreached},
		{finding.Rule{
			ID: "farm-outside", Severity: finding.Warning,
			What:   "A shared object of a bundle of layout farm is not in python/reals.",
			Why:    "The layout promises that each is there once and can be exchanged in one place. One that lies elsewhere is a copy that an exchange forgets.",
			Mend:   "Move it to python/reals/r and leave a link, with a RUNPATH that holds there.",
			Limits: "Programs stay where they are: they look for their own files beside themselves.",
		}, (*subject).farmOutside},
	}
}

// farmPlace compares what a file finds from each place that it is opened in.
func (s *subject) farmPlace() {
	if !s.IsFarm() {
		return
	}
	for _, u := range s.units {
		for _, link := range u.file.Links {
			for _, l := range u.loads {
				if l.how != inside || s.findsFrom(u, path.Dir(link), l.name) {
					continue
				}
				s.say(link, l.name, "does not find %s, which %s finds from other places", l.name, u.file.Path)
			}
		}
	}
}

// findsFrom tells whether a file that is opened in a place finds a library of the bundle.
func (s *subject) findsFrom(u *unit, place, name string) bool {
	return slices.ContainsFunc(candidatesFrom(place, name, slices.Concat(u.RunPath, s.rpath(u))), func(candidate string) bool {
		return s.unitAt(candidate, u) != nil
	})
}

func (s *subject) farmUnreached() {
	if !s.IsFarm() {
		return
	}
	for i := range s.Files {
		if f := &s.Files[i]; f.Mode.IsRegular() && strings.HasPrefix(f.Path, reals) && len(f.Links) == 0 {
			s.say(f.Path, "", "is reached by no link")
		}
	}
}

func (s *subject) farmOutside() {
	if !s.IsFarm() {
		return
	}
	for _, u := range s.units {
		if u.file.Path != s.Program && u.Interp == "" && u.Type == "shared" && !strings.HasPrefix(u.file.Path, reals) {
			s.say(u.file.Path, "", "is a shared object and not in %s", strings.TrimSuffix(reals, "/"))
		}
	}
}
