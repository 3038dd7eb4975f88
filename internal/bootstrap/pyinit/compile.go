package pyinit

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

//go:embed c
var sources embed.FS

// flags are those of every compilation. The sources are C11 and POSIX.
var flags = []string{"-std=c11", "-D_GNU_SOURCE", "-O2", "-fPIC", "-fvisibility=hidden"}

const objectName = "pyinit.o"

// LibraryName is the file name and the SONAME of what CompileLibrary makes.
const LibraryName = "libllgo-pyinit.so"

// LinkArgs are what the linker of a Linux program needs besides the object: see
// start.c.
var LinkArgs = []string{"--wrap=main"}

// CC is a C compiler.
type CC struct {
	Command []string // with any flags of its own
	Env     []string // its environment; nil: that of this process
}

// Compile compiles the object for a program with the given settings by cc, and returns
// its path in dir, an empty directory. On Linux it is to be linked with LinkArgs. It names no path of this
// machine but those in s.
func Compile(ctx context.Context, cc CC, dir string, s settings.Settings) (object string, err error) {
	return compile(ctx, cc, dir, s, objectName, "-c", "pyinit.c")
}

// CompileLibrary compiles the shared library for a program that was linked without the
// object, and returns its path in dir, an empty directory. The program is to need it in
// place of libPython, which the library needs and looks for beside itself.
func CompileLibrary(ctx context.Context, cc CC, dir string, s settings.Settings, libPython string) (library string, err error) {
	return compile(ctx, cc, dir, s, LibraryName, "-shared", "library.c", "-Wl,--no-as-needed", libPython,
		"-Wl,-soname,"+LibraryName+",-rpath,$ORIGIN,-z,now,-z,relro,--build-id=none,-s", "-ldl")
}

// compile runs cc in dir, which gets the sources, to make the file output there.
func compile(ctx context.Context, cc CC, dir string, s settings.Settings, output string, args ...string) (string, error) {
	if err := write(dir, s); err != nil {
		return "", err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, cc.Command[0], slices.Concat(cc.Command[1:], flags, args, []string{"-o", output})...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, cc.Env, &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", &CompilerError{Command: strings.Join(cc.Command, " "), Cause: err, Said: said.String()}
	}
	return filepath.Join(dir, output), nil
}

// CompilerError says that the C compiler failed.
type CompilerError struct {
	Command string
	Cause   error
	Said    string
}

func (e *CompilerError) Error() string {
	return fmt.Sprintf("%s cannot compile what starts Python in the program: %v", e.Command, e.Cause)
}

// Hint says what to do about it.
func (e *CompilerError) Hint() string { return "set CC to a C compiler that works" }

// Detail is what the compiler said.
func (e *CompilerError) Detail() string { return e.Said }

// write puts the sources and the generated headers into dir.
func write(dir string, s settings.Settings) error {
	text, err := header(s)
	if err != nil {
		return err
	}
	files := map[string]string{"settings.h": text, "end_py.h": python("END_PY", settings.EndSource)}
	err = fs.WalkDir(sources, "c", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := sources.ReadFile(file)
		name := path.Base(file)
		if base, ok := strings.CutSuffix(name, ".py"); ok {
			files[base+"_py.h"] = python(strings.ToUpper(base)+"_PY", string(data))
		} else {
			files[name] = string(data)
		}
		return err
	})
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
		}
	}
	return err
}

// python is a header that defines a macro with a script as a string, a line a line.
func python(name, script string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#define %s", name)
	for _, line := range strings.SplitAfter(script, "\n") {
		if line != "" {
			b.WriteString(" \\\n  " + quote(line))
		}
	}
	return b.String() + "\n"
}

// FindCompiler returns the command of the C compiler to use: $CC in env, with its flags,
// else cc, gcc or clang on PATH.
func FindCompiler(env []string) ([]string, error) {
	for _, entry := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(entry, "CC="); ok && strings.TrimSpace(value) != "" {
			return strings.Fields(value), nil
		}
	}
	for _, name := range []string{"cc", "gcc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}, nil
		}
	}
	return nil, noCompilerError{}
}

// noCompilerError says that there is no C compiler.
type noCompilerError struct{}

func (noCompilerError) Error() string {
	return "a C compiler is needed for what starts Python in the program, and there is none"
}

// Hint says what to do about it.
func (noCompilerError) Hint() string { return "install gcc or clang, or set CC" }
