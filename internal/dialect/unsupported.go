package dialect

// Unsupported lists what of github.com/goplus/lib/c does not exist when a program
// is compiled by stock Go, with the reason, for a message that says more than
// "undefined".
var Unsupported = map[string]string{
	"AllocaSigjmpBuf": "setjmp needs a C compiler: it returns twice into the frame of its caller",
	"Sigsetjmp":       "setjmp needs a C compiler: it returns twice into the frame of its caller",
	"Siglongjmp":      "longjmp would jump over frames of the Go runtime; use panic and recover",
	"GoDeferData":     "it is the llgo runtime's own list of deferred calls; use recover",
	"Unreachable":     "it is an instruction of the llgo compiler; use panic",
}
