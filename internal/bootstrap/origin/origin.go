// Package origin takes LLGO_PY_ORIGIN out of the environment before anybody's code
// runs. (The format of the variable is in the comment of internal/launcher.)
//
// Of the packages whose imports are initialised, Go initialises that with the first
// path next. This one imports nothing, and its path comes before "os" and "syscall",
// which every package imports, if only by way of others, that can look at the
// environment or start a process: so all of those come later.
package origin

// Variable is the name of the environment variable.
const Variable = "LLGO_PY_ORIGIN"

// Value is what it was set to when the process started, "" if it was not.
var Value = take()
