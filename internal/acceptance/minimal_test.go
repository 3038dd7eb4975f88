package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// glibc are the files of the only library that a machine must have.
var glibc = []string{
	"/lib64/ld-linux-*", "/lib/ld-linux-*", "/lib/*-linux-gnu/libc.so.6", "/lib/*-linux-gnu/libm.so.6",
	"/lib/*-linux-gnu/libdl.so.2", "/lib/*-linux-gnu/librt.so.1", "/lib/*-linux-gnu/libpthread.so.0", "/lib/*-linux-gnu/libutil.so.1",
}

// On a machine that has glibc and nothing else, not even the run time of C++, a
// program runs with the libraries it brings.
func TestMinimalMachine(t *testing.T) {
	t.Parallel()
	if !namespaces(t) {
		t.Skip("a machine of its own needs namespaces")
	}
	root := t.TempDir()
	libraries := 0
	for _, pattern := range glibc {
		found, _ := filepath.Glob(pattern)
		for _, path := range found {
			libraries++
			copyTo(t, path, filepath.Join(root, path))
		}
	}
	if libraries < 2 {
		t.Skip("glibc is not where Debian has it")
	}
	if err := os.CopyFS(filepath.Join(root, "opt"), os.DirFS(packaged(t, "matrix"))); err != nil {
		t.Fatal(err)
	}
	const script = `cd "$0" && mkdir proc dev && mount --rbind /proc proc && mount --rbind /dev dev && exec chroot "$0" /opt/matrix`
	cmd := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c", script, root)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin"}
	if r := start(t, cmd); r.code != 0 || r.stdout != expected(t, "matrix") || r.stderr != "" {
		t.Errorf("%v", r)
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = elftest.WriteExecutable(to, data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Where the machine has the run time of C++, that is the one: the build machine's
// would ask for a glibc as new as its own.
func TestMachinesOwnRunTime(t *testing.T) {
	t.Parallel()
	own, _ := filepath.Glob("/lib/*-linux-gnu/libstdc++.so.6")
	if len(own) == 0 {
		t.Skip("this machine has no libstdc++ where Debian has it")
	}
	const code = "import numpy\nprint({l.split(None, 5)[5].strip() for l in open('/proc/self/maps') if 'libstdc++' in l})"
	python := sealedCommand(t, filepath.Join(packaged(t, "matrix"), "python", "bin", "python3"), nil)
	python.Args = append(python.Args, "-c", code)
	real, err := filepath.EvalSymlinks(own[0])
	if err != nil {
		t.Fatal(err)
	}
	if r := start(t, python); r.stdout != "{'"+real+"'}\n" || r.stderr != "" {
		t.Errorf("%v, want %s", r, real)
	}
}
