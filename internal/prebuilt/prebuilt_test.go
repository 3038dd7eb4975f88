package prebuilt

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// linked builds a C program that needs the library of that SONAME.
func linked(t *testing.T, library string, args ...string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler here")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "lib", library)
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	compile := func(source string, args ...string) {
		cmd := exec.Command(cc, append([]string{"-x", "c", "-", "-x", "none"}, args...)...)
		cmd.Stdin = strings.NewReader(source)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	compile("void Py_Initialize(void) {}", "-shared", "-fPIC", "-Wl,-soname,"+library, "-o", file)
	exe := filepath.Join(dir, "app")
	compile("void Py_Initialize(void); int main(void) { Py_Initialize(); return 0; }",
		append([]string{file, "-Wl,-rpath,$ORIGIN/lib", "-o", exe}, args...)...)
	return exe
}

// TestRead: every way to link an executable.
func TestRead(t *testing.T) {
	for name, args := range map[string][]string{"pie": {"-pie", "-fPIE"}, "no pie": {"-no-pie"}, "stripped": {"-s"}, "rpath": {"-Wl,--disable-new-dtags"}} {
		t.Run(name, func(t *testing.T) {
			exe := linked(t, "libpython3.12.so.1.0", args...)
			p, err := Read(exe)
			if err != nil {
				t.Fatal(err)
			}
			want := Program{exe, "libpython3.12.so.1.0", "3.12", false, filepath.Join(filepath.Dir(exe), "lib", "libpython3.12.so.1.0")}
			if *p != want {
				t.Errorf("%+v, want %+v", *p, want)
			}
		})
	}
	p, err := Read(linked(t, "libpython3.14t.so.1.0"))
	if err != nil || !p.FreeThreaded || p.Minor != "3.14" {
		t.Errorf("%+v, %v: want the free-threaded 3.14", p, err)
	}
}

func TestInterpreter(t *testing.T) {
	p, err := Read(linked(t, "libpython3.12.so.1.0"))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Interpreter(); got != "" {
		t.Errorf("%q, and there is none", got)
	}
	python := filepath.Join(filepath.Dir(p.Path), "bin", "python3.12")
	if err := errors.Join(os.Mkdir(filepath.Dir(python), 0o755), os.WriteFile(python, nil, 0o755)); err != nil {
		t.Fatal(err)
	}
	if got := p.Interpreter(); got != python {
		t.Errorf("%q, want %q", got, python)
	}
}

// TestRefused: each says what the file is.
func TestRefused(t *testing.T) {
	self, err := os.Executable() // a static Go program
	if err != nil {
		t.Fatal(err)
	}
	static, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	foreign := append([]byte(nil), static...)
	other := elf.EM_AARCH64
	if runtime.GOARCH == "arm64" {
		other = elf.EM_X86_64
	}
	binary.LittleEndian.PutUint16(foreign[18:], uint16(other))
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"script":  {[]byte("#!/bin/sh\n"), "is a script"},
		"text":    {[]byte("hello"), "is no executable"},
		"empty":   {nil, "is no executable"},
		"macho":   {[]byte("\xcf\xfa\xed\xfe1234"), "is a program for macOS"},
		"windows": {[]byte("MZ123456"), "is a program for Windows"},
		"cut":     {static[:40], "is damaged"},
		"foreign": {foreign, "and this machine is " + runtime.GOARCH},
		"static":  {goProgram(t), "is linked statically"},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, test.data, 0o755); err != nil {
			t.Fatal(err)
		}
		refused(t, path, test.want)
	}
	refused(t, filepath.Join(t.TempDir(), "none"), "cannot be read: no such file or directory")
	refused(t, linked(t, "libfoo.so.1"), "is not linked with a libpython")
	dir := filepath.Dir(linked(t, "libpython3.12.so.1.0"))
	refused(t, filepath.Join(dir, "lib", "libpython3.12.so.1.0"), "is a shared library")
}

func refused(t *testing.T, path, want string) {
	t.Helper()
	_, err := Read(path)
	var unfit *Error
	if !errors.As(err, &unfit) || !strings.Contains(err.Error(), path+" ") || !strings.Contains(err.Error(), want) || unfit.Hint() == "" {
		t.Errorf("%v, want %q", err, want)
	}
}

// goProgram is a static executable.
func goProgram(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	source, exe := filepath.Join(dir, "main.go"), filepath.Join(dir, "static")
	if err := os.WriteFile(source, []byte("package main\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", exe, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
