package acceptance

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// apt is apt-get as a user without privileges has it: with a state of its own. The
// package lists are the machine's if it has some.
type apt struct {
	state string
	lists string
}

// nobody is who it runs as where the tests are run by root.
const nobody = 65534

// newApt skips the test where packages cannot be had.
func newApt(t *testing.T) *apt {
	t.Helper()
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("no apt-get here")
	}
	state, err := os.MkdirTemp("", "llgo-py-apt-") // t.TempDir is below a directory of root's
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	a := &apt{state, "/var/lib/apt/lists"}
	for _, dir := range []string{"lists/partial", "cache/archives/partial", "debs"} {
		must(t, os.MkdirAll(filepath.Join(state, dir), 0o755))
	}
	if os.Geteuid() == 0 {
		must(t, filepath.Walk(state, func(path string, _ os.FileInfo, err error) error {
			return errors.Join(err, os.Chown(path, nobody, nobody))
		}))
	}
	return a
}

// command is one of apt's, with all that it writes below a.state.
func (a *apt) command(name string, args ...string) *exec.Cmd {
	line := []string{
		name, "-q", "-o", "Dir::State=" + a.state, "-o", "Dir::State::lists=" + a.lists, "-o", "Dir::Cache=" + a.state + "/cache",
		"-o", "Dir::State::status=/dev/null", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=", "-o", "Acquire::Retries=1",
	}
	line = append(line, args...)
	if os.Geteuid() == 0 {
		line = append([]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, line...)
	}
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir, cmd.Env = filepath.Join(a.state, "debs"), append(os.Environ(), "LC_ALL=C", "HOME="+a.state)
	return cmd
}

// versions are those of a package in the archive, the newest first; without any the
// test is skipped.
func (a *apt) versions(t *testing.T, name string) []string {
	t.Helper()
	if found := a.madison(name); len(found) > 0 {
		return found
	}
	a.lists = filepath.Join(a.state, "lists")
	if out, err := a.command("apt-get", "update").CombinedOutput(); err != nil {
		t.Skipf("no package lists, and apt-get update as a user fails: %v: %s", err, out)
	}
	found := a.madison(name)
	if len(found) == 0 {
		t.Skipf("the archive has no package %s", name)
	}
	return found
}

func (a *apt) madison(name string) (versions []string) {
	out, _ := a.command("apt-cache", "madison", name).Output()
	for _, line := range strings.Split(string(out), "\n") {
		if column := strings.Split(line, "|"); len(column) == 3 {
			versions = append(versions, strings.TrimSpace(column[1]))
		}
	}
	return versions
}

// download fetches packages and returns their files, in this order.
func (a *apt) download(t *testing.T, names ...string) (files []string, err error) {
	t.Helper()
	for _, name := range names {
		dir, err := os.MkdirTemp(filepath.Join(a.state, "debs"), "d")
		must(t, err)
		must(t, os.Chmod(dir, 0o777))
		cmd := a.command("apt-get", "download", name)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Logf("%s: %v: %s", name, err, out)
			return nil, err
		}
		found, _ := filepath.Glob(filepath.Join(dir, "*.deb"))
		files = append(files, found...)
	}
	return files, nil
}
