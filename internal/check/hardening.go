package check

import (
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func hardeningRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "stack-executable", Severity: finding.Error,
			What:   "A native file asks for an executable stack (PT_GNU_STACK with X), or does not say that it can do without (NX).",
			Why:    "glibc 2.41 and later refuses to load such a library into a running program, and so do hardened systems (SELinux); elsewhere loading it makes the stack of the whole process executable.",
			Mend:   "It comes from assembly without a .note.GNU-stack section. Link with -Wl,-z,noexecstack, or\n  patchelf --clear-execstack FILE",
			Limits: "A file without PT_GNU_STACK is a warning, and only on x86, where that means an executable stack.",
		}, (*subject).stackExecutable},
		{finding.Rule{
			ID: "segment-writable-executable", Severity: finding.Warning,
			What: "A native file has a segment that is writable and executable at once, or relocations in its code.",
			Why:  "Whoever finds a way to write into the process can run what was written; systems that forbid it (SELinux, hardened kernels, Apple silicon) do not load the file.",
			Mend: "Compile with -fPIC and link with the default script; do not link with -N or -z notext.",
		}, (*subject).segmentWritable},
		{finding.Rule{
			ID: "relro-missing", Severity: finding.Note,
			What: "A native file has no RELRO: its table of functions stays writable.",
			Why:  "It makes one sort of attack easier. The program works as well without, hence a note.",
			Mend: "Link with -Wl,-z,relro,-z,now. What stock Go links itself has none:\n  go build -ldflags=-linkmode=external",
		}, (*subject).relroMissing},
		{finding.Rule{
			ID: "pie-missing", Severity: finding.Note,
			What: "An executable is not position independent (PIE).",
			Why:  "It lies at the same addresses in each run, which attacks can count on. The program works as well without, hence a note.",
			Mend: "Build with -buildmode=pie.",
		}, (*subject).pieMissing},
	}
}

// loadable calls f for the ELF files that a loader maps.
func (s *subject) loadable(f func(*unit)) {
	for _, u := range s.units {
		if u.Format == "elf" && (u.Type == "executable" || u.Type == "pie" || u.Type == "shared") {
			f(u)
		}
	}
}

func (s *subject) stackExecutable() {
	s.loadable(func(u *unit) {
		switch {
		case strings.Contains(u.Stack, "x"):
			s.say(u.file.Path, "", "asks for an executable stack")
		case u.Stack == "" && (u.Arch == "x86_64" || u.Arch == "i686"):
			s.sayAs(finding.Warning, u.file.Path, "", "has no PT_GNU_STACK, which on x86 asks for an executable stack")
		}
	})
}

func (s *subject) segmentWritable() {
	for _, u := range s.units {
		for _, segment := range u.WritableCode {
			s.say(u.file.Path, segment, "has segment %s writable and executable", segment)
		}
		if u.TextRel {
			s.say(u.file.Path, "textrel", "has relocations in its code (DT_TEXTREL), which therefore gets writable")
		}
	}
}

func (s *subject) relroMissing() {
	s.loadable(func(u *unit) {
		if !u.RELRO {
			s.say(u.file.Path, "", "has no RELRO")
		}
	})
}

func (s *subject) pieMissing() {
	s.loadable(func(u *unit) {
		if u.Type == "executable" {
			s.say(u.file.Path, "", "is an executable that is not position independent")
		}
	})
}
