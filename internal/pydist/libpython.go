package pydist

import (
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// libPython finds the shared library of the interpreter and the name that other
// files ask for it by.
func (a *answer) libPython() (path, soname string, err error) {
	var found string
	for _, path := range a.candidates() {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			continue
		}
		found = real
		if soname, err = inspect(real); err == nil {
			return real, soname, nil
		}
	}
	if found != "" {
		_, err := inspect(found)
		return "", "", err
	}
	return "", "", a.missing()
}

// candidates lists where the library can lie. The base prefix comes before
// LIBDIR, because a distribution that was moved after its installation (all of
// python-build-standalone) still has the old place in LIBDIR.
func (a *answer) candidates() []string {
	dirs := []string{
		filepath.Join(a.BasePrefix, "lib"),
		filepath.Join(a.BasePrefix, "lib", a.MultiArch),
		filepath.Join(a.BasePrefix, "lib64"),
		a.LibDir,
		filepath.Join(a.LibDir, a.MultiArch), // Debian
		a.LibPL,
		a.FrameworkPrefix, // macOS: LDLIBRARY is "Python.framework/Versions/3.14/Python"
	}
	var paths []string
	for _, dir := range dirs {
		for _, name := range []string{a.InstSOName, a.LDLibrary} {
			// In a static build both are the archive.
			if filepath.IsAbs(dir) && name != "" && !strings.HasSuffix(name, ".a") {
				paths = append(paths, filepath.Join(dir, name))
			}
		}
	}
	return paths
}

// missing says why there is no library and what can be done.
func (a *answer) missing() error {
	if a.Shared == "0" && a.FrameworkPrefix == "" {
		return errors.New("it was built without a shared libpython; rebuild it with --enable-shared" +
			" (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared) or leave --py-python away to use the managed CPython")
	}
	if a.isDebian() {
		return fmt.Errorf("its %s is missing; install the package libpython%d.%d or leave --py-python away to use the managed CPython",
			a.InstSOName, a.Major, a.Minor)
	}
	return fmt.Errorf("its %s is in none of %s, %s; leave --py-python away to use the managed CPython",
		a.InstSOName, filepath.Join(a.BasePrefix, "lib"), a.LibDir)
}

// isDebian recognises the interpreter of a Debian package, by the only
// distribution that installs what others call site-packages as dist-packages.
func (a *answer) isDebian() bool {
	for _, dir := range a.Path {
		if filepath.Base(dir) == "dist-packages" {
			return true
		}
	}
	_, err := os.Stat("/etc/debian_version")
	return err == nil && a.BasePrefix == "/usr"
}

// inspect returns the name by which a shared library is asked for, and fails
// where it is none of this machine's.
func inspect(path string) (soname string, err error) {
	if runtime.GOOS == "darwin" {
		return filepath.Base(path), inspectMachO(path)
	}
	return inspectELF(path)
}

func inspectELF(path string) (soname string, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s is not a shared library: %w", path, err)
	}
	defer f.Close()
	if want := elfMachines[runtime.GOARCH]; f.Machine != want || f.Class != elf.ELFCLASS64 {
		return "", fmt.Errorf("%s is for %v, this machine is %v", path, f.Machine, want)
	}
	names, err := f.DynString(elf.DT_SONAME)
	if err != nil || f.Type != elf.ET_DYN {
		return "", fmt.Errorf("%s is not a shared library", path)
	}
	if len(names) == 0 {
		return filepath.Base(path), nil
	}
	return names[0], nil
}

var elfMachines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

var machoCPUs = map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}

func inspectMachO(path string) error {
	want := machoCPUs[runtime.GOARCH]
	if fat, err := macho.OpenFat(path); err == nil {
		defer fat.Close()
		for _, arch := range fat.Arches {
			if arch.Cpu == want {
				return nil
			}
		}
		return fmt.Errorf("%s has no part for %v", path, want)
	}
	f, err := macho.Open(path)
	if err != nil {
		return fmt.Errorf("%s is not a shared library: %w", path, err)
	}
	defer f.Close()
	if f.Cpu != want {
		return fmt.Errorf("%s is for %v, this machine is %v", path, f.Cpu, want)
	}
	return nil
}
