package check

import (
	"io/fs"
	"path"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func fileRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "file-setuid", Severity: finding.Error,
			What: "A file runs with the rights of its owner or group (setuid, setgid).",
			Why:  "A program with an interpreter inside takes orders from many places; with another user's rights each of them is a way in. llgo's own start refuses to run like that.",
			Mend: "chmod u-s,g-s FILE\nWhat needs more rights belongs into a small program of its own.",
		}, (*subject).fileSetuid},
		{finding.Rule{
			ID: "file-world-writable", Severity: finding.Error,
			What:   "A file can be written by everybody.",
			Why:    "Every user of the machine decides what the program does for all others.",
			Mend:   "chmod o-w FILE, and build with a umask of 022.",
			Limits: "Installers do not take the modes in a wheel over, so there nothing is said.",
		}, (*subject).fileWorldWritable},
		{finding.Rule{
			ID: "link-dangling", Severity: finding.Error,
			What: "A symbolic link leads to something that is not there.",
			Why:  "Whoever opens it gets \"no such file\", for a name that any listing shows.",
			Mend: "Bundle what it leads to, or remove it.",
		}, (*subject).linkDangling},
		{finding.Rule{
			ID: "link-escapes", Severity: finding.Error,
			What: "A symbolic link leads out of the container.",
			Why:  "It works on the machine that built it; elsewhere it is dangling, or leads to somebody else's file.",
			Mend: "Replace it by the file, or make it relative.",
		}, (*subject).linkEscapes},
	}
}

func (s *subject) fileSetuid() {
	for i := range s.Files {
		if f := &s.Files[i]; f.Mode.IsRegular() && f.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
			s.say(f.Path, "", "runs with the rights of its owner or group (%s)", f.Mode)
		}
	}
}

func (s *subject) fileWorldWritable() {
	if s.Kind == facts.Wheel {
		return
	}
	for i := range s.Files {
		if f := &s.Files[i]; f.Mode.Type()&^fs.ModeDir == 0 && f.Mode.Perm()&0o002 != 0 {
			s.say(f.Path, "", "can be written by everybody (%s)", f.Mode)
		}
	}
}

func (s *subject) linkDangling() {
	s.links(func(f *facts.File, target string) {
		if !path.IsAbs(f.Target) && !leaves(target) && !s.exists(target) {
			s.say(f.Path, f.Target, "leads to %s, which is not there", f.Target)
		}
	})
}

func (s *subject) linkEscapes() {
	s.links(func(f *facts.File, target string) {
		if path.IsAbs(f.Target) || leaves(target) {
			s.say(f.Path, f.Target, "leads to %s, out of the %s", f.Target, s.Kind)
		}
	})
}

// links calls f for each symbolic link, with the path it leads to.
func (s *subject) links(f func(file *facts.File, target string)) {
	for i := range s.Files {
		if file := &s.Files[i]; file.Mode&fs.ModeSymlink != 0 {
			f(file, path.Join(path.Dir(file.Path), file.Target))
		}
	}
}

// exists tells whether a file, or a directory with something in it, is at a path.
func (s *subject) exists(name string) bool {
	if f, _ := s.follow(name); f != nil {
		return true
	}
	if s.dirs == nil {
		s.dirs = map[string]bool{".": true}
		for file := range s.byPath {
			for dir := path.Dir(file); !s.dirs[dir]; dir = path.Dir(dir) {
				s.dirs[dir] = true
			}
		}
	}
	if s.dirs[name] {
		return true
	}
	// Below a link to a directory.
	parent, link := path.Dir(name), s.byPath[path.Dir(name)]
	if parent == "." || link == nil || link.Target == "" {
		return false
	}
	return s.exists(path.Join(path.Dir(parent), link.Target, path.Base(name)))
}
