package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/exceptions.html

// ErrClear clears this goroutine's exception, if it has one.
func ErrClear() { bootstrap.ErrClear() }

// ErrPrint prints this goroutine's exception with its traceback to sys.stderr and
// clears it. As in C, SystemExit is not printed: it ends the program with its code.
func ErrPrint() { bootstrap.ErrPrint() }
