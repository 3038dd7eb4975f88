// Package prebuilt reads an executable that somebody else built: whether it is one that
// can be packaged, and which libpython it needs.
package prebuilt

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Program is what a finished executable says of itself.
type Program struct {
	Path         string // absolute
	LibPython    string // the SONAME that it needs
	Minor        string // "3.14"
	FreeThreaded bool
	Found        string // libpython as the loader finds it on this machine, "" if nowhere
}

// Error says why an executable cannot be packaged, and what to do next.
type Error struct {
	Path, Text, Next string
}

func (e *Error) Error() string { return e.Path + " " + e.Text }

// Hint says what to do.
func (e *Error) Hint() string { return e.Next }

var soname = regexp.MustCompile(`^libpython(3\.[0-9]+)(t?)\.so(\.1\.0)?$`)

// Read reads an ELF executable. Everything that makes it unfit is an *Error.
func Read(path string) (*Program, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &Program{Path: path}
	if err := p.check(f); err != nil {
		return nil, err
	}
	needed, err := f.ImportedLibraries()
	if err != nil {
		return nil, &Error{path, "is damaged: its list of libraries cannot be read", "build it again"}
	}
	for _, name := range needed {
		if m := soname.FindStringSubmatch(name); m != nil {
			p.LibPython, p.Minor, p.FreeThreaded = name, m[1], m[2] == "t"
		}
	}
	if p.LibPython == "" {
		return nil, &Error{path, "is not linked with a libpython", "link it with one (pkg-config --libs python3-embed); one that loads libpython itself needs no packing but llgo build"}
	}
	p.Found = locate(f, path, p.LibPython)
	return p, nil
}

// open tells files that are no ELF from each other.
func open(path string) (*elf.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &Error{path, "cannot be read: " + cause(err), "name an executable"}
	}
	var magic [4]byte
	if _, err := io.ReadFull(file, magic[:]); err != nil || string(magic[:]) != elf.ELFMAG {
		file.Close()
		what := "is no executable"
		switch {
		case slices.Contains([]string{"\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\xca\xfe\xba\xbf"}, string(magic[:])):
			what = "is a program for macOS"
		case string(magic[:2]) == "MZ":
			what = "is a program for Windows"
		case string(magic[:2]) == "#!":
			what = "is a script"
		}
		return nil, &Error{path, what, "pack packages ELF executables, on Linux"}
	}
	f, err := elf.NewFile(file)
	if err != nil {
		file.Close()
		return nil, &Error{path, "is damaged: " + err.Error(), "build it again"}
	}
	return f, nil
}

func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// machines are those of Go's architectures.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// check refuses what is no program of this machine that a loader starts.
func (p *Program) check(f *elf.File) error {
	interp := slices.ContainsFunc(f.Progs, func(s *elf.Prog) bool { return s.Type == elf.PT_INTERP })
	dynamic := slices.ContainsFunc(f.Progs, func(s *elf.Prog) bool { return s.Type == elf.PT_DYNAMIC })
	switch {
	case f.Machine != machines[runtime.GOARCH]:
		return &Error{p.Path, fmt.Sprintf("is for %s, and this machine is %s", name(f.Machine), runtime.GOARCH),
			"pack it on such a machine: analysis runs the program's own Python"}
	case f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN:
		return &Error{p.Path, "is an object file", "name an executable"}
	case !dynamic || !interp && f.Type == elf.ET_EXEC:
		return &Error{p.Path, "is linked statically: no libpython can be given to it", "link it with libpython as a shared library"}
	case !interp:
		return &Error{p.Path, "is a shared library", "name an executable"}
	}
	return nil
}

func name(m elf.Machine) string {
	for arch, machine := range machines {
		if machine == m {
			return arch
		}
	}
	return strings.TrimPrefix(m.String(), "EM_")
}

// locate looks for a library where the loader does: in the executable's own search path
// and the system's directories. LD_LIBRARY_PATH is of today and not looked at.
func locate(f *elf.File, path, library string) string {
	var dirs []string
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		paths, _ := f.DynString(tag)
		for _, list := range paths {
			dirs = append(dirs, strings.Split(list, ":")...)
		}
	}
	triple := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]
	dirs = append(dirs, "/usr/local/lib", "/usr/local/lib64", "/lib/"+triple, "/usr/lib/"+triple, "/lib64", "/usr/lib64", "/lib", "/usr/lib")
	origin := filepath.Dir(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		origin = filepath.Dir(real)
	}
	for _, dir := range dirs {
		dir = strings.NewReplacer("${ORIGIN}", origin, "$ORIGIN", origin).Replace(dir)
		if !filepath.IsAbs(dir) {
			continue
		}
		if file := filepath.Join(dir, library); isFile(file) {
			return file
		}
	}
	return ""
}

func isFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}

// Interpreter returns the python3 that belongs to the libpython that was found, "" if
// there is none: <prefix>/bin/python3.X for <prefix>/lib/…/libpython3.X.so.
func (p *Program) Interpreter() string {
	if p.Found == "" {
		return ""
	}
	name := "python" + p.Minor
	if p.FreeThreaded {
		name += "t"
	}
	for dir := filepath.Dir(p.Found); dir != "/"; dir = filepath.Dir(dir) {
		if exe := filepath.Join(filepath.Dir(dir), "bin", name); strings.HasPrefix(filepath.Base(dir), "lib") && isFile(exe) {
			return exe
		}
	}
	return ""
}
