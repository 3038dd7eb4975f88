package check

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

func placeRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "cache-location", Severity: finding.Error,
			What: "The directory where a one-file program is to unpack itself on the target cannot work.",
			Why:  "A relative path is refused, /proc and the like hold no files, what everybody can write to is not trusted, a file system mounted noexec maps no libraries, and a path can get too long for the system.",
			Mend: "Set LLGO_PY_CACHE on the target to a directory of the user or service on a disk, such as /var/cache/NAME.",
			Limits: "Asked only with --cache DIR. Whether DIR is noexec is looked up on this machine, if there is such a directory here. " +
				"Without LLGO_PY_CACHE a program tries several places by itself: llgo help py cache.",
		}, (*subject).cacheLocation},
		{finding.Rule{
			ID: "name-encoding", Severity: finding.Error,
			What: "The name of a file cannot be the same everywhere: it is not UTF-8, is not in the composed form (NFC), or differs from another one in case only.",
			Why:  "Names that are not UTF-8 cannot be stored in wheels, manifests and macOS file systems. macOS takes both forms of ü, and a and A, for the same; Linux does not.",
			Mend: "Rename the file.",
			Limits: "Other forms than NFC are a warning; case counts where the container or the target is macOS. Names in the content of programs are not seen, nor how a program opens its files: " +
				"the locale of the target does not matter for Python, because packaged programs run in UTF-8 mode.",
		}, (*subject).nameEncoding},
		{finding.Rule{
			ID: "source-encoding", Severity: finding.Warning,
			What:   "A Python source file is not UTF-8 and does not say what else it is.",
			Why:    "Importing it is a SyntaxError on every machine (PEP 3120).",
			Mend:   "Save it as UTF-8, or say the encoding in its first or second line: # -*- coding: latin-1 -*-",
			Limits: "Only what is shipped as source is read; byte code was compiled, so its source was right. It may be test data that is never imported, hence a warning.",
		}, (*subject).sourceEncoding},
	}
}

// maxPath is the length of a path that Linux takes, with the byte that ends it; macOS
// takes 1024.
const maxPath = 4096

// below is what a cache adds to its directory: tree and identity of the program.
const below = len("/trees/") + 64 + 1

func (s *subject) cacheLocation() {
	if s.Kind != facts.Onefile || s.cache == "" {
		return
	}
	dir := filepath.ToSlash(s.cache)
	switch {
	case !path.IsAbs(dir):
		s.say("", dir, "is to unpack itself in %s, which is not an absolute path", dir)
		return
	case isBelow(dir, "/proc", "/sys", "/dev"):
		s.say("", dir, "is to unpack itself in %s, which is not a place for files", dir)
	case isBelow(dir, "/tmp"):
		s.sayAs(finding.Warning, "", dir, "is to unpack itself in %s, which everybody can prepare and the system empties", dir)
	}
	if isNoexec(dir) {
		s.say("", dir, "is to unpack itself in %s, which is mounted noexec here", dir)
	}
	for i := range s.Files {
		if f := &s.Files[i]; len(dir)+below+len(f.Path) >= maxPath {
			s.say(f.Path, dir, "gets a path of %d bytes in %s, and %d are allowed", len(dir)+below+len(f.Path), dir, maxPath-1)
			return
		}
	}
}

// isBelow tells whether a path is one of the directories or below one.
func isBelow(name string, dirs ...string) bool {
	for _, dir := range dirs {
		if name = path.Clean(name); name == dir || strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

func (s *subject) nameEncoding() {
	mac := s.target != nil && s.target.Platform == policy.MacOS || strings.HasPrefix(s.commonKind(), "mach-o")
	folded := map[string]string{}
	for i := range s.Files {
		name := s.Files[i].Path
		switch {
		case !utf8.ValidString(name):
			s.say(strings.ToValidUTF8(name, "\uFFFD"), "", "has a name that is not UTF-8: %q", name)
		case !norm.NFC.IsNormalString(name):
			s.sayAs(finding.Warning, name, "nfc", "has a name that is not in the composed form (NFC): %+q", name)
		}
		if !mac {
			continue
		}
		key := strings.ToLower(norm.NFC.String(name))
		if other, ok := folded[key]; ok {
			s.say(name, other, "has the name of %s but for upper and lower case, which macOS takes for the same", other)
		}
		folded[key] = name
	}
}

// cookie is what PEP 263 asks for in one of the first two lines.
var cookie = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*[-_.a-zA-Z0-9]+`)

// maxSource is the length of what is taken for source: longer ones are data.
const maxSource = 16 << 20

func (s *subject) sourceEncoding() {
	for i := range s.Files {
		f := &s.Files[i]
		if !strings.HasSuffix(f.Path, ".py") || !f.Mode.IsRegular() || f.Size > maxSource {
			continue
		}
		if data, err := read(f); err == nil && !utf8.Valid(data) && !declares(data) {
			s.say(f.Path, "", "is not UTF-8 and declares no other encoding")
		}
	}
}

// read returns the content of a file. What cannot be read is a finding of others.
func read(f *facts.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxSource))
}

// declares tells whether source names its encoding.
func declares(data []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(data))
	for range 2 {
		if lines.Scan() && cookie.Match(lines.Bytes()) {
			return true
		}
	}
	return false
}
