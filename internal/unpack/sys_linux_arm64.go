package unpack

import "syscall"

const (
	sysFstatat = syscall.SYS_FSTATAT
	sysSyncfs  = 267 // not in package syscall, which is frozen
)
