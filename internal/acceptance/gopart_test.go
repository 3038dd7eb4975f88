package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

// A program without Python that prints, as large as its Go toolchain makes one.
const plainProgram = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println() }\n"

// What starts Python adds little to the Go part of a program, and what unpacks one file
// not much more: a package that brings half of the standard library along would show.
func TestGoPart(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("skipped: the Go part of one file is told apart on Linux only")
	}
	const startsPython, unpacks = 500 << 10, 860 << 10 // 472 and 820 KiB on amd64
	dir := t.TempDir()
	plantFile(t, dir, "go.mod", "module plain\n\ngo 1.20\n")
	plantFile(t, dir, "main.go", plainProgram)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", "plain", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if r := start(t, cmd); r.code != 0 {
		t.Fatal(r)
	}
	plain := fileSize(t, filepath.Join(dir, "plain"))
	onedir := fileSize(t, filepath.Join(packaged(t, "hello"), "hello"))
	f, err := os.Open(onefile(t, "hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	one, _, err := section.Find(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("without Python %d bytes, with it %d, in front of an archive %d", plain, onedir, one)
	if onedir > plain+startsPython || one > onedir+unpacks {
		t.Errorf("without Python %d bytes, with it %d more, in front of an archive another %d", plain, onedir-plain, one-onedir)
	}
}

func fileSize(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
