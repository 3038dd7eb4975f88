package acceptance

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Builds are killed while they do each of the things that leave something in the cache;
// then as many as can collide run at once, of the same program and of another. All come
// to what a build comes to that nobody disturbed.
func TestKilledAndConcurrentBuilds(t *testing.T) {
	// A module in a directory of its own: no build has kept an analysis of this program.
	src := write(t, program(t, "hello"))
	plantFile(t, src, "py/counter.py", fmt.Sprintf("import cmd\nNAME = %q\n", src))
	args := []string{"--py-onedir", "--py-path", "py", "--py-hidden-import", "counter", "-o", filepath.Join("out", "app")}
	for _, phase := range []string{"analyse the Python side", "compile the Go program", "compile the Python modules", "check the native libraries", "write the tree"} {
		killedIn(t, src, phase, args...)
	}
	other := copyApp(t, "own")
	var wg sync.WaitGroup
	for i, dir := range []string{src, src, src, other} {
		wg.Go(func() {
			a := args
			if dir == other {
				a = []string{"--py-onefile", "-o", filepath.Join("out", "app")}
			} else if i == 2 { // into another place
				a = append(append([]string{}, args[:len(args)-1]...), filepath.Join("out2", "app"))
			}
			cmd := exec.Command(llgo, append([]string{"build", "--py-compiler=go"}, a...)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("build %d: %v\n%s", i, err, out)
			}
		})
	}
	wg.Wait()
	sameTree(t, filepath.Join(src, "out"), filepath.Join(src, "out2"))
	if r := sealed(t, filepath.Join(src, "out", "app"), nil); r.code != 0 || r.stderr != "" {
		t.Errorf("%v", r)
	}
	if r := build(t, src, args...); !unchanged(r) {
		t.Errorf("nothing changed: %v", r)
	}
}

// killedIn kills a build, by SIGKILL, when it says that it does something. One that has
// it done already ends by itself.
func killedIn(t *testing.T, dir, phase string, args ...string) {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"build", "-json", "--py-compiler=go"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !killed && strings.Contains(lines.Text(), phase) {
			killed = true
			_ = cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil && killed {
		t.Logf("the build was faster than its death in %q", phase)
	} else if err != nil && !killed {
		t.Errorf("a build that nobody killed: %v", err)
	}
}
