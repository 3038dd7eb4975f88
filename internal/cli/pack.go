package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
)

const helpPack = `Usage: llgo py pack --onedir|--onefile [-o path] [flags] BINARY

Packages an executable that is built already and linked with libpython: by llgo,
with cgo, by any other compiler. Its libpython is replaced by one beside it, and
however it starts Python, it gets an isolated one with its own modules. BINARY
itself is not changed. Linux only; a C compiler (cc, gcc, clang or $CC) is needed.

Which modules the program imports cannot be seen in an executable: name them.

Flags:
    --onedir                make a directory; without -o it is dist/<name>/
    --onefile               make one file
    -o <path>               the program's path, as for llgo build
    --py-hidden-import <module>, --py-path <dir>, --py-python <path>, …
                            all that llgo build has for the Python side, and
                            [tool.llgo-py] of the pyproject.toml in this directory
    --py-report <file>, -size, -json, -v
                            as for llgo build

Without --py-python it is the interpreter whose libpython the executable finds on
this machine, else a managed CPython of the version that it is linked with.

Examples:
    llgo py pack --onedir --py-hidden-import numpy ./solver
    llgo py pack --onefile -o out/solver --py-hidden-import json /usr/local/bin/solver
`

// packCommand runs `llgo py pack`.
func packCommand(ctx context.Context, args []string) int {
	// Its own two flags are those of llgo build, which says what they are about.
	own := make([]string, len(args))
	for i, arg := range args {
		own[i] = arg
		switch arg {
		case "-onedir", "--onedir", "-onefile", "--onefile":
			own[i] = "--py-" + strings.TrimLeft(arg, "-")
		}
	}
	var size sizeFlags
	opts, json, err := parseBuild(own, "llgo py help pack", size.define)
	u := newUI(json, opts.Flags.Verbose)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpPack)
		return exitOK
	}
	if err == nil {
		err = size.check("llgo py help pack")
	}
	if err == nil && len(opts.Patterns) != 1 {
		err = usagef("llgo py help pack", "llgo py pack: name one executable")
	}
	if err != nil {
		return report(u, err)
	}
	return packaged(ctx, u, opts, size, assemble.Pack)
}
