package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/buildcache"
	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/unpack"
)

const helpCache = `Usage: llgo py cache <command> [-builds | -programs]

Builds keep what takes long, by content: CPython distributions, tools, environments,
analyses, byte code, linked libraries, compressed contents. Programs of one file unpack
their Python at their first start, and share what is equal. Both is in $LLGO_PY_CACHE,
else $XDG_CACHE_HOME/llgo-py, else ~/.cache/llgo-py.

Commands:
    ls                       what is there, with size, files and last use
    verify                   compare files with their SHA-256
    trim [-unused 720h]      remove what was not used for that long, and what killed
                             builds left
    clear                    remove everything that no running program uses

-builds and -programs choose one of the two. Everything can be made again, CPython,
tools and environments only with a network. trim and clear wait for builds that are
running. Builds and programs look after the cache themselves: they make anew what was
damaged and trim, once a day, programs what was not used for 30 days, builds results of
steps after five. LLGO_PY_VERBOSE=1 makes programs say what they do.
`

// cacheCommand runs `llgo py cache`.
func cacheCommand(ctx context.Context, args []string) int {
	u := newUI(false, false)
	if len(args) == 0 {
		return report(u, usagef("llgo py help cache", "llgo py cache: ls, verify, trim or clear?"))
	}
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	unused := fs.Duration("unused", 30*24*time.Hour, "")
	builds, programs := fs.Bool("builds", false, ""), fs.Bool("programs", false, "")
	if err := fs.Parse(args[1:]); err != nil || fs.NArg() > 0 || *builds && *programs {
		return report(u, usagef("llgo py help cache", "llgo py cache %s: unexpected argument", args[0]))
	}
	c := caches{ui: u, builds: !*programs, programs: !*builds}
	var err error
	switch args[0] {
	case "ls":
		err = c.list()
	case "verify":
		err = c.verify(ctx)
	case "trim":
		err = c.remove(
			func(root string) (buildcache.Removed, error) { return buildcache.Trim(ctx, root, *unused) },
			func(dir string) (unpack.Report, error) { return unpack.Trim(dir, *unused) })
	case "clear":
		err = c.remove(
			func(root string) (buildcache.Removed, error) { return buildcache.Clear(ctx, root) },
			unpack.Clear)
	default:
		err = usagef("llgo py help cache", "llgo py cache %s: unknown command", args[0])
	}
	return report(u, err)
}

// caches is what a command is about.
type caches struct {
	ui               *ui
	builds, programs bool
}

func (c caches) list() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	if c.builds {
		root, err := cachedir.Root()
		if err != nil {
			return err
		}
		entries, err := buildcache.List(root)
		if err != nil {
			return err
		}
		for _, e := range entries {
			fmt.Fprintf(w, "%s\t%s\t%d files\t%s\t\t%s\n", e.Kind.What, megabytes(e.Size), e.Files, e.Used.Format(time.DateOnly), e.Of)
		}
	}
	if !c.programs {
		return nil
	}
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
			fmt.Fprintf(w, "program %.12s\t%s\t%d files\t%s\t%s\t%s\n", t.ID, megabytes(t.Size), t.Files, t.Used.Format(time.DateOnly), running, t.Program)
		}
	}
	return nil
}

func (c caches) verify(ctx context.Context) error {
	if c.builds {
		root, err := cachedir.Root()
		if err != nil {
			return err
		}
		problems, err := buildcache.Verify(ctx, root)
		if err != nil {
			return err
		}
		for _, p := range problems {
			fmt.Println(p)
		}
		if len(problems) > 0 {
			return hintError{fmt.Errorf("%d files of builds are not as they were made", len(problems)), "llgo py cache clear -builds"}
		}
	}
	if !c.programs {
		return nil
	}
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
		return hintError{fmt.Errorf("%d files are not as they were unpacked", bad), "LLGO_PY_VERIFY=1 <program>   # repairs them, or: llgo py cache clear -programs"}
	}
	return nil
}

func (c caches) remove(ofBuilds func(root string) (buildcache.Removed, error), ofPrograms func(dir string) (unpack.Report, error)) error {
	if c.builds {
		root, err := cachedir.Root()
		if err != nil {
			return err
		}
		r, err := ofBuilds(root)
		if err != nil {
			return err
		}
		c.ui.Note(fmt.Sprintf("%s: %d entries of builds removed, %s freed", root, r.Entries, megabytes(r.Bytes)))
	}
	if !c.programs {
		return nil
	}
	for _, dir := range unpack.Caches() {
		r, err := ofPrograms(dir)
		if err != nil {
			return err
		}
		c.ui.Note(fmt.Sprintf("%s: %d programs removed, %s freed, %d are running and stay", dir, len(r.Removed), megabytes(r.Bytes), len(r.InUse)))
	}
	return nil
}
