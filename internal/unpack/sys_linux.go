package unpack

import (
	"encoding/binary"
	"math/bits"
	"syscall"
	"unsafe"
)

func identify(st *syscall.Stat_t) identity {
	return identity{
		mode: st.Mode, uid: st.Uid, gid: st.Gid, nlink: uint64(st.Nlink), size: st.Size,
		sec: int64(st.Mtim.Sec), nsec: int64(st.Mtim.Nsec),
	}
}

const (
	atSecure = 23         // AT_SECURE of getauxval(3)
	getAuxv  = 0x41555856 // PR_GET_AUXV of prctl(2), since Linux 6.4
)

// kernelSaysElevated reads the flag that makes the C library ignore LD_PRELOAD.
// It covers file capabilities, which the user numbers do not show.
func kernelSaysElevated() bool {
	var buf [1024]byte
	n, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, getAuxv, uintptr(unsafe.Pointer(&buf)), uintptr(len(buf)), 0, 0, 0)
	if errno == 0 && int(n) <= len(buf) {
		return secureFlag(buf[:n])
	}
	fd, err := openFile("/proc/self/auxv", syscall.O_RDONLY)
	if err != nil {
		// The file is root's when the process has capabilities, and also when
		// the program may be started but not read; or there is no /proc.
		return hasCapabilities() && syscall.Getuid() != 0
	}
	defer closeFile(fd)
	count, _ := readAt(fd, buf[:])
	return secureFlag(buf[:count])
}

func secureFlag(auxv []byte) bool {
	const word = bits.UintSize / 8
	for ; len(auxv) >= 2*word; auxv = auxv[2*word:] {
		if native(auxv) == atSecure {
			return native(auxv[word:]) != 0
		}
	}
	return false
}

// hasCapabilities tells whether the process may use any capability. See capget(2).
func hasCapabilities() bool {
	header := struct{ version, pid uint32 }{0x20080522, 0}
	var data [2]struct{ effective, permitted, inheritable uint32 }
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data)), 0)
	return errno == 0 && data[0].permitted|data[1].permitted != 0
}

func native(b []byte) uint64 {
	if bits.UintSize == 32 {
		return uint64(binary.NativeEndian.Uint32(b))
	}
	return binary.NativeEndian.Uint64(b)
}

// bootID names the running boot of the machine. Zero if it cannot be told.
func bootID() (id [16]byte) {
	fd, err := openFile("/proc/sys/kernel/random/boot_id", syscall.O_RDONLY)
	if err != nil {
		return id
	}
	defer closeFile(fd)
	var text [36]byte
	n, _ := readAt(fd, text[:])
	return parseBootID(text[:n])
}
