// Package sqlite3 binds some of Python's sqlite3.
package sqlite3

import (
	_ "unsafe"

	"github.com/goplus/lib/py"
)

const LLGoPackage = "py.sqlite3"

// Connect opens a database.
//
//go:linkname Connect py.connect
func Connect(database *py.Object) *py.Object
