package main

import (
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/std"
)

func run(code string) { py.RunSimpleString(c.Str(code)) }

// eval returns nil when the expression raises.
func eval(expr string) *py.Object {
	code := py.CompileString(c.Str(expr), c.Str("<expr>"), py.EvalInput)
	dict := py.AddModule(c.Str("__main__")).ModuleGetDict()
	return py.EvalCode(code, dict, dict)
}

func main() {
	switch os.Args[1] {
	case "return":
		run("print('partial line', end='')")
	case "exit":
		run("print('partial line', end='')")
		os.Exit(4)
	case "fatal":
		run("print('partial line', end='')")
		log.Fatal("fatal from Go")
	case "unhandled":
		run("print('before')")
		eval("1/0")
	case "handled":
		run("print('before')")
		if eval("1/0") == nil {
			py.ErrPrint()
		}
		run("print('after')")
	case "cleared":
		run("print('before')")
		if eval("1/0") == nil {
			py.ErrClear()
		}
		run("print('after')")
	case "next call":
		run("print('before')")
		eval("1/0")
		run("print('never')")
	case "sys.exit":
		run("print('before')\nimport sys\nsys.exit(3)")
	case "sys.exit text":
		run("print('before')")
		eval("__import__('sys').exit('a reason')")
	case "goroutine":
		run("print('before')")
		var wg sync.WaitGroup
		wg.Add(1)
		go func() { defer wg.Done(); eval("1/0") }()
		wg.Wait()
	case "panic":
		run("print('line')")
		panic("Go panic")
	case "atexit":
		run("import atexit\natexit.register(print, 'atexit')\nprint('main')")
	case "python thread":
		run("import threading, time\nprinted = threading.Event()\ndef work():\n    printed.wait()\n    time.sleep(0.2)\n    print('thread')\nthreading.Thread(target=work).start()\nprint('main')\nprinted.set()")
	case "order":
		for i := 1; i <= 2; i++ {
			std.Print(py.Str(fmt.Sprint("python ", i)))
			fmt.Println("go", i)
		}
	case "import":
		name := "no_such_module"
		py.ImportModule(c.AllocaCStr(name))
	case "interrupt python":
		run("import time\nprint('ready')\ntime.sleep(60)\nprint('never')")
	case "interrupt caught":
		run("import time\ntry:\n    print('ready')\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught')")
	case "interrupt go":
		fmt.Println("ready")
		time.Sleep(time.Minute)
	}
}
