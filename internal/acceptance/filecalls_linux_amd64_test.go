package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// A fileCall is a system call that asks for a file by its path.
type fileCall struct{ name, path string }

func (c fileCall) String() string { return c.name + " " + c.path }

// pathArgument says which argument of a system call is the path.
var pathArgument = map[uint64]struct {
	name string
	arg  int
}{
	syscall.SYS_OPEN: {"open", 0}, syscall.SYS_STAT: {"stat", 0}, syscall.SYS_LSTAT: {"lstat", 0},
	syscall.SYS_ACCESS: {"access", 0}, syscall.SYS_READLINK: {"readlink", 0},
	syscall.SYS_OPENAT: {"openat", 1}, syscall.SYS_NEWFSTATAT: {"newfstatat", 1}, syscall.SYS_FACCESSAT: {"faccessat", 1},
	syscall.SYS_READLINKAT: {"readlinkat", 1}, 332: {"statx", 1}, 437: {"openat2", 1}, 439: {"faccessat2", 1},
}

// What the syscall package does not name (linux/ptrace.h, linux/wait.h).
const (
	ptraceGetSyscallInfo = 0x420e
	syscallInfoEntry     = 1
	waitNoThread         = 0x20000000 // only children of this very thread
)

// syscallInfo is struct ptrace_syscall_info at the entry of a call.
type syscallInfo struct {
	op                        uint8
	_                         [3]uint8
	arch                      uint32
	instruction, stackPointer uint64
	number                    uint64
	args                      [6]uint64
}

// fileCalls runs exe with an empty environment and returns what it asked for, in
// all its threads, in order.
func fileCalls(t *testing.T, exe string) (calls []fileCall) {
	t.Helper()
	runtime.LockOSThread() // ptrace and the wait below are about this thread's children
	defer runtime.UnlockOSThread()
	var out bytes.Buffer
	cmd := exec.Command(exe)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.TempDir(), []string{}, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Skipf("no ptrace here: %v", err)
	}
	const options = syscall.PTRACE_O_TRACESYSGOOD | syscall.PTRACE_O_TRACECLONE | 0x100000 // EXITKILL
	for first := true; ; first = false {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WALL|waitNoThread, nil)
		if err != nil {
			t.Fatal(err)
		}
		if status.Exited() || status.Signaled() {
			if pid == cmd.Process.Pid {
				if status.ExitStatus() != 0 {
					t.Fatalf("status %d\n%s", status, out.String())
				}
				return calls
			}
			continue
		}
		if first {
			if err := syscall.PtraceSetOptions(pid, options); err != nil {
				t.Skipf("no ptrace here: %v", err)
			}
		}
		signal := 0
		switch stop := status.StopSignal(); {
		case stop == syscall.SIGTRAP|0x80:
			if c, ok := callAt(pid); ok {
				calls = append(calls, c)
			}
		case stop != syscall.SIGTRAP && stop != syscall.SIGSTOP:
			signal = int(stop)
		}
		_ = syscall.PtraceSyscall(pid, signal) // it may be gone
	}
}

// callAt returns the call that a stopped thread is about to make, if it asks for a file.
func callAt(pid int) (c fileCall, ok bool) {
	var info syscallInfo
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PTRACE, ptraceGetSyscallInfo, uintptr(pid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	which, known := pathArgument[info.number]
	if errno != 0 || info.op != syscallInfoEntry || !known {
		return c, false
	}
	text := make([]byte, 4096)
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return c, false
	}
	defer mem.Close()
	n, _ := mem.ReadAt(text, int64(info.args[which.arg])) // may end at the end of the memory there
	path, _, _ := strings.Cut(string(text[:n]), "\x00")
	return fileCall{which.name, path}, path != "" // "": fstat in its newer form
}

// Marks in the calls: the program looks for these files.
const (
	mainBegins = "/main begins"
	imported   = "/main has imported"
)

const fileCallsProgram = `package main

import (
	"os"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	os.Stat("/main begins")
	py.RunSimpleString(c.Str("import json, argparse, email.message"))
	os.Stat("/main has imported")
}
`

// outside are the files that a start asks for outside the bundle, by who asks. None
// of them is looked for: each is where it is, or not there.
var outside = map[string][]string{
	"the loader": {"/etc/ld.so.*", "*/libc.so.6", "*/libm.so.6", "*/libdl.so.2", "*/libpthread.so.0", "*/librt.so.1", "*/libutil.so.1",
		"*/ld-linux-x86-64.so.2", "*/libgcc_s.so.1"},
	"the run time of Go": {"/sys/kernel/mm/transparent_hugepage/*", "/proc/self/exe", "/proc/self/cgroup", "/proc/self/mountinfo", "/sys/fs/cgroup/*"},
	"the C library":      {"/proc/self/maps", "/proc/sys/vm/overcommit_memory", "/dev/urandom", "/etc/localtime"},
}

func isExpected(path string) bool {
	for _, patterns := range outside {
		for _, p := range patterns {
			// A star stands for any text: "*/libc.so.6" is in some directory.
			before, after, star := strings.Cut(p, "*")
			if path == p || star && strings.HasPrefix(path, before) && strings.HasSuffix(path, after) {
				return true
			}
		}
	}
	return false
}

// TestFileCalls counts what a start asks the file system for, since that, and not
// time, is the same on every machine: before main nothing outside the bundle but
// what the loader, Go's run time and the C library always read, and of its modules
// one file. An import then asks for nothing at all.
func TestFileCalls(t *testing.T) {
	t.Parallel()
	src := write(t, fileCallsProgram)
	build(t, src, "--py-onedir", "--py-layout=mapped", "-o", "out/app")
	bundle := moveOut(t, src)
	calls := fileCalls(t, filepath.Join(bundle, "app"))
	begin, end := indexOf(calls, mainBegins), indexOf(calls, imported)
	if begin < 0 || end < begin {
		t.Fatalf("no marks in %v", calls)
	}
	stdlib := filepath.Join(bundle, "python", "lib", "python3.14")
	modules := 0
	for _, c := range calls[:begin] {
		below, isModule := strings.CutPrefix(c.path, stdlib+"/")
		switch {
		case isModule && below == "modules.marshal":
			modules++
		case isModule && below != "site-packages/_llgo_start.pth":
			t.Errorf("a module is looked for: %s", c)
		case !strings.HasPrefix(c.path, bundle+"/") && !isExpected(c.path):
			t.Errorf("outside of the bundle: %s", c)
		}
	}
	if modules != 1 {
		t.Errorf("the module file is asked for %d times", modules)
	}
	for _, c := range calls[begin+1 : end] {
		t.Errorf("an import asks for %s", c)
	}
}

func indexOf(calls []fileCall, path string) int {
	for i, c := range calls {
		if c.path == path {
			return i
		}
	}
	return -1
}
