package bootstrap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/exithook"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// config holds the program's Settings, encoded; the front end sets it with the
// linker's -X. It is empty in the tests of this repository, which call Start.
var config string

// unpacked is set in a program of one file, by a file that is added when it is
// built: it unpacks what the program carries, if need be, and returns Python's prefix.
var unpacked func() (prefix string, err error)

// init starts Python before any other package of the program is initialised: the
// packages above import this one, and their variables may be Python objects.
func init() {
	if config == "" {
		return
	}
	runtime.LockOSThread()
	s, err := settings.Decode(config)
	if err == nil && unpacked != nil {
		s.Prefix, err = unpacked()
	}
	if err == nil {
		restore := oneProcessor() // only now: a first start unpacks with all there are
		err = Start(s)
		restore()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %s%v\n", filepath.Base(os.Args[0]), settings.CannotStart, err)
		os.Exit(1)
	}
}

// Start loads and initialises Python. It must run on the process's main thread,
// in an init function that has called runtime.LockOSThread, and only once.
func Start(s Settings) error {
	if running.Load() {
		return errors.New("it is running already")
	}
	l, err := locate(s)
	if err != nil {
		return err
	}
	watchInterrupt(s.HandlesSignals)
	if l.modules != "" {
		if err := mapModules(l.modules); err != nil {
			return err
		}
	}
	if err := open(l.libPython); err != nil {
		return err
	}
	findOrigin(l.self)
	setupAPI()
	freezeModules(s.Minor)
	if err := keepingSignals(func() error { return initialize(l, s.Minor) }); err != nil {
		return err
	}
	mainGoroutine = goroutine()
	if err := dress(l); err != nil {
		return err
	}
	wrapHandlers()
	raw("PyEval_SaveThread") // the GIL is free whenever nobody is in a call
	awaitWatcher()
	running.Store(true)
	exithook.Add(atExit)
	runHooks(l)
	return nil
}

// Running reports whether Python has been started.
func Running() bool { return running.Load() }
