package pyinit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/origin"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// header is settings.h: the program's own settings and what every program has in
// common. Lists become macros that apply another macro to each element.
func header(s settings.Settings) (string, error) {
	number, err := strconv.Atoi(strings.TrimPrefix(s.Minor, "3."))
	if err != nil {
		return "", fmt.Errorf("not a version of CPython 3: %q", s.Minor)
	}
	h := &macros{}
	h.define("MINOR", strconv.Itoa(number))
	h.text("MINOR_TEXT", s.Minor)
	h.text("VERSION", s.Minor+".")
	h.text("LIBDIR", s.LibDir)
	h.text("PREFIX", s.Prefix)
	h.text("EXECUTABLE", s.Executable)
	h.define("FARM", map[bool]string{false: "0", true: "1"}[s.Farm])
	h.text("FARM_SITES", settings.FarmSites)
	var sites strings.Builder
	for _, dir := range s.SitePaths {
		sites.WriteString(quote(dir) + ", ")
	}
	h.define("SITES", sites.String())

	h.text("PYTHON_DIR", settings.PythonDir)
	h.text("LIB_SUBDIR", settings.LibSubdir)
	h.text("DYNLOAD_DIR", settings.DynloadDir)
	h.text("SITE_DIR", settings.SiteDir)
	h.text("INTERPRETER", settings.Interpreter)
	h.text("LANDMARK", settings.Landmark)
	h.text("ORIGIN_VARIABLE", origin.Variable)
	h.text("ORIGIN_NAME", settings.OriginName)
	h.text("START_PACKAGE", settings.StartPackage)
	h.text("START_MARK", settings.StartMark)
	h.text("CANNOT_START", settings.CannotStart)
	h.text("NO_SUCH_FILE", settings.NoSuchFile)
	h.define("STATUS_UNFLUSHED", strconv.Itoa(settings.StatusUnflushed))
	h.define("STATUS_INTERRUPTED", strconv.Itoa(settings.StatusInterrupted))
	each(h, "PREFIX_OPTIONS", settings.PrefixOptions, quote)
	each(h, "EXECUTABLE_OPTIONS", settings.ExecutableOptions, quote)
	each(h, "LEGACY_FLAGS", s.LegacyFlags(), assigned)
	each(h, "HEEDED_VARIABLES", settings.HeededVariables, quote)
	each(h, "OPTIONS", s.Options(), assigned)
	return h.String(), nil
}

// assigned is a name and a number as two arguments.
func assigned(o settings.Option) string { return fmt.Sprintf("%s, %d", quote(o.Name), o.Value) }

// macros is a C header in the making.
type macros struct{ strings.Builder }

func (m *macros) define(name, value string) { fmt.Fprintf(m, "#define PYINIT_%s %s\n", name, value) }

func (m *macros) text(name, value string) { m.define(name, quote(value)) }

// each defines a macro that applies the macro X to every element.
func each[T any](m *macros, name string, elements []T, write func(T) string) {
	var uses strings.Builder
	for _, e := range elements {
		uses.WriteString("X(" + write(e) + ") ")
	}
	m.define(name+"(X)", uses.String())
}

// quote writes a C string literal. Octal escapes have three digits at most, so
// what follows one is never taken for a part of it.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '?' || c < ' ' || c >= 0x7F:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
