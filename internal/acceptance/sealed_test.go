package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// sealed runs exe with the given environment and nothing else, in an empty
// directory, in a mount namespace where no Python and nothing of the build can
// be seen. Directories in hide are hidden as well.
func sealed(t *testing.T, exe string, env []string, hide ...string) result {
	t.Helper()
	return start(t, sealedCommand(t, exe, env, hide...))
}

// sealedCommand is sealed's command, to be run.
func sealedCommand(t *testing.T, exe string, env []string, hide ...string) *exec.Cmd {
	t.Helper()
	cwd := t.TempDir()
	if !namespaces(t) {
		cmd := exec.Command(exe)
		cmd.Dir, cmd.Env = cwd, append([]string{}, env...)
		return cmd
	}
	var script strings.Builder
	for _, path := range append(machinePython(), hide...) {
		fi, err := os.Lstat(path)
		switch {
		case err != nil || fi.Mode()&os.ModeSymlink != 0: // what a link leads to is hidden itself
		case fi.IsDir(): // unless a directory around it is hidden already
			fmt.Fprintf(&script, "if [ -d %[1]q ]; then mount -t tmpfs -o mode=0555 tmpfs %[1]q || exit 125; fi\n", path)
		default:
			fmt.Fprintf(&script, "if [ -f %[1]q ]; then mount --bind /dev/null %[1]q || exit 125; fi\n", path)
		}
	}
	fmt.Fprintf(&script, "cd %q && exec env -i \"$@\"\n", cwd)
	args := []string{"--mount", "--map-root-user", "sh", "-c", script.String(), "sh"}
	return exec.Command("unshare", append(append(args, env...), exe)...)
}

// machinePython are the places of this machine that hold Python, the Go
// toolchain's caches or ours.
func machinePython() []string {
	var places []string
	for _, pattern := range []string{"/usr/bin/python*", "/usr/lib/python*", "/usr/local/lib/python*", "/usr/local/bin/python*", "/usr/lib/*/libpython*", "/opt/*python*"} {
		found, _ := filepath.Glob(pattern)
		places = append(places, found...)
	}
	home, _ := os.UserHomeDir()
	for _, name := range []string{".pyenv", ".cache", ".local", "go"} {
		places = append(places, filepath.Join(home, name))
	}
	return append(places, cacheRoot(), goEnv("GOMODCACHE"), goEnv("GOCACHE"), root, sourcesDir())
}

// cacheRoot is where the tool keeps its caches; the tests share the user's.
func cacheRoot() string {
	if dir := os.Getenv("LLGO_PY_CACHE"); dir != "" {
		return dir
	}
	dir, _ := os.UserCacheDir()
	return filepath.Join(dir, "llgo-py")
}

func goEnv(name string) string {
	out, _ := exec.Command("go", "env", name).Output()
	return strings.TrimSpace(string(out))
}

var namespacesOnce = sync.OnceValue(func() bool {
	return exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c", "mount -t tmpfs tmpfs /mnt").Run() == nil
})

// namespaces reports whether programs can be sealed off; if not, the test's log says so.
func namespaces(t *testing.T) bool {
	t.Helper()
	if !namespacesOnce() {
		t.Log("no mount namespaces here: the machine's own Python stays visible to the program")
		return false
	}
	return true
}
