// Package launcher makes one file of a finished onedir program, whatever compiler
// it comes from: a small program of stock Go that carries the tree <name>, python/…
// and, when started, unpacks it into the cache (internal/unpack) and becomes the
// program in it, by exec. What runs then is package start.
//
// # What the program finds
//
// The process that the user started: same pid, arguments (argv[0] included),
// environment, working directory, open files, limits, signals ignored and blocked.
// The Go runtime changes some of these for itself; start puts them back. The
// program's own file, as the kernel tells it, is the one in the cache, and python/
// is beside it there. Two things are not put back. Where standard input, output or
// error is closed, the Go runtime opens /dev/null in its place, and cannot be told
// from a parent that did so. And on macOS, signals that were blocked and that Go
// cannot do without are unblocked.
//
// # The user's file
//
// A program that asks for it (Options.Origin) is told the path of the launcher's
// own file in the environment variable LLGO_PY_ORIGIN: the pid in decimal, a colon,
// an absolute path. Before it runs anybody's code or starts any process, the
// program has to remove the variable from every copy of the environment that it
// has; and it believes it only if the pid is its own, or else it came by way of a
// program that failed to remove it. (In another pid namespace a number can recur.
// The path is for messages and for files that users put beside their program,
// never a reason to trust one; a process with more rights than its caller ignores
// it.) internal/bootstrap does all this. Python finds the path as sys._llgo_origin.
//
// A program that does not ask is not told, and nothing is added to its environment.
// If one asked and knew nothing of the variable, it and its children would see it,
// to no other effect. A launcher always removes one that it inherits.
//
// # The tree in use
//
// The lock by which unpack keeps a tree from being trimmed is closed by exec.
// Keeping it open would mean a descriptor that every child inherits unless the
// program knows to prevent that. Instead, trimming looks for processes that run
// from the tree (/proc/<pid>/exe and maps): the kernel sets a process's executable
// before it closes descriptors on exec, so whoever takes the stamp's lock
// exclusively first, and looks then, misses nobody. Processes of other pid
// namespaces that share the cache, and all processes on macOS, cannot be seen like
// that; there, a tree that was not started for a month counts as unused although a
// program still runs from it, and clearing the cache is for when none does.
package launcher
