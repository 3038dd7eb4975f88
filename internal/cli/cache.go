package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/unpack"
)

const helpCache = `Usage: llgo py cache <command>

A program of one file unpacks its Python at its first start into a cache of the
user who starts it: $LLGO_PY_CACHE, else $XDG_CACHE_HOME/llgo-py, else
~/.cache/llgo-py. Programs share what is equal there.

Commands:
    ls                       what is there: id, size, files, last start, program
    verify                   compare every file with its SHA-256
    trim [-unused 720h]      remove what no program used for that long
    clear                    remove everything that no running program uses

Programs look after the cache themselves: they repair what was damaged and trim
once a day. LLGO_PY_VERBOSE=1 makes them say what they do.
`

// cacheCommand runs `llgo py cache`: what programs of one file have unpacked on
// this machine.
func cacheCommand(_ context.Context, args []string) int {
	u := newUI(false, false)
	if len(args) == 0 {
		return report(u, usagef("llgo py help cache", "llgo py cache: ls, verify, trim or clear?"))
	}
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	unused := fs.Duration("unused", 30*24*time.Hour, "")
	if err := fs.Parse(args[1:]); err != nil || fs.NArg() > 0 {
		return report(u, usagef("llgo py help cache", "llgo py cache %s: unexpected argument", args[0]))
	}
	var err error
	switch args[0] {
	case "ls":
		err = cacheList()
	case "verify":
		err = cacheVerify()
	case "trim":
		err = cacheRemove(u, func(dir string) (unpack.Report, error) { return unpack.Trim(dir, *unused) })
	case "clear":
		err = cacheRemove(u, unpack.Clear)
	default:
		err = usagef("llgo py help cache", "llgo py cache %s: unknown command", args[0])
	}
	return report(u, err)
}

func cacheList() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, dir := range unpack.Caches() {
		trees, err := unpack.List(dir)
		if err != nil {
			return err
		}
		for _, t := range trees {
			running := ""
			if t.InUse {
				running = "running"
			}
			fmt.Fprintf(w, "%.12s\t%s\t%d files\t%s\t%s\t%s\n", t.ID, megabytes(t.Size), t.Files, t.Used.Format(time.DateOnly), running, t.Program)
		}
	}
	return nil
}

func cacheVerify() error {
	bad := 0
	for _, dir := range unpack.Caches() {
		problems, err := unpack.Verify(dir)
		if err != nil {
			return err
		}
		for _, p := range problems {
			fmt.Println(p)
		}
		bad += len(problems)
	}
	if bad > 0 {
		return hintError{fmt.Errorf("%d files are not as they were unpacked", bad), "LLGO_PY_VERIFY=1 <program>   # repairs them, or: llgo py cache clear"}
	}
	return nil
}

func cacheRemove(u *ui, remove func(dir string) (unpack.Report, error)) error {
	for _, dir := range unpack.Caches() {
		r, err := remove(dir)
		if err != nil {
			return err
		}
		u.Note(fmt.Sprintf("%s: %d programs removed, %s freed, %d are running and stay", dir, len(r.Removed), megabytes(r.Bytes), len(r.InUse)))
	}
	return nil
}
