package acceptance

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Neither a build nor the first start of its program takes more memory for a large
// payload than for a small one, but for what flows through. The largest process counts.
func TestOnefileMemory(t *testing.T) {
	const size, more = 128 << 20, 48 << 10 // bytes of noise; kB that a buffer or two may take
	// What else is compiled and compressed takes memory of its own.
	onefile(t, "hello")
	src := copyApp(t, "hello")
	data := filepath.Join(t.TempDir(), "data")
	var builds, starts [2]int64
	for i, size := range []int64{1, size} {
		f, err := os.Create(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(f, rand.NewChaCha8([32]byte{1}), size); err != nil {
			t.Fatal(err)
		}
		f.Close()
		exe := filepath.Join(t.TempDir(), "app")
		cmd := exec.Command(llgo, "build", "--py-compiler=go", "--py-onefile", "--py-compress=fast", "--py-add-data", data+":.", "-o", exe, ".")
		cmd.Dir = src
		builds[i] = peak(t, cmd)
		if info, err := os.Stat(exe); err != nil || info.Size() < size {
			t.Fatalf("the data did not come along: %v", err)
		}
		cmd = exec.Command(exe)
		cmd.Env = []string{"HOME=" + t.TempDir()}
		starts[i] = peak(t, cmd)
	}
	t.Logf("builds %d kB, starts %d kB", builds, starts)
	if builds[1] > builds[0]+more || starts[1] > starts[0]+more {
		t.Errorf("with %d MB more a build takes %d kB instead of %d, a first start %d instead of %d",
			size>>20, builds[1], builds[0], starts[1], starts[0])
	}
}

// peak runs a command, and returns the memory of its largest process in kB. That of this
// test counts as well, for a child begins as its copy.
func peak(t *testing.T, cmd *exec.Cmd) int64 {
	t.Helper()
	if r := start(t, cmd); r.code != 0 {
		t.Fatal(r)
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}
