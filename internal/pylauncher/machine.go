package pylauncher

import (
	"debug/elf"
	"encoding/binary"
)

// A machine is what differs between architectures.
type machine struct {
	id     elf.Machine
	interp string // PT_INTERP: the platform's loader
	// base is the version all of the used libc symbols have had since the first
	// glibc of the architecture.
	base string
	// page is the largest page size of the psABI: segments are this far apart.
	page uint64
	// globDat is the relocation that stores a symbol's address in a word.
	globDat uint32
	// start emits _start, whose length does not depend on the addresses; main
	// emits what it hands to __libc_start_main.
	start func(s *assembler, a addrs, main uint64)
	main  func(s *assembler, a addrs)
}

// code returns the instructions, _start first, for a text segment at address text.
func (m *machine) code(text uint64, a addrs) []byte {
	measure := &assembler{at: text}
	m.start(measure, a, text)
	s := &assembler{at: text}
	m.start(s, a, measure.here())
	m.main(s, a)
	return s.buf
}

// addrs are the addresses the code refers to.
type addrs struct {
	startMain, unsetenv, bytesMain uint64   // words that hold the functions' addresses
	names                          []uint64 // C strings for unsetenv
	optimize                       uint64   // C string: the argument to add; 0 for none
}

var amd64 = machine{
	id:      elf.EM_X86_64,
	interp:  "/lib64/ld-linux-x86-64.so.2",
	base:    "GLIBC_2.2.5",
	page:    0x1000,
	globDat: uint32(elf.R_X86_64_GLOB_DAT),
	start:   startAMD64,
	main:    mainAMD64,
}

var arm64 = machine{
	id:      elf.EM_AARCH64,
	interp:  "/lib/ld-linux-aarch64.so.1",
	base:    "GLIBC_2.17",
	page:    0x10000,
	globDat: uint32(elf.R_AARCH64_GLOB_DAT),
	start:   startARM64,
	main:    mainARM64,
}

// An assembler collects instructions at an address.
type assembler struct {
	at  uint64
	buf []byte
}

func (s *assembler) here() uint64       { return s.at + uint64(len(s.buf)) }
func (s *assembler) emit(bytes ...byte) { s.buf = append(s.buf, bytes...) }

// words emits 32-bit words, as arm64 has its instructions and amd64 its
// displacements.
func (s *assembler) words(list ...uint32) {
	for _, w := range list {
		s.buf = binary.LittleEndian.AppendUint32(s.buf, w)
	}
}
