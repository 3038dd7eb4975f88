//go:build linux || darwin

#include "go_asm.h"
#include "textflag.h"

// func goroutine() uintptr
TEXT ·goroutine(SB), NOSPLIT, $0-8
	MOVD g, R0
	MOVD R0, ret+0(FP)
	RET

DATA ·crossABI0(SB)/8, $cross<>(SB)
GLOBL ·crossABI0(SB), NOPTR|RODATA, $8

// cross(R0 = *crossing): called by runtime.cgocall on the system stack in the C
// calling convention (AAPCS64). R19 and R20 are the callee's to keep; the
// assembler saves the link register and keeps SP a multiple of 16.
TEXT cross<>(SB), NOSPLIT, $16
	MOVD R19, 8(RSP)
	MOVD R20, 16(RSP)
	MOVD R0, R19
	MOVD crossing_flags(R19), R9
	TBZ  $0, R9, steps           // bit 0 is takeGIL

	// A thread's first call leaves its Python state behind, so that the next
	// PyGILState_Ensure finds it instead of building one.
	MOVD ·api+gilAPI_thisThread(SB), R9
	BL   (R9)
	CBNZ R0, known
	MOVD ·api+gilAPI_ensure(SB), R9
	BL   (R9)
	MOVD ·api+gilAPI_save(SB), R9
	BL   (R9)

known:
	MOVD ·api+gilAPI_ensure(SB), R9
	BL   (R9)
	MOVWU R0, R0
	MOVD R0, crossing_gil(R19)
	MOVD $·api+gilAPI_waiting(SB), R9

less:
	LDAXRW (R9), R10
	SUB    $1, R10
	STLXRW R10, (R9), R11
	CBNZ   R11, less

steps:
	MOVD crossing_steps(R19), R20

next:
	MOVD  crossing_n(R19), R9
	CBZ   R9, finish
	FMOVD step_x(R20), F0
	MOVD  (step_args+0)(R20), R0
	MOVD  (step_args+8)(R20), R1
	MOVD  (step_args+16)(R20), R2
	MOVD  (step_args+24)(R20), R3
	MOVD  (step_args+32)(R20), R4
	MOVD  (step_args+40)(R20), R5
	MOVD  step_fn(R20), R9
	BL    (R9)
	MOVD  R0, step_ret(R20)
	FMOVD F0, step_x(R20)
	ADD   $step__size, R20
	MOVD  crossing_n(R19), R9
	SUB   $1, R9
	MOVD  R9, crossing_n(R19)
	B     next

finish:
	MOVD crossing_flags(R19), R9
	TBZ  $1, R9, out                    // bit 1 is dropGIL
	ADD  $(crossing_exc+0), R19, R0
	ADD  $(crossing_exc+8), R19, R1
	ADD  $(crossing_exc+16), R19, R2
	MOVD ·api+gilAPI_fetch(SB), R9
	BL   (R9)
	MOVD ·api+gilAPI_fetchOne(SB), R9
	CBZ  R9, drop
	MOVD R0, (crossing_exc+0)(R19)

drop:
	MOVD crossing_gil(R19), R0
	MOVD ·api+gilAPI_release(SB), R9
	BL   (R9)

out:
	MOVD 8(RSP), R19
	MOVD 16(RSP), R20
	MOVD $0, R0
	RET
