package unpack

import "syscall"

// identity is what one stat says of a file.
type identity struct {
	mode, uid, gid uint32 // mode as in struct stat: type and permissions
	nlink          uint64
	size           int64
	sec, nsec      int64 // time of the last change of the content
}

func (id identity) isDir() bool  { return id.mode&syscall.S_IFMT == syscall.S_IFDIR }
func (id identity) isLink() bool { return id.mode&syscall.S_IFMT == syscall.S_IFLNK }
func (id identity) isFile() bool { return id.mode&syscall.S_IFMT == syscall.S_IFREG }
func (id identity) sticky() bool { return id.mode&syscall.S_ISVTX != 0 }
