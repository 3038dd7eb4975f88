//go:build linux || darwin

package objects

import (
	"io/fs"
	"syscall"
)

// owner is whose a file is, and how many names it has.
func owner(info fs.FileInfo) (uid uint32, links uint64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ^uint32(0), 0
	}
	return st.Uid, uint64(st.Nlink)
}
