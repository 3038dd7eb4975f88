package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/install"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

const helpStore = `Usage: llgo py store <command>

The store has programs, libraries and Python distributions, each file once by its
content, and says of each what is known: where it is from, its licence, the libraries
that it needs and which entries have them. Nothing in it is run where it lies or
written to: environments (llgo py env) and installations (llgo py install) are links to
it. It is $LLGO_PY_DATA/store, else $XDG_DATA_HOME/llgo-py/store, else
~/.local/share/llgo-py/store; the file README there says how to do each step by hand.

Commands:
    add [-name <name>] [-version <version>] [-licence <licence>] <path>...
                               programs, libraries, prefixes (a directory with bin/ or
                               lib/), packages of Debian's, wheels, a CPython, onedir
                               programs; "python@3.14" and "numpy==2.1" are fetched
    ls [-json] [<entry>]       what is there
    info [-json] <entry>       everything that is known of an entry
    verify                     compare everything with its SHA-256
    gc [-n]                    remove what nobody needs: it was neither added by name
                               nor is it in an environment or installation, or needed
                               by something that is
    remove <entry>...          take back what was added; -n only says what would go
    export [-o <file>] <entry>...
                               entries, and those they need, as one tar archive
    import <file>...           the entries of such archives; "-" is the standard input
    which [-json] <file>...    which entries a file is from, by its content: wherever it
                               was installed, linked or copied to
    push oci://HOST/REPO <entry>...
                               send entries, and those they need, to a registry of
                               containers: what it has already is not sent again
    pull oci://HOST/REPO <entry>...
                               get entries from there: what is here already is compared,
                               and repaired if it is damaged, and not received again
    sync [-n] oci://HOST/REPO [<entry>...]
                               push what is missing there, pull what is missing here; of
                               all entries, or of those named; -n only says which

An entry is called name,version,hash; what of that is clear is enough: "numpy",
"numpy,2", ",,9f3a". -json prints one JSON object per line.

ELF files get the search path $ORIGIN:$ORIGIN/<file name>_deps:$ORIGIN/common_libs when
they come into the store (Mach-O the same with @loader_path), so they find each other
wherever they are copied to together. Native programs get their version into their
name: bin/foo-1.2, with bin/foo a link to it.

Registries are asked with the credentials of docker login or podman login, by https;
by http if they are on this machine, or with -plain-http. A push or pull that was
interrupted goes on where it was.

An archive is a tar file of the store's own layout: tar unpacks it into another store.
Importing an entry that is there already repairs it.

Examples:
    llgo py store add ./foo ./libfoo.so.1.2.3
    llgo py store add -version 1.6 /usr/bin/jq && llgo py store info jq
    llgo py store export jq | ssh host llgo py store import -
    llgo py store push oci://registry.example.org/team/store jq numpy,2
`

func storeTable() []command {
	return []command{
		{name: "add", run: storeRun(storeAdd)},
		{name: "ls", run: storeRun(storeList)},
		{name: "info", run: storeRun(storeInfo)},
		{name: "verify", run: storeRun(storeVerify)},
		{name: "gc", run: storeRun(storeGC)},
		{name: "remove", run: storeRun(storeRemove)},
		{name: "export", run: storeRun(storeExport)},
		{name: "import", run: storeRun(storeImport)},
		{name: "which", run: storeRun(storeWhich)},
		{name: "push", run: storeRun(storePush)},
		{name: "pull", run: storeRun(storePull)},
		{name: "sync", run: storeRun(storeSync)},
	}
}

// storeRoot is the root of what people add by name.
const storeRoot = "added"

// storeCommand is one use of `llgo py store`.
type storeCommand struct {
	ctx   context.Context
	ui    *ui
	store *store.Store
	args  []string // after the flags

	helper *helper.Helper
	what   source.Options
	output string
	dry    bool
	plain  bool // -plain-http
}

// storeRun reads the flags, opens the store, and reports.
func storeRun(run func(*storeCommand) error) func(ctx context.Context, args []string) int {
	return func(ctx context.Context, args []string) int {
		c := &storeCommand{ctx: ctx}
		fs := flag.NewFlagSet("store", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		json := fs.Bool("json", false, "")
		verbose := fs.Bool("v", false, "")
		fs.BoolVar(&c.dry, "n", false, "")
		fs.BoolVar(&c.plain, "plain-http", false, "")
		fs.StringVar(&c.output, "o", "", "")
		fs.StringVar(&c.what.Name, "name", "", "")
		fs.StringVar(&c.what.Version, "version", "", "")
		fs.StringVar(&c.what.Licence, "licence", "", "")
		err := fs.Parse(args)
		c.ui, c.args = newUI(*json, *verbose), fs.Args()
		if err != nil {
			return report(c.ui, usagef("llgo py help store", "llgo py store: %v", err))
		}
		if err = c.open(); err == nil {
			err = errors.Join(run(c), c.store.Close())
		}
		return report(c.ui, err)
	}
}

func (c *storeCommand) open() error {
	dir, err := store.Dir()
	if err != nil {
		return err
	}
	if c.helper, err = helper.Open(c.ctx, c.ui); err != nil {
		return err
	}
	c.store, err = store.Open(dir, store.WithRelocator(c.helper))
	return err
}

// want checks the number of arguments; most < 0 is any.
func (c *storeCommand) want(what string, least, most int) error {
	if len(c.args) < least || most >= 0 && len(c.args) > most {
		return usagef("llgo py help store", "llgo py store %s", what)
	}
	return nil
}

func storeAdd(c *storeCommand) error {
	if err := c.want("add <path>...", 1, -1); err != nil {
		return err
	}
	if len(c.args) > 1 && (c.what.Name != "" || c.what.Version != "") {
		return usagef("llgo py help store", "-name and -version are of one thing, and %d are to be added", len(c.args))
	}
	for _, path := range c.args {
		if err := c.add(path); err != nil {
			return err
		}
	}
	return nil
}

// add adds what one path has.
func (c *storeCommand) add(path string) (err error) {
	c.what.Reporter, c.what.Helper = c.ui, c.helper
	src, err := source.Open(path, c.what)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	drafts, err := src.Drafts(c.ctx)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		e, err := c.store.Add(c.ctx, d)
		if err != nil {
			return err
		}
		if err := errors.Join(c.store.AddToRoot(storeRoot, e.ID()), c.supersede(e), c.added(e)); err != nil {
			return err
		}
	}
	return nil
}

// supersede removes what people added before and that differs from an entry only in
// what it was resolved against, if nobody else needs it: now the store has more.
func (c *storeCommand) supersede(e *store.Entry) error {
	roots, err := c.store.Roots()
	if err != nil {
		return err
	}
	for _, id := range roots[storeRoot] {
		if id == e.ID() || !strings.HasPrefix(id, e.Name+","+e.Version+",") {
			continue
		}
		old, err := c.store.Find(id)
		if err != nil || !old.HasFilesOf(e) {
			continue
		}
		var used *store.InUseError
		if err := c.store.Remove(c.ctx, id, storeRoot); err != nil && !errors.As(err, &used) {
			return err
		}
	}
	return nil
}

// added tells of an entry, and of what it needs and nobody has.
func (c *storeCommand) added(e *store.Entry) error {
	if !c.ui.event(map[string]any{"type": "added", "entry": e.ID(), "kind": e.Kind, "size": e.Size}) {
		c.ui.line("%s is in the store: %s, %s", e.ID(), e.Kind, megabytes(e.Size))
	}
	missing, err := e.Unresolved()
	for _, name := range missing {
		c.ui.Warn(fmt.Sprintf("%s needs %s, which the store does not have: add that, and then this again", e.ID(), name))
	}
	return err
}

func storeVerify(c *storeCommand) error {
	if err := c.want("verify", 0, 0); err != nil {
		return err
	}
	problems, err := c.store.Verify(c.ctx)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if !c.ui.event(map[string]any{"type": "problem", "path": p.Path, "reason": p.Reason, "users": p.Users}) {
			fmt.Println(p)
		}
	}
	if len(problems) > 0 {
		return hintError{fmt.Errorf("%d things in the store are not as they came there", len(problems)), "llgo py store import <archive>   # or add or pull it again: that repairs an entry"}
	}
	return nil
}

func storeGC(c *storeCommand) error {
	if err := c.want("gc [-n]", 0, 0); err != nil {
		return err
	}
	gone, err := install.Gone(c.store)
	if err != nil {
		return err
	}
	for _, g := range gone {
		c.ui.Note(fmt.Sprintf("what was installed in %s is no more there, and keeps nothing", g.Where))
		if c.dry {
			continue
		}
		if err := c.store.Unroot(g.Root); err != nil {
			return err
		}
	}
	removed, err := c.store.GC(c.ctx, c.dry)
	for _, id := range removed.Entries {
		c.removed(id)
	}
	if err == nil && !c.dry {
		c.ui.Note(fmt.Sprintf("%d entries removed, %s freed", len(removed.Entries), megabytes(removed.Bytes)))
	}
	return err
}

func (c *storeCommand) removed(id string) {
	if !c.ui.event(map[string]any{"type": "removed", "entry": id, "dry": c.dry}) {
		fmt.Println(id)
	}
}

func storeRemove(c *storeCommand) error {
	if err := c.want("remove <entry>...", 1, -1); err != nil {
		return err
	}
	for _, pattern := range c.args {
		id, err := c.store.FindID(pattern)
		if err != nil {
			return err
		}
		if !c.dry {
			err = c.store.Remove(c.ctx, id, storeRoot)
		}
		var used *store.InUseError
		if errors.As(err, &used) {
			return hintError{err, "llgo py store info " + id + "   # says what these are"}
		}
		if err != nil {
			return err
		}
		c.removed(id)
	}
	return nil
}
