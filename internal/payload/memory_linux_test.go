package payload

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// An archive that is mapped from a file is read as it is, from the middle and twice as
// well, and when all of it was read little of it is in memory.
func TestEmbeddedLetsGo(t *testing.T) {
	want := make([]byte, 16<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(want)
	name := filepath.Join(t.TempDir(), "mapped")
	if err := os.WriteFile(name, want, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mapped, err := syscall.Mmap(int(f.Fd()), 0, len(want), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(mapped) }()
	const odd = 1234 // no page begins there
	e := Embedded(unsafe.String(&mapped[odd], len(mapped)-odd))
	for _, from := range []int64{0, 5<<20 + 77, 0} {
		got, err := io.ReadAll(bufio.NewReaderSize(io.NewSectionReader(e, from, int64(len(e))-from), 100<<10))
		if err != nil || !bytes.Equal(got, want[odd+from:]) {
			t.Fatalf("from %d: %d bytes, %v", from, len(got), err)
		}
	}
	if kb := residentKB(t, name); kb > 2*keep>>10 {
		t.Errorf("%d kB are in memory", kb)
	}
}

// residentKB is how much of a mapped file is in memory (proc_pid_smaps(5)).
func residentKB(t *testing.T, name string) (kb int) {
	t.Helper()
	data, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	_, of, found := strings.Cut(string(data), name+"\n")
	_, of, hasRSS := strings.Cut(of, "Rss:")
	if _, err := fmt.Sscan(of, &kb); err != nil || !found || !hasRSS {
		t.Fatal(err, found, hasRSS)
	}
	return kb
}
