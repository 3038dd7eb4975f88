// Scenarios is the program of scenario_test.go: each argument is a way in which a
// program can end, be interrupted, fail or look at its surroundings.
package main

import (
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/bind"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
)

// What the translator would make of a binding package.
var (
	pyPrint   = bind.Attr{Module: "builtins", Name: "print", Func: "std.Print"}
	pyInt     = bind.Attr{Module: "builtins", Name: "int", Func: "std.Int"}
	pySleep   = bind.Attr{Module: "__main__", Name: "sleep", Func: "main.Sleep"}
	pyExit    = bind.Attr{Module: "sys", Name: "exit", Func: "sys.Exit"}
	pyMissing = bind.Attr{Module: "no_such_module", Name: "f", Func: "missing.F"}
	pyNothing = bind.Attr{Module: "os", Name: "path.nothing", Func: "path.Nothing"}
)

func Print(list ...any) { pyPrint.ExecVar(list) }

// fail raises ValueError: int("x").
func fail() *py.Object { return pyInt.CallVar([]any{"x"}) }

// defineSleep makes main.Sleep, which says that it is about to sleep when Python is
// entered already.
const defineSleep = "import time\ndef sleep(seconds):\n print('ready')\n time.sleep(seconds)"

func run(code string) c.Int { return py.RunSimpleString(c.Str(code)) }

var scenarios = map[string]func(){
	"order": func() {
		Print("python 1")
		fmt.Println("go 2")
		c.Printf(c.Str("c %d\n"), 3)
		Print("python 4")
		c.Fputs(c.Str("c 5\n"), c.Stdout)
		os.Stdout.WriteString("go 6\n")
	},
	"code": func() {
		status := run(os.Args[2])
		fmt.Println("status", status)
	},
	"ignored": func() { fail(); fmt.Println("after") },
	"next call": func() {
		fail()
		fmt.Println("after")
		Print("not reached")
	},
	"printed": func() {
		fail()
		py.ErrPrint()
		Print("still here")
	},
	"cleared": func() {
		x := py.Float(1)
		fail()
		x.DecRef()
		py.ErrClear()
		Print("still here")
	},
	"other goroutine": func() {
		done := make(chan bool)
		go func() { fail(); close(done) }()
		<-done
		Print("main is fine")
	},
	"exit 3":       func() { pyExit.CallVar([]any{3}) },
	"exit none":    func() { pyExit.CallVar(nil) },
	"exit message": func() { pyExit.CallVar([]any{"bye"}) },
	"printed exit": func() {
		pyExit.CallVar([]any{6})
		py.ErrPrint()
		Print("not reached")
	},
	"os.Exit": func() {
		run("import atexit; atexit.register(print, 'atexit'); print('partial', end=' ')")
		os.Exit(4)
	},
	"os.Exit 0": func() {
		run("print('partial', end=' ')")
		fail()
		os.Exit(0)
	},
	"log.Fatal": func() {
		run("print('partial', end=' ')")
		log.Fatal("fatal")
	},
	"c.Exit": func() {
		run("print('partial', end=' ')")
		fp := c.Fopen(c.Str(os.Args[2]), c.Str("w"))
		c.Fputs(c.Str("kept"), fp)
		c.Exit(5)
	},
	"finalize": func() {
		run("import atexit; atexit.register(print, 'atexit')")
		py.Finalize()
		fmt.Println("go")
		Print("python")
	},
	"panic": func() {
		Print("line")
		panic("go panics")
	},
	"thread": func() {
		run("import threading, time\nreturns = threading.Event()\ndef f():\n returns.wait()\n time.sleep(0.2)\n print('thread done')\nthreading.Thread(target=f).start()")
		fmt.Println("main returns")
		run("returns.set()")
	},
	"thread os.Exit": func() {
		run("import threading, time\ndef f():\n time.sleep(60)\n print('thread done')\nthreading.Thread(target=f).start()")
		os.Exit(0)
	},
	"python runs": func() {
		// The thread counts while this goroutine reads, which the thread ends.
		r, w, err := os.Pipe()
		if err != nil {
			log.Fatal(err)
		}
		run(fmt.Sprintf("import os, threading, time\nn = 0\ndef f():\n global n\n while True:\n  n += 1\n  time.sleep(0.001)\n"+
			"  if n == 20: os.write(%d, b'x')\nthreading.Thread(target=f, daemon=True).start()", w.Fd()))
		_, _ = r.Read(make([]byte, 1))
		run("print('python ran', n >= 20)")
	},
	"goroutines": goroutines,
	"sleep": func() {
		run(defineSleep)
		if pySleep.CallVar([]any{600}) == nil {
			fmt.Println("interrupted")
		}
	},
	"sleep caught": func() {
		run(defineSleep)
		pySleep.CallVar([]any{600})
		py.ErrClear()
		fmt.Println("caught")
	},
	"sleep in go": func() {
		run("import atexit; atexit.register(print, 'atexit')")
		fmt.Println("ready")
		time.Sleep(10 * time.Minute)
	},
	"asyncio then go": func() {
		run("import asyncio\nasync def f(): pass\nasyncio.run(f())")
		fmt.Println("ready")
		time.Sleep(10 * time.Minute)
	},
	"program handles": func() {
		ch := make(chan os.Signal, 1)
		signal.Notify(ch, os.Interrupt)
		fmt.Println("ready")
		<-ch
		fmt.Println("handled in go")
	},
	"busy gil": func() {
		run("import ctypes\nsleep = ctypes.PyDLL(None).sleep") // PyDLL keeps the GIL
		go run("sleep(20); print('too late')")
		time.Sleep(200 * time.Millisecond)
		os.Exit(7)
	},
	"missing":   func() { pyMissing.Call() },
	"attribute": func() { pyNothing.Call() },
	"function":  func() { Print(py.List(Abs, 1)) },
	"not a function": func() {
		py.List(goroutines)
	},
	"callback": func() {
		fn := c.Func(func(x int64) int64 {
			Print("python called go with", x)
			return x + 1
		})
		run(fmt.Sprintf("import ctypes\nf = ctypes.PYFUNCTYPE(ctypes.c_long, ctypes.c_long)(%d)\nprint(f(41))", uintptr(fn)))
		run(fmt.Sprintf("f = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(%d)\nprint(f(1))", uintptr(fn)))
	},
	"nil": func() {
		var o *py.Object
		fmt.Println(o.Str() == nil, o.ListLen())
	},
	"recursion": func() {
		done := make(chan bool)
		go func() {
			defer close(done)
			run("def f(): f()\ntry:\n f()\nexcept RecursionError: print('caught')")
		}()
		<-done
	},
	"file": func() {
		fp := c.Fopen(c.Str(os.Args[2]), c.Str("r"))
		fmt.Println("status", py.RunSimpleFile(fp, c.Str(os.Args[2])))
		c.Fclose(fp)
	},
}

var pyAbs = bind.Attr{Module: "builtins", Name: "abs", Func: "main.Abs"}

// Abs is a binding function, used as a value.
func Abs(x *py.Object) *py.Object { return pyAbs.Call(x) }

func init() {
	bind.Register("main", func(name string) *bind.Attr {
		if name == "Abs" {
			return &pyAbs
		}
		return nil
	})
}

// goroutines calls Python from 32 goroutines at once; every third call fails, and
// each goroutine must find its own exception and no other.
func goroutines() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	total, failed := int64(0), 0
	for g := 0; g < 32; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			sum, bad := int64(0), 0
			for i := 0; i < 600; i++ {
				if i%3 == 0 {
					if fail() != nil {
						panic("no exception")
					}
					py.ErrClear()
					bad++
					continue
				}
				o := pyInt.CallVar([]any{fmt.Sprint(g)})
				sum += o.Long()
				o.DecRef()
			}
			mu.Lock()
			defer mu.Unlock()
			total += sum
			failed += bad
		}(g)
	}
	wg.Wait()
	fmt.Println(total, failed)
}

func main() {
	f := scenarios[os.Args[1]]
	if f == nil {
		log.Fatalf("no scenario %q", os.Args[1])
	}
	f()
}
