package main

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	out, err := exec.Command("/bin/cat", "/proc/self/environ").Output()
	if err != nil {
		panic(err)
	}
	fmt.Println("go:", strings.TrimSpace(strings.ReplaceAll(string(out), "\x00", " ")))
	py.RunSimpleString(c.Str(code))
}

const code = `
import subprocess

def run(*args, close_fds=True):
    return subprocess.run(args, capture_output=True, text=True, restore_signals=False, close_fds=close_fds).stdout

print("python:", run("/bin/cat", "/proc/self/environ").replace(chr(0), " ").strip())
print("fds:", *run("/bin/ls", "/proc/self/fd", close_fds=False).split())
# With close_fds=False this would be posix_spawn, in which glibc ignores its own two signals.
print("signals:", run("/bin/grep", "SigIgn", "/proc/self/status").strip())
`
