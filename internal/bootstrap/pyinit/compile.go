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
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

//go:embed c
var sources embed.FS

// flags are those of every compilation. The sources are C11 and POSIX.
var flags = []string{"-std=c11", "-D_GNU_SOURCE", "-O2", "-fPIC", "-fvisibility=hidden", "-c", "pyinit.c", "-o", objectName}

const objectName = "pyinit.o"

// LinkArgs are what the linker of a Linux program needs besides the object: see
// start.c.
var LinkArgs = []string{"--wrap=main"}

// Compile compiles the object for a program with the given settings by cc, a C
// compiler's command with any flags of its own, and returns its path in dir, an
// empty directory. On Linux it is to be linked with LinkArgs. It names no path of this
// machine but those in s.
func Compile(ctx context.Context, cc []string, dir string, s settings.Settings) (object string, err error) {
	if err := write(dir, s); err != nil {
		return "", err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, cc[0], append(cc[1:len(cc):len(cc)], flags...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", &CompilerError{Command: strings.Join(cc, " "), Cause: err, Said: said.String()}
	}
	return filepath.Join(dir, objectName), nil
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
