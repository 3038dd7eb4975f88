package unpack

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// copyProgram makes a copy of the test binary with that mode and group, where
// everybody can start it.
func copyProgram(t *testing.T, mode os.FileMode, uid, gid int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "unpack-elevated-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	r, err := os.Open(os.Args[0])
	must(t, err)
	defer r.Close()
	w, err := os.Create(dir + "/program")
	must(t, err)
	_, err = io.Copy(w, r)
	must(t, err)
	must(t, w.Close())
	must(t, os.Chown(dir+"/program", uid, gid))
	must(t, os.Chmod(dir+"/program", mode))
	return dir + "/program"
}

// A stranger starts a program that has more rights than he has. Nothing that he
// says or owns counts.
func TestElevated(t *testing.T) {
	needRoot(t)
	tests := []struct {
		name   string
		path   string
		reason string // "" if the program works
	}{
		{"set-uid", copyProgram(t, os.ModeSetuid|0o755, 0, 0), ""},
		{"set-gid", copyProgram(t, os.ModeSetgid|0o755, 0, 1), "llgo-py-65534 belongs to user 65534, who must not be able to change a program with more rights than his own; package it with --py-onedir"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			shared, err := os.MkdirTemp("", "unpack-shared-")
			must(t, err)
			defer os.RemoveAll(shared)
			must(t, os.Chmod(shared, os.ModeSticky|0o777))
			own, err := os.MkdirTemp("", "unpack-own-")
			must(t, err)
			defer os.RemoveAll(own)
			must(t, os.Chown(own, stranger, stranger))

			cmd := program{files: 5, size: 100, seed: 1}.command(own+"/cache", "UNPACK_TEST_SHARED="+shared,
				"HOME="+own, "XDG_CACHE_HOME="+own+"/xdg", EnvVerbose+"=1")
			cmd.Path, cmd.Dir = test.path, "/"
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
			out, err := cmd.CombinedOutput()
			if test.reason == "" && (err != nil || !strings.HasPrefix(string(out), shared+"/llgo-py-0/")) ||
				test.reason != "" && !strings.Contains(string(out), test.reason) {
				t.Errorf("%v: %s", err, out)
			}
			if left, _ := os.ReadDir(own); len(left) != 0 {
				t.Errorf("the caller's directory holds %v", left)
			}
		})
	}
}

// File capabilities do not show in user numbers. They do in the kernel's own flag,
// or, where an old kernel hides that from such a program, in the capabilities.
func TestCapabilities(t *testing.T) {
	needRoot(t)
	setcap, err := exec.LookPath("setcap")
	if err != nil {
		t.Skip("SKIPPED: no setcap here")
	}
	path := copyProgram(t, 0o755, 0, 0)
	plain, err := elevationOf(path)
	if err != nil || plain != "false false\n" {
		t.Errorf("without capabilities: %q, %v", plain, err)
	}
	if out, err := exec.Command(setcap, "cap_net_bind_service+ep", path).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: setcap: %v: %s", err, out)
	}
	capable, err := elevationOf(path)
	if err != nil || capable != "true true\n" {
		t.Errorf("with capabilities: %q, %v", capable, err)
	}
}

// elevationOf starts a copy of the test binary as a stranger.
func elevationOf(path string) (string, error) {
	cmd := exec.Command(path)
	cmd.Env, cmd.Dir = []string{childEnv + "=elevation"}, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	out, err := cmd.Output()
	return string(out), err
}

// childElevation is what elevationOf starts.
func childElevation() int {
	fmt.Println(newTrust().caller, hasCapabilities())
	return 0
}

// The rules for owners and groups, for users that the test cannot become.
func TestTrust(t *testing.T) {
	user := &trust{uid: 1000, gid: 1000}
	shared := &trust{uid: 1000, gid: 100}
	inside := &trust{uid: 1000, gid: 1000, root: 65534}
	elevated := &trust{uid: 1000, gid: 1000, elevated: true, caller: true}
	const directory = syscall.S_IFDIR
	tests := []struct {
		name string
		t    *trust
		id   identity
		want string
	}{
		{"own", user, identity{mode: directory | 0o755, uid: 1000, gid: 1000}, ""},
		{"root's", user, identity{mode: directory | 0o755}, ""},
		{"another's", user, identity{mode: directory | 0o755, uid: 1001}, "belongs to user 1001"},
		{"another's, sticky", user, identity{mode: directory | syscall.S_ISVTX | 0o777, uid: 1001}, "belongs to user 1001"},
		{"/tmp", user, identity{mode: directory | syscall.S_ISVTX | 0o777}, ""},
		{"open", user, identity{mode: directory | 0o777, uid: 1000, gid: 1000}, "(mode 0777)"},
		{"umask 002, group of one", user, identity{mode: directory | 0o775, uid: 1000, gid: 1000}, ""},
		{"umask 002, group of many", shared, identity{mode: directory | 0o775, uid: 1000, gid: 100}, "(mode 0775)"},
		{"root's group", user, identity{mode: directory | 0o775}, ""},
		{"root in a user namespace", inside, identity{mode: directory | 0o755, uid: 65534, gid: 65534}, ""},
		{"65534 elsewhere", user, identity{mode: directory | 0o755, uid: 65534}, "belongs to user 65534"},
		{"the caller's", elevated, identity{mode: directory | 0o700, uid: 1000, gid: 1000}, "more rights than his own"},
		{"root's for a caller", elevated, identity{mode: directory | 0o755}, ""},
	}
	for _, test := range tests {
		text := ""
		if err := test.t.ancestor("/d", test.id); err != nil {
			text = err.Error()
		}
		if (text == "") != (test.want == "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, not %q", test.name, text, test.want)
		}
	}
}
