package unpack

import (
	"os"
	"path/filepath"
	"strconv"
)

const cacheName = "llgo-py" // the directory that the front end's own cache uses too

// place is a candidate for the cache.
type place struct {
	dir     string // absolute
	base    string // must be there already; "" if every directory may be made
	problem string // why it cannot even be tried
}

// places returns the candidates, best first. The first two fall away where their
// variable is not set.
//
//	$LLGO_PY_CACHE
//	$XDG_CACHE_HOME/llgo-py
//	~/.cache/llgo-py         (if XDG_CACHE_HOME is not set, and the home directory exists)
//	/var/tmp/llgo-py-<uid>   survives reboots; not /tmp, which does not
//	<directory of the program>/.llgo-py
//
// The last two are for services and sandboxes: no HOME, or one that is read-only
// or noexec. The program's own directory comes last because it litters, but it is
// never noexec, since the program runs from it.
func places(t *trust) []place {
	if t.elevated {
		return []place{perUser(sharedRoot)}
	}
	var list []place
	if dir := os.Getenv(EnvCache); filepath.IsAbs(dir) {
		list = append(list, place{dir: filepath.Clean(dir)})
	} else if dir != "" {
		list = append(list, place{dir: dir, problem: EnvCache + " must be an absolute path"})
	}
	// The XDG specification asks to ignore a relative XDG_CACHE_HOME.
	if dir := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		list = append(list, place{dir: filepath.Join(dir, cacheName)})
	} else if home := os.Getenv("HOME"); filepath.IsAbs(home) {
		list = append(list, place{dir: filepath.Join(home, ".cache", cacheName), base: home})
	}
	list = append(list, perUser(sharedRoot))
	if self, err := executablePath(); err == nil {
		dir := filepath.Dir(self)
		list = append(list, place{dir: filepath.Join(dir, "."+cacheName), base: dir})
	}
	return list
}

// Variables, so that tests stay within directories of their own.
var (
	sharedRoot     = "/var/tmp"
	executablePath = os.Executable
)

func perUser(dir string) place {
	return place{dir: filepath.Join(dir, cacheName+"-"+strconv.Itoa(os.Geteuid())), base: dir}
}
