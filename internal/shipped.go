// Package internal holds the sources that travel: the run time of the dialect,
// which internal/dialect compiles into the programs of users.
package internal

import "embed"

// Shipped are the sources of the dialect's run time, by their path below this
// directory. They are ordinary packages of this module as well, so that they
// are vetted and tested here like everything else.
//
//go:embed bootstrap/*.go bootstrap/*.s bootstrap/*.py bootstrap/*/*.go dialect/shim/*/*.go payload/*.go unpack/*.go
var Shipped embed.FS
