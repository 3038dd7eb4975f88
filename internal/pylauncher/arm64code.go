package pylauncher

// The arm64 code. Everything it refers to is within a megabyte of it, so that
// ADR and the literal form of LDR reach it in one instruction.

const (
	x0  = 0
	x16 = 16 // free between calls
)

// adr emits "adr x<reg>, addr".
func (s *assembler) adr(reg uint32, addr uint64) {
	d := uint32(addr - s.here())
	s.words(0x10000000 | d&3<<29 | d>>2&0x7FFFF<<5 | reg)
}

// ldr emits "ldr x<reg>, addr": the eight bytes at an address that is a multiple
// of four.
func (s *assembler) ldr(reg uint32, addr uint64) {
	d := uint32(addr - s.here())
	s.words(0x58000000 | d>>2&0x7FFFF<<5 | reg)
}

// call emits a call of the function whose address is in the word at addr.
func (s *assembler) call(addr uint64) {
	s.ldr(x16, addr)
	s.words(0xD63F0200) // blr x16
}

// startARM64 emits _start. At entry sp points to argc, argv follows it, and x0 is
// a function the loader wants called at exit. sp is a multiple of 16.
func startARM64(s *assembler, a addrs, main uint64) {
	s.words(
		0xD280001D, // mov x29, #0: the outermost frame
		0xD280001E, // mov x30, #0
		0xAA0003E5, // mov x5, x0: rtld_fini
		0xF94003E1, // ldr x1, [sp]: argc
		0x910023E2, // add x2, sp, #8: argv
		0x910003E6, // mov x6, sp: stack_end
		0xD2800003, // mov x3, #0: init
		0xD2800004, // mov x4, #0: fini
	)
	s.adr(x0, main)
	s.call(a.startMain)
	s.words(0xD4200000) // brk #0: it does not return
}

// mainARM64 emits main(w0 argc, x1 argv).
func mainARM64(s *assembler, a addrs) {
	s.words(
		0xA9BE7BFD, // stp x29, x30, [sp, #-32]!
		0x910003FD, // mov x29, sp
		0xA90153F3, // stp x19, x20, [sp, #16]
		0x2A0003F3, // mov w19, w0
		0xAA0103F4, // mov x20, x1
	)
	for _, name := range a.names {
		s.adr(x0, name)
		s.call(a.unsetenv)
	}
	s.words(
		0x2A1303E0, // mov w0, w19
		0xAA1403E1, // mov x1, x20
		0xA94153F3, // ldp x19, x20, [sp, #16]
		0xA8C27BFD, // ldp x29, x30, [sp], #32
	)
	s.ldr(x16, a.bytesMain)
	s.words(0xD61F0200) // br x16: a tail call
}
