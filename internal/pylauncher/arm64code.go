package pylauncher

// The arm64 code. Everything it refers to is within a megabyte of it, so that
// ADR and the literal form of LDR reach it in one instruction.

const (
	x0  = 0
	x9  = 9
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
	if a.optimize != 0 {
		optimizeARM64(s, a)
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

// optimizeARM64 emits the call with one argument more, before the others, and the
// return; it is jumped over if the first argument is such a one already.
func optimizeARM64(s *assembler, a addrs) {
	s.words(
		0x71000A7F, // cmp w19, #2
		0x540000CB, // b.lt build
		0xF9400688, // ldr x8, [x20, #8]
		0x79400108, // ldrh w8, [x8]
		0x5289E5A9, // mov w9, #0x4f2d: "-O"
		0x6B09011F, // cmp w8, w9
		0x540002C0, // b.eq past the return
		0x11000E68, // build: add w8, w19, #3: with the argument and NULL,
		0x121F7908, // and w8, w8, #0xfffffffe: an even number of words
		0xCB286FFF, // sub sp, sp, x8, lsl #3
		0xF9400288, // ldr x8, [x20]
	)
	s.adr(x9, a.optimize)
	s.words(
		0xA90027E8, // stp x8, x9, [sp]
		0x910043EA, // add x10, sp, #16
		0x9100228B, // add x11, x20, #8
		0x2A1303EC, // mov w12, w19
		0xF8408569, // next: ldr x9, [x11], #8
		0xF8008549, // str x9, [x10], #8
		0x7100058C, // subs w12, w12, #1
		0x54FFFFA1, // b.ne next: NULL as well
		0x11000660, // add w0, w19, #1
		0x910003E1, // mov x1, sp
	)
	s.call(a.bytesMain) // two instructions
	s.words(
		0x910003BF, // mov sp, x29
		0xA94153F3, // ldp x19, x20, [sp, #16]
		0xA8C27BFD, // ldp x29, x30, [sp], #32
		0xD65F03C0, // ret
	)
}
