package launcher

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/unpack"
)

// TestRunningTreeIsKept: the launcher's lock went with exec, and yet clearing the
// cache keeps the tree until the program ends.
func TestRunningTreeIsKept(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	cmd := exec.Command(plain(t, "sh", false), "-c", "echo ready; read line")
	cmd.Env = []string{"LLGO_PY_CACHE=" + cache}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	r, err := unpack.Clear(cache)
	if err != nil || len(r.InUse) != 1 || len(r.Removed) != 0 {
		t.Errorf("while it runs: %+v, %v", r, err)
	}
	_, _ = io.WriteString(stdin, "\n")
	_ = cmd.Wait()
	r, err = unpack.Clear(cache)
	if err != nil || len(r.InUse) != 0 || len(r.Removed) != 1 {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}
