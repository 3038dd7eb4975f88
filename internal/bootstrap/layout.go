package bootstrap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// Settings says which Python a program uses and where it lies.
type Settings = settings.Settings

// layout holds the absolute paths of one run.
type layout struct {
	self       string   // the program's own file
	prefix     string   // sys.prefix
	libPython  string   // file given to dlopen
	stdlib     string   // <prefix>/lib/python3.X
	path       []string // sys.path
	sites      []string // those of it whose .pth files count
	interp     string   // a path inside the prefix, for getpath (may not exist)
	executable string   // sys.executable
	modules    string   // the module file, "" where every module is a file
	settings   Settings
}

// locate turns settings into paths and checks the two files without which CPython
// would print a page of its own.
func locate(s Settings) (*layout, error) {
	self, err := selfPath()
	if err != nil && (s.Prefix == "" || s.Executable == "") {
		return nil, err
	}
	l := &layout{self: self, prefix: s.Prefix, settings: s}
	if l.prefix == "" {
		l.prefix = filepath.Join(filepath.Dir(self), settings.PythonDir)
	}
	if s.Modules != "" {
		l.modules = below(l.prefix, s.Modules)
	}
	l.libPython = below(l.prefix, s.LibPython)
	l.stdlib = below(filepath.Join(l.prefix, settings.LibSubdir), s.LibDir)
	l.path, l.sites = []string{l.stdlib, filepath.Join(l.stdlib, settings.DynloadDir), filepath.Join(l.stdlib, settings.SiteDir)}, s.SitePaths
	if s.Farm {
		l.path = append(l.path, farmSites(l.prefix)...)
	}
	l.path = append(l.path, l.sites...)
	l.interp = filepath.Join(l.prefix, filepath.FromSlash(settings.Interpreter))
	l.executable = firstFile(s.Executable, l.interp, self)
	if l.modules != "" {
		return l, nil // what is missing shows when it is opened
	}
	return l, l.check()
}

// farmSites are the folders of packages of layout farm, as many as there are.
func farmSites(prefix string) (sites []string) {
	for {
		site := filepath.Join(prefix, filepath.FromSlash(settings.FarmSites)+strconv.Itoa(len(sites)+1))
		if _, err := os.Stat(site); err != nil {
			return sites
		}
		sites = append(sites, site)
	}
}

// check looks for the library and for os.py, CPython's own landmark (a packaged
// program has os.pyc in its place).
func (l *layout) check() error {
	if _, err := os.Stat(l.libPython); err != nil {
		return missing("python library", l.libPython, err)
	}
	landmark := filepath.Join(l.stdlib, settings.Landmark)
	if _, err := os.Stat(landmark); err == nil {
		return nil
	}
	if _, err := os.Stat(landmark + "c"); err != nil {
		return missing("standard library", landmark+"c", err)
	}
	return nil
}

func missing(what, file string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		err = errors.New(settings.NoSuchFile)
	} else {
		err = errors.Unwrap(err)
	}
	return fmt.Errorf("%s %s: %w", what, file, err)
}

// selfPath is the real path of the running file. On Linux the kernel answers,
// whatever the working directory, argv[0] or PATH say.
func selfPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("path of this program: %w", err)
	}
	if runtime.GOOS == "linux" {
		return self, nil
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		return real, nil
	}
	return self, nil
}

func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// firstFile returns the first candidate that exists, or the last one.
func firstFile(candidates ...string) string {
	for _, c := range candidates {
		if c == "" {
			continue
		}
		if _, err := os.Stat(c); err == nil {
			return c
		}
	}
	return candidates[len(candidates)-1]
}
