package bootstrap

// struct sigaction of glibc and musl on 64-bit Linux: handler, 128 bytes of mask,
// flags.
const (
	flagsOffset = 136
	onStack     = 0x08000000 // SA_ONSTACK
)
