// Package settings is what the front end tells a program about its Python, and
// the form in which it does: one string, set by the linker.
//
// It is apart from the bootstrap so that the front end can use it without linking
// what loads Python.
package settings

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Settings says which Python a program uses and where it lies. The zero value
// means no Python. A packaged program sets the first three fields and Modules only and finds
// the rest beside its executable; a development program, which runs from the
// build machine's own files, sets absolute paths.
type Settings struct {
	// Minor is the version of libpython, "3.14".
	Minor string
	// LibPython is the shared library: relative to the prefix
	// ("lib/libpython3.14.so.1.0") or absolute.
	LibPython string
	// LibDir is the folder of the standard library: a name below <prefix>/lib
	// ("python3.14", "python3.14t") or an absolute path.
	LibDir string
	// Prefix is Python's prefix; empty means the folder "python" beside the
	// executable file, symbolic links resolved.
	Prefix string
	// Executable becomes sys.executable; empty means <prefix>/bin/python3 if it
	// exists, else the program itself. Children (subprocess, multiprocessing)
	// are started with it, so a real interpreter is wanted.
	Executable string
	// SitePaths are further folders for sys.path, absolute. Their .pth files are
	// honoured, so that editable installs work during development.
	SitePaths []string
	// Modules is the module file (internal/bootstrap/modules) relative to the
	// prefix; empty means that every module is a file.
	Modules string
	// Optimize is sys.flags.optimize: 0, 1 or 2, as python -O counts.
	Optimize int
	// Farm says that packages are in numbered folders below the prefix (FarmSites), as
	// many as there are.
	Farm bool
	// HandlesSignals says that the program asks os/signal for SIGINT itself:
	// Ctrl-C outside Python is then left to it.
	HandlesSignals bool
}

// Encode returns s as text without spaces and quotes, "minor=3.14;libdir=…", which
// goes unharmed through a shell, -ldflags and -X. Empty fields are left out, so the
// zero value is "".
func (s Settings) Encode() string {
	var fields []string
	add := func(key, value string) {
		if value != "" {
			fields = append(fields, key+"="+escape(value))
		}
	}
	add("minor", s.Minor)
	add("libpython", s.LibPython)
	add("libdir", s.LibDir)
	add("prefix", s.Prefix)
	add("executable", s.Executable)
	add("modules", s.Modules)
	for _, dir := range s.SitePaths {
		add("site", dir)
	}
	if s.Optimize != 0 {
		add("optimize", strconv.Itoa(s.Optimize))
	}
	if s.Farm {
		add("layout", "farm")
	}
	if s.HandlesSignals {
		add("signals", "program")
	}
	return strings.Join(fields, ";")
}

// Decode reads what Encode wrote.
func Decode(text string) (s Settings, err error) {
	for _, field := range strings.Split(text, ";") {
		if field == "" {
			continue
		}
		key, value, _ := strings.Cut(field, "=")
		if value, err = unescape(value); err != nil {
			return s, err
		}
		if err = s.set(key, value); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Settings) set(key, value string) (err error) {
	switch key {
	case "minor":
		s.Minor = value
	case "libpython":
		s.LibPython = value
	case "libdir":
		s.LibDir = value
	case "prefix":
		s.Prefix = value
	case "executable":
		s.Executable = value
	case "modules":
		s.Modules = value
	case "site":
		s.SitePaths = append(s.SitePaths, value)
	case "optimize":
		s.Optimize, err = strconv.Atoi(value)
	case "layout":
		s.Farm = value == "farm"
	case "signals":
		s.HandlesSignals = value == "program"
	default:
		return errors.New("unknown setting " + strconv.Quote(key))
	}
	return err
}

// escape writes every byte that is not plain as %xx.
func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if plain(s[i]) {
			b.WriteByte(s[i])
		} else {
			b.WriteString("%" + hex.EncodeToString([]byte{s[i]}))
		}
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("_-+./", c) >= 0
}

func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if len(s) < i+3 {
			return "", errors.New("setting " + strconv.Quote(s) + " is cut off")
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", errors.New("setting " + strconv.Quote(s) + ": bad escape")
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String(), nil
}
