package pylauncher

// The amd64 code. An operand [rip+x] is relative to the end of its instruction,
// and the displacement is always the last four bytes of it.

// ripTo emits the bytes of an instruction and the displacement to addr.
func (s *assembler) ripTo(addr uint64, op ...byte) {
	s.emit(op...)
	s.words(uint32(addr - (s.here() + 4)))
}

// startAMD64 emits _start. At entry rsp points to argc, argv follows it, and rdx
// is a function the loader wants called at exit.
func startAMD64(s *assembler, a addrs, main uint64) {
	s.emit(0x31, 0xED)               // xor ebp, ebp: the outermost frame
	s.emit(0x49, 0x89, 0xD1)         // mov r9, rdx: rtld_fini
	s.emit(0x5E)                     // pop rsi: argc
	s.emit(0x48, 0x89, 0xE2)         // mov rdx, rsp: argv
	s.emit(0x48, 0x83, 0xE4, 0xF0)   // and rsp, -16
	s.emit(0x50)                     // push rax: keeps rsp aligned at the call
	s.emit(0x54)                     // push rsp: stack_end, the seventh argument
	s.emit(0x45, 0x31, 0xC0)         // xor r8d, r8d: fini
	s.emit(0x31, 0xC9)               // xor ecx, ecx: init
	s.ripTo(main, 0x48, 0x8D, 0x3D)  // lea rdi, [rip+main]
	s.ripTo(a.startMain, 0xFF, 0x15) // call [rip+__libc_start_main]
	s.emit(0xF4)                     // hlt: it does not return
}

// mainAMD64 emits main(edi argc, rsi argv).
func mainAMD64(s *assembler, a addrs) {
	s.emit(0x53)                   // push rbx
	s.emit(0x55)                   // push rbp
	s.emit(0x48, 0x83, 0xEC, 0x08) // sub rsp, 8: aligned again
	s.emit(0x89, 0xFB)             // mov ebx, edi
	s.emit(0x48, 0x89, 0xF5)       // mov rbp, rsi
	for _, name := range a.names {
		s.ripTo(name, 0x48, 0x8D, 0x3D) // lea rdi, [rip+name]
		s.ripTo(a.unsetenv, 0xFF, 0x15) // call [rip+unsetenv]
	}
	s.emit(0x89, 0xDF)               // mov edi, ebx
	s.emit(0x48, 0x89, 0xEE)         // mov rsi, rbp
	s.emit(0x48, 0x83, 0xC4, 0x08)   // add rsp, 8
	s.emit(0x5D)                     // pop rbp
	s.emit(0x5B)                     // pop rbx
	s.ripTo(a.bytesMain, 0xFF, 0x25) // jmp [rip+Py_BytesMain]: a tail call
}
