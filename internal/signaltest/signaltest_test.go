//go:build unix

package signaltest

import (
	"os"
	"os/exec"
	"testing"
)

const childVar = "SIGNALTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVar) == "" {
		os.Exit(m.Run())
	}
	Interruptible()
	cmd := exec.Command("sh", "-c", "kill -INT $$; echo ignored")
	cmd.Stdout = os.Stdout
	_ = cmd.Run()
}

// A process that was started with SIGINT ignored starts others that are not.
func TestInterruptible(t *testing.T) {
	cmd := exec.Command("sh", "-c", `trap "" INT; exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"=1")
	out, err := cmd.Output()
	if err != nil || len(out) != 0 {
		t.Errorf("%q, %v", out, err)
	}
}
