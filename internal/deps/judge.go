package deps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// Stale says how a lock differs from the sources, for a version of Python; "" if
// it is what they would be resolved to. A lock that another tool wrote is judged
// by the names in it, which is all that can be compared.
func (s *Sources) Stale(lock *pylock.Lock, python string) string {
	if lock.Record == nil {
		return s.missingNames(lock)
	}
	was, is := *lock.Record, s.Record(python)
	var changes []string
	if was.Python != is.Python {
		changes = append(changes, fmt.Sprintf("it is for Python %s and this is %s", was.Python, is.Python))
	}
	if added := without(is.Requirements, was.Requirements); len(added) > 0 {
		changes = append(changes, "it has no "+some(added))
	}
	if removed := without(was.Requirements, is.Requirements); len(removed) > 0 {
		changes = append(changes, some(removed)+" is no longer asked for")
	}
	// Pins of other programs of the module are none of this one's business.
	if added := without(is.LLPkg, was.LLPkg); len(added) > 0 {
		changes = append(changes, "it has no "+some(added)+" of "+llpkgFile)
	}
	if overruled := s.overruled(was.LLPkg); len(overruled) > 0 {
		changes = append(changes, some(overruled)+" of "+llpkgFile+" is overruled")
	}
	if was.Settings != is.Settings {
		changes = append(changes, "the settings of uv are others")
	}
	return strings.Join(changes, "; ")
}

// overruled are the pins for which the module now asks itself.
func (s *Sources) overruled(pins []string) []string {
	own := (&Sources{Tool: s.Tool, Project: s.Project, Lines: s.Lines}).Names()
	return slices.DeleteFunc(slices.Clone(pins), func(text string) bool {
		pin, _ := parsePin(text)
		return !slices.Contains(own, pylock.Normalise(pin.Name))
	})
}

// missingNames leaves out what is asked for under a condition: it may be for
// another platform than the lock.
func (s *Sources) missingNames(lock *pylock.Lock) string {
	always := func(spec string) bool { return !strings.Contains(spec, ";") }
	missing := slices.DeleteFunc(s.names(always), lock.Has)
	if len(missing) == 0 {
		return ""
	}
	return "it has no " + some(missing)
}

// without returns what of a is not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// some names the first few of a list.
func some(list []string) string {
	const few = 3
	if len(list) <= few {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), len(list)-few)
}
