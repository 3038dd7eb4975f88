package env

import (
	"os"
	"path/filepath"
	"strings"
)

// Variable is one that a program in an environment starts with.
type Variable struct {
	Name  string
	Dirs  []string // of the environment, absolute
	After string   // what they go before, if it was not set: the default of who reads it
}

// Value is the new value of a variable that was old ("" if it was not set).
func (v Variable) Value(old string) string {
	dirs := strings.Join(v.Dirs, ":")
	switch {
	case old != "":
		return dirs + ":" + old
	case v.After != "":
		return dirs + ":" + v.After
	}
	// An empty element at the end stands for the default: man(1), and the others have
	// none that would be lost.
	if v.Name == "MANPATH" || v.Name == "INFOPATH" {
		return dirs + ":"
	}
	return dirs
}

// Shell is the line that sets it in sh, bash and zsh.
func (v Variable) Shell() string {
	dirs := quote(strings.Join(v.Dirs, ":"))
	switch {
	case v.Name == "MANPATH" || v.Name == "INFOPATH":
		return "export " + v.Name + "=" + dirs + `:"$` + v.Name + `"`
	case v.After != "":
		return "export " + v.Name + "=" + dirs + `:"${` + v.Name + ":-" + v.After + `}"`
	}
	return "export " + v.Name + "=" + dirs + `"${` + v.Name + ":+:$" + v.Name + `}"`
}

func quote(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:+,@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// The defaults that hold where a variable is not set (XDG Base Directory
// Specification; execvp's is the system's).
const (
	defaultData = "/usr/local/share:/usr/share"
	defaultPath = "/usr/local/bin:/usr/bin:/bin"
)

// Variables are all that a program in an environment needs, and no more: those whose
// directories the environment has. At is where it is reached, Home or one generation.
//
// Translations have no variable: who looks for them in its own prefix finds them in
// share/locale, and shell scripts through TEXTDOMAINDIR, which they set themselves.
func Variables(e *Environment, at string) []Variable {
	var path []string
	for _, dir := range e.Path {
		path = append(path, filepath.Join(at, filepath.FromSlash(dir)))
	}
	var list []Variable
	add := func(name, after string, dirs ...string) {
		if len(dirs) > 0 {
			list = append(list, Variable{name, dirs, after})
		}
	}
	have := func(names ...string) (dirs []string) {
		for _, name := range names {
			dir := filepath.Join(at, filepath.FromSlash(name))
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				dirs = append(dirs, dir)
			}
		}
		return dirs
	}
	add("PATH", defaultPath, path...)
	add("MANPATH", "", have("share/man")...)
	add("INFOPATH", "", have("share/info")...)
	// Where bash and fish look for completions, and programs for their data.
	add("XDG_DATA_DIRS", defaultData, have("share")...)
	if e.Development {
		add("PKG_CONFIG_PATH", "", have("lib/pkgconfig", "share/pkgconfig")...)
		add("CPATH", "", have("include")...)
		add("LIBRARY_PATH", "", have("lib")...)
		// What the linker writes into programs as their search path. They outlive this
		// generation.
		at = lasting(at)
		add("LD_RUN_PATH", "", have("lib")...)
	}
	return list
}

// lasting is the path by which an environment is reached that one generation of is at.
func lasting(at string) string {
	if generations := filepath.Dir(at); filepath.Base(generations) == generationsDir {
		return filepath.Join(filepath.Dir(generations), currentName)
	}
	return at
}

// ZshFunctions is the line that gives zsh the completions of an environment, "" if it
// has none. There is no variable for run to set: FPATH would replace zsh's own.
func ZshFunctions(at string) string {
	var dirs []string
	for _, name := range []string{"site-functions", "vendor-completions"} {
		dir := filepath.Join(at, "share", "zsh", name)
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			dirs = append(dirs, quote(dir))
		}
	}
	if len(dirs) == 0 {
		return ""
	}
	return "fpath=(" + strings.Join(dirs, " ") + " $fpath)"
}

// Environ is an environment (as os.Environ has it) with the variables of e.
func Environ(e *Environment, at string, environ []string) []string {
	out := append([]string{}, environ...)
	for _, v := range Variables(e, at) {
		at := -1
		for i, text := range out {
			if strings.HasPrefix(text, v.Name+"=") {
				at = i
			}
		}
		if at < 0 {
			out = append(out, v.Name+"="+v.Value(""))
			continue
		}
		out[at] = v.Name + "=" + v.Value(out[at][len(v.Name)+1:])
	}
	return out
}
