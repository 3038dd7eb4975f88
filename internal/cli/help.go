package cli

// The help texts are written by hand, each with examples.

const helpMain = `llgo builds Go programs that call Python.

Usage:
    llgo build --py-onedir [flags] [package]   package a program with its Python: a directory
    llgo build --py-onefile [flags] [package]  the same as one file (llgo help build)
    llgo py <command>                          tools around packaged programs (llgo py help)
    llgo <anything else>                       is handed to the real llgo, if one is installed

Examples:
    llgo build --py-onedir -o out/app .
    llgo build --py-onedir --py-requirement numpy ./cmd/solver
`

const helpBuild = `Usage: llgo build --py-onedir|--py-onefile [flags] [package]

Builds one Go program and packages it with the Python it needs, as a directory
that runs where there is no Python:

    <dir>/app                         the program
    <dir>/python/bin/python3          an interpreter for its child processes
    <dir>/python/lib/…                libpython, native libraries, modules
    <dir>/python/manifest.json        every file, its origin and sha256

Packaging:
    --py-onedir                 make the directory; without -o it is dist/<name>/
    --py-onefile                make one file that carries the directory and unpacks it,
                                at its first start, into the user's cache
    -o <path>                   the program's path: -o out/app makes out/app and
                                out/python/; an existing directory, or a path that
                                ends in /, keeps the program's own name
    --py-compiler auto|llgo|go  which compiler builds the Go side: auto is llgo where it
                                is installed (0.13 or later), else stock Go; without the
                                two above the result runs on this machine only
    --py-layout mapped|tree|farm
                                mapped (the default): modules are in one file, which the
                                program maps and imports from without a system call;
                                tree: each is a file, for programs that look for them;
                                farm: each directory of sys.path keeps its own, every
                                shared object is there once and reached by links, and
                                the standard library is whole
    --py-sources                the sources of modules travel in that file as well, for
                                tracebacks and inspect; they are not looked at otherwise
    --py-strip                  native libraries without symbols and debug information;
                                what the loader maps stays as it is
    --py-optimize 0|1|2         level of the byte code and of every interpreter, as
                                python -O counts: 1 without asserts and with
                                __debug__ false, 2 without docstrings either
    --py-compress best|good|fast
                                one file: good by default; best is a twentieth
                                smaller, and a library's first build on a machine
                                takes twice as long; fast is a twentieth larger and
                                takes no time
    --py-no-interpreter         leave python/bin/python3 out; then Python code
                                cannot start Python child processes

Python:
    --py-python <path>          the CPython to package: an interpreter (3.9–3.14 with
                                a shared libpython) or a venv
    --py-python <version>       a managed CPython, which is downloaded once: 3.14 (the
                                default), 3.11 or 3.10
    --py-requirement <spec>     a distribution to install for this build only, as pip
                                names it (repeatable); those of every build are listed
                                beside go.mod and locked: llgo py help lock
    --py-locked                 fail if pylock.toml is missing or stale; without it, it
                                is written then

What goes along besides what analysis finds, and what does not; the flags are
PyInstaller's, and all but the last may be repeated:
    --py-path <dir>             the program's own Python modules
    --py-hidden-import <module>
                                a module that analysis cannot see
    --py-collect-submodules, --py-collect-data, --py-collect-binaries,
    --py-collect-all <package>  of a package: its modules, data files, shared
                                libraries, or all three and its metadata
    --py-copy-metadata, --py-recursive-copy-metadata <distribution>
                                for importlib.metadata: of a distribution, or also of
                                those that it depends on
    --py-exclude-module <module>
                                leave it out, whoever imports it
    --py-keep tests|headers|static-libraries|stubs|caches|sources|builtins|all
                                of packages that are taken as a whole these stay
                                behind, unless something imports or asks for them;
                                of libpython, modules that nothing imports, with
                                OpenSSL, SQLite and what else only they need;
                                -size says how much that is
    --py-add-data, --py-add-binary <src>:<dst>
                                a file, what is in a directory, or what matches a
                                pattern, to the directory dst below site-packages
                                ("." is itself): beside the modules of a package, and
                                where sys._MEIPASS points. A binary that goes to "."
                                goes to lib/, where libraries are searched
    --py-additional-hooks-dir <dir>
                                hooks for PyInstaller, with rthooks.dat if there is one
    --py-runtime-hook <file>    a script that runs before the program's own Python; in
                                the order given, then those of packages; in child
                                processes as well
    --py-deps auto|all          what analysis finds (auto), or everything installed and
                                the whole standard library, for computed imports

Report (llgo py why and llgo py tree ask one, or a package):
    --py-report <file>          write what was packaged, why, how big and under which
                                licences, by the name's end: .json, .html (one page with
                                a map), .cdx.json (CycloneDX 1.6); repeatable
    -size                       print sizes by distribution and kind
    -size-format text|json      (text)
    -size-level module|package|full
                                a line for each distribution, Python package or file

Output:
    -json                       one JSON object per line on stdout
    -v, -x                      say more; print the Go commands

All flags of go build that make sense for one executable pass through (-C, -tags,
-ldflags, -gcflags, -trimpath, -mod, …). Single and double dashes are the same.
Packaged programs are linked with -s -w; -ldflags="-s=0 -w=0" keeps what debuggers need.

Settings can be kept in a pyproject.toml beside go.mod: llgo py help config

Environment:
    LLGO_PY_CACHE               where managed CPython and tools are kept
                                (default $XDG_CACHE_HOME/llgo-py)
    LLGO_BIN                    the real llgo, if it is not on PATH

Examples:
    llgo build --py-onedir .
    llgo build --py-onedir --py-requirement numpy==2.5.5 -o out/solver ./cmd/solver
    llgo build --py-onedir --py-python ./venv -tags prod -ldflags "-X main.version=1.2" .
`
