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
	if a.optimize != 0 {
		optimizeAMD64(s, a)
	}
	s.emit(0x89, 0xDF)               // mov edi, ebx
	s.emit(0x48, 0x89, 0xEE)         // mov rsi, rbp
	s.emit(0x48, 0x83, 0xC4, 0x08)   // add rsp, 8
	s.emit(0x5D)                     // pop rbp
	s.emit(0x5B)                     // pop rbx
	s.ripTo(a.bytesMain, 0xFF, 0x25) // jmp [rip+Py_BytesMain]: a tail call
}

// optimizeAMD64 emits the call with one argument more, before the others, and the
// return; it is jumped over if the first argument is such a one already.
func optimizeAMD64(s *assembler, a addrs) {
	s.emit(0x83, 0xFB, 0x02)              // cmp ebx, 2
	s.emit(0x7C, 0x0B)                    // jl build
	s.emit(0x48, 0x8B, 0x45, 0x08)        // mov rax, [rbp+8]
	s.emit(0x66, 0x81, 0x38, '-', 'O')    // cmp word [rax], "-O"
	s.emit(0x74, 0x4B)                    // je past the return
	s.emit(0x48, 0x89, 0xE2)              // build: mov rdx, rsp
	s.emit(0x8D, 0x43, 0x03)              // lea eax, [rbx+3]: with the argument and NULL,
	s.emit(0x83, 0xE0, 0xFE)              // and eax, -2: an even number of words
	s.emit(0x48, 0xC1, 0xE0, 0x03)        // shl rax, 3
	s.emit(0x48, 0x29, 0xC4)              // sub rsp, rax
	s.emit(0x48, 0x8B, 0x45, 0x00)        // mov rax, [rbp]
	s.emit(0x48, 0x89, 0x04, 0x24)        // mov [rsp], rax
	s.ripTo(a.optimize, 0x48, 0x8D, 0x05) // lea rax, [rip+optimize]
	s.emit(0x48, 0x89, 0x44, 0x24, 0x08)  // mov [rsp+8], rax
	s.emit(0x48, 0x8D, 0x75, 0x08)        // lea rsi, [rbp+8]
	s.emit(0x48, 0x8D, 0x7C, 0x24, 0x10)  // lea rdi, [rsp+16]
	s.emit(0x89, 0xD9)                    // mov ecx, ebx
	s.emit(0xF3, 0x48, 0xA5)              // rep movsq: NULL as well
	s.emit(0x8D, 0x7B, 0x01)              // lea edi, [rbx+1]
	s.emit(0x48, 0x89, 0xE6)              // mov rsi, rsp
	s.emit(0x48, 0x89, 0xD3)              // mov rbx, rdx
	s.ripTo(a.bytesMain, 0xFF, 0x15)      // call [rip+Py_BytesMain]
	s.emit(0x48, 0x89, 0xDC)              // mov rsp, rbx
	s.emit(0x48, 0x83, 0xC4, 0x08)        // add rsp, 8
	s.emit(0x5D)                          // pop rbp
	s.emit(0x5B)                          // pop rbx
	s.emit(0xC3)                          // ret
}
