// Standin is a stand-in for llgo, not a compiler: whatever it is to build, it writes an
// executable that is linked with libpython and is Python's own main. It reads which
// libpython from the linker's response file, as llgo's linker does.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylauncher"
)

func main() {
	if os.Args[1] == "version" {
		fmt.Printf("llgo v0.13.0 %s/%s\n", runtime.GOOS, runtime.GOARCH)
		return
	}
	image, err := pylauncher.Generate(pylauncher.Spec{OS: runtime.GOOS, Arch: runtime.GOARCH, SONAME: soname()})
	if err == nil {
		err = os.WriteFile(os.Args[slices.Index(os.Args, "-o")+1], image, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		os.Exit(1)
	}
}

// soname is the name of the library that is linked last.
func soname() string {
	_, path, _ := strings.Cut(os.Getenv("LDFLAGS"), "-Wl,@")
	data, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		os.Exit(1)
	}
	lines := strings.Fields(string(data))
	return filepath.Base(strings.Trim(lines[len(lines)-1], `"`))
}
