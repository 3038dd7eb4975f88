package compiler

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolchain finds the C tools that llgo uses.
type toolchain struct {
	env  []string
	root string // LLGO_ROOT
}

// errNoCompiler says that there is no C compiler; llgo needs clang itself.
var errNoCompiler = errors.New("no C compiler found for what starts Python in the program: install clang, or set CC")

// compiler is the C compiler's command: $CC, or the clang that llgo links with (of
// its own installation, or of LLVM's), or any other.
func (t toolchain) compiler() ([]string, error) {
	if cc := strings.Fields(lookup(t.env, "CC")); len(cc) > 0 {
		return cc, nil
	}
	candidates := []string{filepath.Join(t.root, "crosscompile", "clang", "bin", "clang")}
	if bin := t.llvmBin(); bin != "" {
		candidates = append(candidates, filepath.Join(bin, "clang"))
	}
	for _, name := range append(candidates, "clang", "clang-19", "cc", "gcc") {
		if path := lookPath(t.env, name); path != "" {
			return []string{path}, nil
		}
	}
	return nil, errNoCompiler
}

// llvmBin is the directory of LLVM's programs, "" if llvm-config is not there.
func (t toolchain) llvmBin() string {
	config := lookup(t.env, "LLVM_CONFIG")
	if config == "" {
		config = lookPath(t.env, "llvm-config")
	}
	if config == "" {
		return ""
	}
	cmd := exec.Command(config, "--bindir")
	cmd.Env = t.env
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// archives are the libraries that llgo's run time may bring along, by the names of
// their archives. With those, a program needs nothing but libpython and libc.
var archives = map[string][]string{
	"libatomic.a": {"libatomic.a"},
	"libcjson.a":  {"libcjson.a"},
	"libffi.a":    {"libffi.a"},
	"libgc.a":     {"libgc.a"},
	"libstdc++.a": {"libstdc++.a"},
	"libunwind.a": {"libunwind.a"},
	"libuv.a":     {"libuv.a", "libuv_a.a"}, // Debian calls it so
}

// linkArchives makes dir a directory of links to the archives that exist here, and
// to nothing else: beside a shared library an archive would not be taken.
func (t toolchain) linkArchives(ctx context.Context, dir string) error {
	cc, err := t.compiler()
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, files := range archives {
		for _, file := range files {
			path := t.findFile(ctx, cc, file)
			if path == "" {
				continue
			}
			if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// findFile asks the compiler for a file of its library directories, "" if there is none.
func (t toolchain) findFile(ctx context.Context, cc []string, name string) string {
	cmd := exec.CommandContext(ctx, cc[0], append(cc[1:len(cc):len(cc)], "-print-file-name="+name)...)
	cmd.Env = t.env
	out, err := cmd.Output()
	path := strings.TrimSpace(string(out))
	if err != nil || !filepath.IsAbs(path) {
		return "" // a name alone: not found
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// lookup is the value of a variable in env: the last entry counts.
func lookup(env []string, name string) (value string) {
	for _, entry := range env {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// lookPath finds a program in the PATH of env.
func lookPath(env []string, name string) string {
	dirs := filepath.SplitList(lookup(env, "PATH"))
	if filepath.IsAbs(name) {
		dirs = []string{""}
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}
