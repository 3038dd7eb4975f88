package acceptance

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// A start that keeps to one processor leaves as many to the program as Go would: what
// the machine has, or what the variable says.
func TestProcessors(t *testing.T) {
	t.Parallel()
	if os.Getenv("GOMAXPROCS") != "" {
		t.Skip("skipped: GOMAXPROCS is set")
	}
	src := write(t, `package main

import (
	"fmt"
	"runtime"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	fmt.Println(runtime.GOMAXPROCS(0))
	py.RunSimpleString(c.Str("import sys\nprint('hello from Python', sys.version_info[0])"))
}
`)
	build(t, src, "--py-onedir", "-o", "out/app")
	own := strconv.Itoa(runtime.GOMAXPROCS(0)) // of a Go program of the same machine and container
	for env, want := range map[string]string{"": own, "GOMAXPROCS=3": "3", "GOMAXPROCS=none": own} {
		if r := sealed(t, filepath.Join(src, "out", "app"), strings.Fields(env)); r.code != 0 || r.stdout != want+"\nhello from Python 3\n" {
			t.Errorf("%s: %v", env, r)
		}
	}
}
