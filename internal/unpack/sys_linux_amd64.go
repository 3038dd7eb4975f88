package unpack

import "syscall"

const (
	sysFstatat = syscall.SYS_NEWFSTATAT
	sysSyncfs  = 306 // not in package syscall, which is frozen
)
