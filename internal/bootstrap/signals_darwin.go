package bootstrap

// struct sigaction of macOS: handler, 4 bytes of mask, flags.
const (
	flagsOffset = 12
	onStack     = 0x0001 // SA_ONSTACK
)
