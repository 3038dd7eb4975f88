//go:build unix

package damaged

import (
	"runtime"
	"syscall"
	"testing"
)

// peaks checks that neither this process nor any child took more memory than a reader
// may: 512 MiB and eight times its file, and what an interpreter is to begin with.
func peaks(t *testing.T) {
	t.Helper()
	const limit = 800 << 20
	unit := int64(1024) // Linux counts kilobytes, macOS bytes
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	for who, name := range map[int]string{syscall.RUSAGE_SELF: "this process", syscall.RUSAGE_CHILDREN: "a child"} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			t.Fatal(err)
		}
		peak := int64(usage.Maxrss) * unit
		t.Logf("%s took %d MiB", name, peak>>20)
		if peak > limit {
			t.Errorf("%s took %d MiB of memory", name, peak>>20)
		}
	}
}
