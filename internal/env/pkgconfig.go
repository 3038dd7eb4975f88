package env

import (
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

func isPkgConfig(f store.File) bool {
	dir, name := path.Split(f.Path)
	return f.Link == "" && strings.HasSuffix(name, ".pc") && (dir == "lib/pkgconfig/" || dir == "share/pkgconfig/")
}

// pkgConfig lays a pkg-config file that says where the environment is, not where its
// package was built for.
func (p *Plan) pkgConfig(m Laid, f store.File) error {
	data, err := os.ReadFile(p.store.Object(f.Object, f.Executable))
	if err != nil {
		return err
	}
	p.Content(m, f.Path, relocate(data), 0o644)
	return nil
}

var (
	pcPrefix = regexp.MustCompile(`(?m)^[ \t]*prefix[ \t]*=[ \t]*(.*?)[ \t]*$`)
	// Entries have the libraries of all these in lib/.
	pcLib = regexp.MustCompile(`\$\{(exec_)?prefix\}/lib(64|/[a-z0-9_]+-linux-(gnu|musl)[a-z0-9]*)\b`)
)

// relocate makes a pkg-config file relative to where it lies: pkg-config and pkgconf
// set pcfiledir. Its variable prefix says what was absolute; without one it is /usr.
func relocate(data []byte) []byte {
	text := string(data)
	prefix := "/usr"
	if m := pcPrefix.FindStringSubmatch(text); m != nil && strings.HasPrefix(m[1], "/") {
		prefix = strings.TrimRight(m[1], "/")
	}
	text = pcPrefix.ReplaceAllString(text, "")
	if prefix != "" {
		whole := regexp.MustCompile(`(^|[\s=:"'IL])` + regexp.QuoteMeta(prefix) + `(/|[\s"':]|$)`)
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			lines[i] = whole.ReplaceAllString(line, "${1}$${prefix}${2}")
		}
		text = strings.Join(lines, "\n")
	}
	text = pcLib.ReplaceAllString(text, "$${${1}prefix}/lib")
	return []byte("prefix=${pcfiledir}/../..\n" + strings.TrimLeft(text, "\n"))
}
