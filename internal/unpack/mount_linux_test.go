package unpack

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// mounted runs a program in a mount namespace that prepare, a shell command, sets
// up ($dir is the cache directory). It returns the standard output with what the
// disk holds afterwards, and the standard error.
func (p program) mounted(t *testing.T, prepare, cache string, env ...string) (stdout, stderr string, err error) {
	t.Helper()
	if out, err := exec.Command("unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "tmpfs", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: cannot mount anything here: %v: %s", err, out)
	}
	script := prepare + ` || exit 9; "$program"; code=$?; find "$dir/onefile/files" "$dir/onefile/trees" "$dir/onefile/work" -type f 2>/dev/null | wc -l; exit $code`
	cmd := p.command(cache, append(env, "PATH="+os.Getenv("PATH"), "dir="+cache, "program="+os.Args[0])...)
	cmd.Path, cmd.Args = lookPath(t, "unshare"), []string{"unshare", "--mount", "--map-root-user", "/bin/sh", "-c", script}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), strings.TrimSpace(errs.String()), err
}

const (
	tmpfs  = `mount -t tmpfs -o mode=700,%s tmpfs "$dir"`
	rebind = `mount --bind "$dir" "$dir" && mount -o remount,bind,%s "$dir"`
)

// What makes a cache useless makes the next candidate the cache, or if there is
// none the message.
func TestUnusableFileSystems(t *testing.T) {
	tests := []struct{ name, prepare, reason string }{
		{"noexec", fmt.Sprintf(tmpfs, "noexec"), "programs may not run from it (mounted noexec?)"},
		{"full", fmt.Sprintf(tmpfs, "size=300k"), "no space left on device"},
		{"no inodes", fmt.Sprintf(tmpfs, "nr_inodes=20"), "no space left on device"},
		{"read-only", fmt.Sprintf(tmpfs, "ro"), "read-only file system"},
	}
	p := program{files: 30, size: 40_000, seed: 1}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cache, home := t.TempDir(), t.TempDir()
			_, stderr, err := p.mounted(t, test.prepare, cache)
			if want := "cannot unpack the program: " + cache + ": " + test.reason + "; "; err == nil || !strings.HasPrefix(stderr, want) {
				t.Errorf("%v, %s\nnot %s", err, stderr, want)
			}
			stdout, stderr, err := p.mounted(t, test.prepare, cache, "HOME="+home, EnvVerbose+"=1")
			if err != nil || !strings.HasPrefix(stdout, home+"/.cache/llgo-py/onefile/trees/") {
				t.Errorf("%s\n%s\n%v", stdout, stderr, err)
			}
			if !strings.Contains(stderr, test.reason) {
				t.Errorf("LLGO_PY_VERBOSE does not say why: %s", stderr)
			}
			if again, err := p.run("", "HOME="+home); err != nil || again.opened != 0 {
				t.Errorf("the next start: %+v, %v", again, err)
			}
		})
	}
}

// A disk that fills up at any moment leaves a right tree or none, and no litter.
func TestFullAtAnyMoment(t *testing.T) {
	p := program{files: 10, size: 20_000, seed: 1}
	failed, worked := 0, 0
	for inodes := 2; inodes < 64; inodes += 2 {
		stdout, stderr, err := p.mounted(t, fmt.Sprintf(tmpfs, fmt.Sprintf("nr_inodes=%d", inodes)), t.TempDir())
		countFull(t, stdout, stderr, err, &failed, &worked)
	}
	for kilobytes := 8; kilobytes < 320; kilobytes += 8 {
		stdout, stderr, err := p.mounted(t, fmt.Sprintf(tmpfs, fmt.Sprintf("size=%dk", kilobytes)), t.TempDir())
		countFull(t, stdout, stderr, err, &failed, &worked)
	}
	if failed < 20 || worked < 5 {
		t.Errorf("%d starts failed, %d worked", failed, worked)
	}
}

func countFull(t *testing.T, stdout, stderr string, err error, failed, worked *int) {
	t.Helper()
	switch {
	case err == nil: // the program has compared every byte
		*worked++
	case !strings.Contains(stderr, "no space left on device"):
		t.Errorf("%v: %s", err, stderr)
	case strings.TrimSpace(stdout) != "0":
		t.Errorf("%s files are left: %s", strings.TrimSpace(stdout), stderr)
	default:
		*failed++
	}
}

// A cache that is complete can be read-only, as in an image of a container; when
// it has become noexec it is passed over.
func TestCompleteCacheRemounted(t *testing.T) {
	p := program{files: 10, size: 1000, seed: 1}
	cache, home := t.TempDir(), t.TempDir()
	p.mustRun(t, cache)
	stdout, stderr, err := p.mounted(t, fmt.Sprintf(rebind, "ro"), cache)
	if err != nil || !strings.HasPrefix(stdout, cache+"/") || !strings.Contains(stdout, " 0 0 ") {
		t.Errorf("read-only: %s %s %v", stdout, stderr, err)
	}
	stdout, stderr, err = p.mounted(t, fmt.Sprintf(rebind, "noexec"), cache, "HOME="+home)
	if err != nil || !strings.HasPrefix(stdout, home+"/") {
		t.Errorf("noexec: %s %s %v", stdout, stderr, err)
	}
}
