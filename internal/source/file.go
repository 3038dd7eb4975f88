package source

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// fileSource is a program or library by itself: ELF, Mach-O, or a script.
type fileSource struct {
	path string
	o    Options
}

func openFile(name string, o Options) Source { return &fileSource{name, o} }

// isFile takes native files, and what the kernel would start.
func isFile(name string, info fs.FileInfo) bool {
	if info == nil || !info.Mode().IsRegular() {
		return false
	}
	if n, err := store.ReadNative(name); err == nil && n != nil {
		return true
	}
	return info.Mode()&0o111 != 0 && isStartable(name)
}

// isStartable tells whether the file is a script, or a program that needs no loader.
func isStartable(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	return strings.HasPrefix(string(head[:n]), "#!") || string(head[:n]) == "\x7fELF"
}

// Unversioned is the version of what does not say any.
const Unversioned = "0"

// Drafts implements Source.
func (s *fileSource) Drafts(context.Context) ([]store.Draft, error) {
	// The name that a link leads to often has the version: libz.so.1 → libz.so.1.2.13.
	real, err := filepath.EvalSymlinks(s.path)
	if err != nil {
		return nil, err
	}
	if real, err = filepath.Abs(real); err != nil {
		return nil, err
	}
	sum, err := store.HashOfFile(real)
	if err != nil {
		return nil, err
	}
	n, err := store.ReadNative(real)
	if err != nil {
		return nil, err
	}
	d := store.Draft{Entry: store.Entry{Version: Unversioned, Origin: store.Origin{
		Kind: "file", Source: filepath.Base(real), SHA256: sum,
	}}}
	name := filepath.Base(s.path)
	if s.o.Name != "" {
		name = s.o.Name
	}
	at := describeFile(&d, n, name, filepath.Base(real))
	s.o.apply(&d.Entry)
	if n != nil && d.Entry.Kind == store.KindProgram {
		link := at
		at = ProgramName(at, d.Entry.Version)
		d.Entry.Files = []store.File{{Path: at, Executable: true}, {Path: link, Link: path.Base(at)}}
	}
	d.Sources = map[string]string{at: real}
	return []store.Draft{d}, nil
}

// Close implements Source.
func (s *fileSource) Close() error { return nil }

// describeFile says what the entry of one file is, and where the file lies in it. name
// is what people call it, real what it is called where it lies.
func describeFile(d *store.Draft, n *store.Native, name, real string) string {
	e := &d.Entry
	if n == nil || n.SONAME == "" && !isLibraryName(real) {
		e.Kind = store.KindProgram
		e.Name, e.Version = nameAndVersion(name)
		d.Entry.Files = []store.File{{Path: "bin/" + e.Name, Executable: true}}
		return "bin/" + e.Name
	}
	e.Kind = store.KindLibrary
	soname := n.SONAME
	if soname == "" || path.Base(soname) != soname {
		soname = name
	}
	e.Name, e.Version = libraryName(soname, real)
	if real != soname { // its other names lead to it
		e.Files = append(e.Files, store.File{Path: "lib/" + real, Link: soname})
	}
	return "lib/" + soname
}

var (
	versionSuffix = regexp.MustCompile(`-v?([0-9][0-9A-Za-z.+~]*)$`)
	soVersion     = regexp.MustCompile(`\.so(?:\.([0-9][0-9A-Za-z.]*))?$`)    // libz.so.1.2.13
	soDashVersion = regexp.MustCompile(`-([0-9]+\.[0-9][0-9A-Za-z.]*)\.so$`)  // libfoo-1.2.so
	dylibVersion  = regexp.MustCompile(`(?:\.([0-9][0-9A-Za-z.]*))?\.dylib$`) // libz.1.dylib
)

// nameAndVersion takes foo-1.2 apart.
func nameAndVersion(file string) (name, version string) {
	if at := versionSuffix.FindStringSubmatchIndex(file); at != nil && at[0] > 0 {
		return file[:at[0]], file[at[2]:at[3]]
	}
	return file, Unversioned
}

func isLibraryName(name string) bool {
	return soVersion.MatchString(name) || dylibVersion.MatchString(name)
}

// libraryName is the name of a library without its version, and the version: as the
// file is called, or else as its SONAME says.
func libraryName(soname, real string) (name, version string) {
	version = Unversioned
	for _, file := range []string{real, soname} {
		for _, pattern := range []*regexp.Regexp{soDashVersion, soVersion, dylibVersion} {
			at := pattern.FindStringSubmatchIndex(file)
			if at == nil {
				continue
			}
			name = file[:at[0]]
			if at[2] >= 0 {
				return name, file[at[2]:at[3]]
			}
		}
	}
	if name == "" {
		name = soname
	}
	return name, version
}
