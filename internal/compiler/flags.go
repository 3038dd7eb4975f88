package compiler

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// Flags are the go build flags that the user gave, as `go help build` lists them.
type Flags struct {
	Dir      string   // -C
	Output   string   // -o
	Modfile  string   // -modfile
	Overlay  string   // -overlay
	LinkArgs []string // every -ldflags, in order
	List     []string // flags that `go list` must see as well: they decide which files belong
	Build    []string // all others, for `go build` only
	Verbose  bool     // -v
	Commands bool     // -x
}

// Define adds the go build flags to fs, so that they are recognised anywhere
// before the package patterns and reach the go command as they were given.
func (f *Flags) Define(fs *flag.FlagSet) {
	fs.StringVar(&f.Dir, "C", "", "")
	fs.StringVar(&f.Output, "o", "", "")
	fs.StringVar(&f.Modfile, "modfile", "", "")
	fs.StringVar(&f.Overlay, "overlay", "", "")
	fs.Func("ldflags", "", func(s string) error { f.LinkArgs = append(f.LinkArgs, s); return nil })
	for _, name := range []string{"a", "work", "modcacherw", "asan", "msan", "race", "cover", "linkshared", "trimpath"} {
		f.pass(fs, &f.Build, name, true)
	}
	for _, name := range []string{"p", "asmflags", "buildmode", "buildvcs", "gcflags", "gccgoflags", "installsuffix", "pgo", "pkgdir", "toolexec", "covermode", "coverpkg"} {
		f.pass(fs, &f.Build, name, name == "buildvcs")
	}
	for _, name := range []string{"tags", "compiler", "mod"} {
		f.pass(fs, &f.List, name, false)
	}
	fs.BoolVar(&f.Verbose, "v", false, "")
	fs.BoolVar(&f.Commands, "x", false, "")
}

// pass makes -name a flag that is kept as it is, for the go command.
func (f *Flags) pass(fs *flag.FlagSet, list *[]string, name string, boolean bool) {
	keep := func(value string) error {
		*list = append(*list, "-"+name+"="+value)
		return nil
	}
	if boolean {
		fs.BoolFunc(name, "", keep)
		return
	}
	fs.Func(name, "", keep)
}

// ListFlags are the flags for `go list`.
func (f *Flags) ListFlags() []string {
	flags := slices.Clone(f.List)
	if f.Modfile != "" {
		flags = append(flags, "-modfile="+f.Modfile)
	}
	if f.Overlay != "" {
		flags = append(flags, "-overlay="+f.Overlay)
	}
	return flags
}

// check refuses flags that ask for a C compiler, or for something other than an executable.
func (f *Flags) check() error {
	for _, flag := range f.Build {
		name, value, _ := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
		switch name {
		case "race", "msan", "asan", "linkshared":
			if value == "true" {
				return fmt.Errorf("-%s needs cgo, which compiler go does without", name)
			}
		case "buildmode":
			if !slices.Contains([]string{"default", "exe", "pie"}, value) {
				return fmt.Errorf("-buildmode=%s: only an executable can be packaged", value)
			}
		}
	}
	return nil
}
