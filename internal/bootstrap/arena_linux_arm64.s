#include "textflag.h"

DATA ·arenaABI0+0(SB)/8, $newArena<>(SB)
DATA ·arenaABI0+8(SB)/8, $freeArena<>(SB)
GLOBL ·arenaABI0(SB), NOPTR|RODATA, $16

// void *newArena(void *ctx, size_t size), in the C calling convention: R0, R1.
TEXT newArena<>(SB), NOSPLIT|NOFRAME, $0
	MOVD ZR, R0
	MOVD $3, R2                  // PROT_READ|PROT_WRITE
	MOVD $0x8022, R3             // MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE
	MOVD $-1, R4
	MOVD ZR, R5
	MOVD $222, R8                // mmap
	SVC
	CMN  $4095, R0
	BCC  mapped
	MOVD ZR, R0

mapped:
	RET

// void freeArena(void *ctx, void *p, size_t size): R0, R1, R2.
TEXT freeArena<>(SB), NOSPLIT|NOFRAME, $0
	MOVD R1, R0
	MOVD R2, R1
	MOVD $215, R8                // munmap
	SVC
	RET
