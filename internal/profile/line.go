package profile

import (
	"path/filepath"
	"regexp"
	"strings"
)

// Line is what a person types to put dir at the front of PATH, for the shells that
// begin with it.
func (s Shell) Line(dir, home string) string {
	if s == Fish {
		return "set -gx PATH " + s.word(dir, home) + " $PATH"
	}
	return "export PATH=" + s.word(dir, home) + ":$PATH"
}

// guarded is the line of the block: it does nothing where dir is on PATH.
func (s Shell) guarded(dir, home string) string {
	w := s.word(dir, home)
	if s == Fish {
		return "contains -- " + w + " $PATH; or set -gx PATH " + w + " $PATH"
	}
	return `case ":$PATH:" in *:` + w + `:*) ;; *) export PATH=` + w + `"${PATH:+:$PATH}" ;; esac`
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_./@%+=,-]*$`)

// word quotes dir for the shell. What is below the home directory is named by
// $HOME, since people share these files among machines.
func (s Shell) word(dir, home string) string {
	prefix := ""
	if rel, err := filepath.Rel(home, dir); err == nil && home != "" && home != "/" && filepath.IsLocal(rel) && rel != "." {
		prefix, dir = "$HOME", "/"+filepath.ToSlash(rel)
	}
	if plain.MatchString(dir) {
		return `"` + prefix + dir + `"`
	}
	if prefix != "" {
		prefix = `"` + prefix + `"`
	}
	if s == Fish {
		return prefix + "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(dir) + "'"
	}
	return prefix + "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
}
