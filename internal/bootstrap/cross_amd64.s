//go:build linux || darwin

#include "go_asm.h"
#include "textflag.h"

// func goroutine() uintptr
TEXT ·goroutine(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

DATA ·crossABI0(SB)/8, $cross<>(SB)
GLOBL ·crossABI0(SB), NOPTR|RODATA, $8

// cross(DI = *crossing): called by runtime.cgocall on the system stack in the C
// calling convention (System V AMD64 ABI 3.2). BX, R12 and BP are the callee's to
// keep. The return address and three pushes make four words, so SP is a multiple of
// 16 at every call.
TEXT cross<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BP
	MOVQ  SP, BP
	PUSHQ BX
	PUSHQ R12
	MOVQ  DI, BX
	TESTQ $const_takeGIL, crossing_flags(BX)
	JEQ   steps

	// A thread's first call leaves its Python state behind, so that the next
	// PyGILState_Ensure finds it instead of building one.
	MOVQ  ·api+gilAPI_thisThread(SB), AX
	CALL  AX
	TESTQ AX, AX
	JNE   known
	MOVQ  ·api+gilAPI_ensure(SB), AX
	CALL  AX
	MOVQ  ·api+gilAPI_save(SB), AX
	CALL  AX

known:
	MOVQ ·api+gilAPI_ensure(SB), AX
	CALL AX
	MOVLQZX AX, AX
	MOVQ AX, crossing_gil(BX)
	LOCK
	DECL ·api+gilAPI_waiting(SB)

steps:
	MOVQ crossing_steps(BX), R12

next:
	CMPQ  crossing_n(BX), $0
	JEQ   finish
	MOVSD step_x(R12), X0
	MOVQ  (step_args+0)(R12), DI
	MOVQ  (step_args+8)(R12), SI
	MOVQ  (step_args+16)(R12), DX
	MOVQ  (step_args+24)(R12), CX
	MOVQ  (step_args+32)(R12), R8
	MOVQ  (step_args+40)(R12), R9
	XORL  AX, AX
	MOVQ  step_fn(R12), R10
	CALL  R10
	MOVQ  AX, step_ret(R12)
	MOVSD X0, step_x(R12)
	ADDQ  $step__size, R12
	DECQ  crossing_n(BX)
	JMP   next

finish:
	TESTQ $const_dropGIL, crossing_flags(BX)
	JEQ   out
	LEAQ  (crossing_exc+0)(BX), DI
	LEAQ  (crossing_exc+8)(BX), SI
	LEAQ  (crossing_exc+16)(BX), DX
	MOVQ  ·api+gilAPI_fetch(SB), AX
	CALL  AX
	CMPQ  ·api+gilAPI_fetchOne(SB), $0
	JEQ   drop
	MOVQ  AX, (crossing_exc+0)(BX)

drop:
	MOVQ crossing_gil(BX), DI
	MOVQ ·api+gilAPI_release(SB), AX
	CALL AX

out:
	XORL AX, AX
	POPQ R12
	POPQ BX
	POPQ BP
	RET
