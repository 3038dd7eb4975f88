package check

import "golang.org/x/sys/unix"

// isNoexec tells whether dir is on a file system of this machine that maps no code.
func isNoexec(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) == nil && st.Flags&unix.ST_NOEXEC != 0
}
