package wheel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// shebang starts a script with the python3 beside it, wherever the two are: a
// "#!" line can only name an absolute path. The shell runs the second line, which
// does not return; to Python the second and third are one string.
//
// Links to the script are followed first, because what is beside a link of the
// user's can be any Python.
const shebang = "#!/bin/sh\n" +
	`'''exec' "$(dirname -- "$(realpath -- "$0")")"/python3 "$0" "$@"` + "\n" +
	"' '''\n"

// entryPoint is an object reference of entry_points.txt.
type entryPoint struct{ module, object string }

// script is what an installer makes of it.
func (e entryPoint) script() string {
	first, _, _ := strings.Cut(e.object, ".")
	return fmt.Sprintf("%simport sys\n\nfrom %s import %s\n\nif __name__ == \"__main__\":\n    sys.exit(%s())\n", shebang, e.module, first, e.object)
}

var (
	scriptName = regexp.MustCompile(`^[\w.-]+$`)
	// reference is "package.module:object.attr", with extras that say nothing here.
	reference = regexp.MustCompile(`^([\w.]+)\s*:\s*([\w.]+)\s*(\[[^\]]*\])?$`)
)

// entryPoints reads the scripts of an entry_points.txt ("Entry points" of the
// packaging specifications), none if there is no such file.
func entryPoints(name string) (map[string]entryPoint, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := make(map[string]entryPoint)
	group := ""
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			group = strings.Trim(line, "[]")
		case group == "console_scripts" || group == "gui_scripts":
			script, value, _ := strings.Cut(line, "=")
			script = strings.TrimSpace(script)
			m := reference.FindStringSubmatch(strings.TrimSpace(value))
			if m == nil || !scriptName.MatchString(script) || !filepath.IsLocal(script) {
				return nil, fmt.Errorf("%s: not an entry point: %q", filepath.Base(name), line)
			}
			found[script] = entryPoint{m[1], m[2]}
		}
	}
	return found, nil
}

// relocateFile is relocate for a file, in its place.
func relocateFile(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if after := relocate(data); !bytes.Equal(after, data) {
		return os.WriteFile(name, after, 0o755)
	}
	return nil
}

// relocate gives a script of Python's the shebang. In a wheel it starts with
// "#!python"; what an installer made of that names an interpreter, or is a shell
// line like ours. Other scripts, and programs, stay as they are.
func relocate(script []byte) []byte {
	first, rest, _ := bytes.Cut(script, []byte("\n"))
	line := strings.TrimSpace(string(first))
	if line == "#!/bin/sh" {
		if second, after, ok := bytes.Cut(rest, []byte("\n' '''\n")); ok && bytes.HasPrefix(second, []byte("'''exec' ")) {
			return append([]byte(shebang), after...)
		}
		return script
	}
	program, ok := strings.CutPrefix(line, "#!")
	if !ok || !pythonProgram.MatchString(program) {
		return script
	}
	return append([]byte(shebang), rest...)
}

var pythonProgram = regexp.MustCompile(`^\s*(\S*/)?(env\s+)?pythonw?[\d.]*t?(\s|$)`)
