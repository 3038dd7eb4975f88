package bundle

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program of the sample says which version it is and which version of
// python/ it finds beside its real file, as packaged programs do.
const sampleProgram = `#!/bin/sh
set -e
here=$(dirname "$(readlink -f "$0")")
python=$(cat "$here/python/lib/python3.14/version")
echo "program VERSION, python $python"
`

// sampleFiles are the sources of the sample: name, content, mode.
var sampleFiles = []struct {
	name, text string
	mode       os.FileMode
}{
	{"app", sampleProgram, 0o700},
	{"libpython", "libpython of VERSION", 0o444},
	{"version", "VERSION", 0o600},
	{"os.pyc", "compiled VERSION", 0o640},
	{"ext.so", "extension", 0o644},
	{"tool", "#!/bin/sh\n", 0o755},
	{"größe", "data with spaces and umlauts", 0o644},
}

// writeSample writes the sources of a version into a new directory.
func writeSample(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "source "+version)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range sampleFiles {
		put(t, filepath.Join(dir, f.name), strings.ReplaceAll(f.text, "VERSION", version), f.mode)
	}
	return dir
}

// put writes a file with a mode, whatever the umask.
func put(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// readSample returns the input whose sources are in dir.
func readSample(dir string) (Input, error) {
	src := func(name string) string { return filepath.Join(dir, name) }
	const site = "lib/python3.14/site-packages/"
	return Input{
		Name: "app", Exe: src("app"), Tool: "llgo-py test",
		Python: Python{
			Version: "3.14.6", SOABI: "cpython-314-x86_64-linux-gnu", Platform: "linux-x86_64",
			LibDir: "python3.14", SONAME: "libpython3.14.so.1.0", OS: "linux", Arch: "amd64",
		},
		LibPython:     src("libpython"),
		Distributions: []Distribution{{Name: "numbers", Version: "2.0", License: "MIT"}, {Name: "cases", Version: "1.1"}},
		Files: []File{
			{Dest: "lib/python3.14/version", Source: src("version"), Kind: Data},
			{Dest: "lib/python3.14/os.pyc", Source: src("os.pyc"), Kind: Module, Module: "os"},
			{Dest: site + "numbers/ext.so", Source: src("ext.so"), Kind: Extension, Module: "numbers.ext", Distribution: "numbers"},
			{Dest: site + "numbers/tool", Source: src("tool"), Kind: Data, Distribution: "numbers"},
			{Dest: site + "numbers/größe 3/data", Source: src("größe"), Kind: Data, Distribution: "numbers"},
			{Dest: site + "numbers/link", Kind: Symlink, Target: "größe 3", Distribution: "numbers"},
			{Dest: "lib/libz.so.1", Source: src("ext.so"), Kind: Library, Origin: FromSystem},
			{Dest: site + "own.py", Source: src("os.pyc"), Kind: Source, Module: "own", Origin: FromApp},
		},
	}, nil
}

// sample returns the input of a version with its sources.
func sample(t *testing.T, version string) Input {
	t.Helper()
	in, err := readSample(writeSample(t, version))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// build writes a tree and fails the test if that fails.
func build(t *testing.T, in Input, opts Options) *Result {
	t.Helper()
	result, err := tryBuild(in, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func tryBuild(in Input, opts Options) (*Result, error) {
	plan, err := NewPlan(in)
	if err != nil {
		return nil, err
	}
	return plan.Write(context.Background(), opts)
}

// starts runs the program in dir and returns what it says, "" if it does not
// start.
func starts(dir string) string {
	out, err := exec.Command(filepath.Join(dir, "app")).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// says is what the program of a version says beside its own python/.
func says(version string) string { return "program " + version + ", python " + version }

// wantVersion fails unless the tree in dir is whole, of a version, and alone.
func wantVersion(t *testing.T, dir, version string) {
	t.Helper()
	if got := starts(dir); got != says(version) {
		t.Errorf("the program says %q, want %q", got, says(version))
	}
	if problems, err := Verify(context.Background(), dir); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	wantNoWork(t, dir)
}

// wantNoWork fails if a work directory is left in dir.
func wantNoWork(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// oneLine fails unless an error is one line that contains want.
func oneLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line with %q", err, want)
	}
}
