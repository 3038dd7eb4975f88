package unpack

import "syscall"

func identify(st *syscall.Stat_t) identity {
	return identity{
		mode: uint32(st.Mode), uid: st.Uid, gid: st.Gid, nlink: uint64(st.Nlink), size: st.Size,
		sec: st.Mtimespec.Sec, nsec: st.Mtimespec.Nsec,
	}
}

// kernelSaysElevated has nothing to add: there are no file capabilities.
func kernelSaysElevated() bool { return false }

// bootID names the running boot of the machine. Zero if it cannot be told.
func bootID() [16]byte {
	text, err := syscall.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return [16]byte{}
	}
	return parseBootID([]byte(text))
}
