package c

import (
	"os"
	"time"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/exithook"
)

// Argc and Argv are main's arguments in C.
var (
	Argc = Int(len(os.Args))
	Argv = AllocaCStrs(os.Args, true)
)

// Exit ends the program as os.Exit does, exit hooks included.
func Exit(code Int) { exithook.ExitProgram(int(code)) }

var rand = function{name: "rand"}

// Rand returns the C library's next pseudo-random number.
func Rand() Int { return Int(rand.call()) }

// Usleep sleeps for that many microseconds and returns 0.
func Usleep(useconds Uint) Int {
	time.Sleep(time.Duration(useconds) * time.Microsecond)
	return 0
}

// The variables of getopt. In C they belong to the library; here they are copied
// there before each call and back after it.
var (
	Optarg *Char
	Optind Int = 1
	Opterr Int = 1
	Optopt Int = '?'
)

var (
	getopt         = function{name: "getopt"}
	getoptLong     = function{name: "getopt_long"}
	getoptLongOnly = function{name: "getopt_long_only"}
	optarg         = function{name: "optarg"}
	optind         = function{name: "optind"}
	opterr         = function{name: "opterr"}
	optopt         = function{name: "optopt"}
)

// Getopt returns the next option character, '?' or ':' for an error, -1 at the end.
func Getopt(argc Int, argv **Char, optstring *Char) Int {
	return withOptions(getopt.address(), uintptr(argc), uintptr(unsafe.Pointer(argv)),
		uintptr(unsafe.Pointer(optstring)))
}

// GetoptLong is Getopt with long options, "--name".
func GetoptLong(argc Int, argv **Char, optstring *Char, longopts *Option, longindex *Int) Int {
	return withOptions(getoptLong.address(), uintptr(argc), uintptr(unsafe.Pointer(argv)),
		uintptr(unsafe.Pointer(optstring)), uintptr(unsafe.Pointer(longopts)), uintptr(unsafe.Pointer(longindex)))
}

// GetoptLongOnly is GetoptLong that takes "-name" for a long option as well.
func GetoptLongOnly(argc Int, argv **Char, optstring *Char, longopts *Option, longindex *Int) Int {
	return withOptions(getoptLongOnly.address(), uintptr(argc), uintptr(unsafe.Pointer(argv)),
		uintptr(unsafe.Pointer(optstring)), uintptr(unsafe.Pointer(longopts)), uintptr(unsafe.Pointer(longindex)))
}

//go:uintptrescapes
func withOptions(fn uintptr, args ...uintptr) Int {
	ind, err := (*Int)(pointer(optind.address())), (*Int)(pointer(opterr.address()))
	*ind, *err = Optind, Opterr
	f := function{addr: fn}
	r := Int(f.call(args...))
	Optarg = *(**Char)(pointer(optarg.address()))
	Optind, Opterr, Optopt = *ind, *err, *(*Int)(pointer(optopt.address()))
	return r
}
