// Package pyhelper carries the Python half of llgo-pypack inside the program:
// internal/helper writes it to the cache and starts it there.
//
// The directory is a Python package (see __init__.py) and a Go package at once,
// so that neither has to know how the other is built.
package pyhelper

import "embed"

// Files holds the package as Python imports it, by path below this directory,
// and the lock: lock/analysis.txt, lock/native.txt and lock/dev.txt are
// requirement files with hashes for pip and uv. The tests stay behind.
//
//go:embed *.py mapped/*.py analysis/*.py analysis/hooks/*.py analysis/rthooks/*.py binaries/*.py deadcode/*.py binaries/*.json check/*.py tracing/*.py lock/*.txt
var Files embed.FS
