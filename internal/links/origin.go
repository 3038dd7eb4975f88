package links

import (
	"debug/elf"
	"debug/macho"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MaySymlink tells whether the file at src, a real path, finds its libraries when it
// is reached through a symbolic link that lies elsewhere. What is no native file
// finds everything.
func MaySymlink(src string) bool {
	if f, err := elf.Open(src); err == nil {
		defer f.Close()
		return !isProgram(f) || besides(f, filepath.Dir(src), map[string]bool{src: true})
	}
	if f, err := macho.Open(src); err == nil {
		defer f.Close()
		libraries, err := f.ImportedLibraries()
		for _, name := range libraries {
			if strings.HasPrefix(name, "@") {
				return false
			}
		}
		return err == nil
	}
	if f, err := macho.OpenFat(src); err == nil {
		return f.Close() != nil // never: its parts may differ
	}
	return true
}

// isProgram tells whether the kernel can start f. Some libraries can be started as
// well; for them the answer is on the safe side.
func isProgram(f *elf.File) bool {
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return true
		}
	}
	return f.Type == elf.ET_EXEC
}

// besides tells whether all libraries that f in dir looks for through $ORIGIN are
// found there, and theirs. A library that is not there might lie beside the link
// instead, and that must be assumed; the C library's own never do.
func besides(f *elf.File, dir string, seen map[string]bool) bool {
	search := searchPath(f, dir)
	if len(search) == 0 {
		return true
	}
	needed, err := f.ImportedLibraries()
	if err != nil {
		return false
	}
	for _, name := range needed {
		if !ofCLibrary(name) && !foundIn(search, name, seen) {
			return false
		}
	}
	return true
}

// searchPath is what f's $ORIGIN-relative entries lead to from dir.
func searchPath(f *elf.File, dir string) []string {
	var search []string
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		values, _ := f.DynString(tag)
		for _, entry := range strings.Split(strings.Join(values, ":"), ":") {
			for _, origin := range []string{"$ORIGIN", "${ORIGIN}"} {
				if rest, ok := strings.CutPrefix(entry, origin); ok {
					// Not cleaned: `..` behind a link is the kernel's to resolve.
					search = append(search, dir+rest)
				}
			}
		}
	}
	return search
}

func foundIn(search []string, name string, seen map[string]bool) bool {
	for _, dir := range search {
		path := dir + "/" + name
		if seen[path] {
			return true
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		seen[path] = true
		f, err := elf.Open(path)
		if err != nil {
			return false
		}
		defer f.Close()
		return besides(f, dir, seen)
	}
	return false
}

// ofCLibrary names what comes with the loader and is never packaged.
func ofCLibrary(name string) bool {
	base, _, _ := strings.Cut(name, ".so")
	return slices.Contains([]string{"libc", "libm", "libdl", "libpthread", "librt", "libutil", "libresolv"}, base) || strings.HasPrefix(base, "ld-linux")
}
