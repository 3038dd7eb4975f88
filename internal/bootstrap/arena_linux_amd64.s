#include "textflag.h"

DATA ·arenaABI0+0(SB)/8, $newArena<>(SB)
DATA ·arenaABI0+8(SB)/8, $freeArena<>(SB)
GLOBL ·arenaABI0(SB), NOPTR|RODATA, $16

// void *newArena(void *ctx, size_t size), in the C calling convention: DI, SI.
TEXT newArena<>(SB), NOSPLIT|NOFRAME, $0
	XORL    DI, DI
	MOVL    $3, DX               // PROT_READ|PROT_WRITE
	MOVL    $0x8022, R10         // MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE
	MOVQ    $-1, R8
	XORL    R9, R9
	MOVL    $9, AX               // mmap
	SYSCALL
	CMPQ    AX, $0xfffffffffffff001
	JCS     mapped
	XORL    AX, AX

mapped:
	RET

// void freeArena(void *ctx, void *p, size_t size): DI, SI, DX.
TEXT freeArena<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ    SI, DI
	MOVQ    DX, SI
	MOVL    $11, AX              // munmap
	SYSCALL
	RET
