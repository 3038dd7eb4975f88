// Package internal holds the sources that travel: the run time of the dialect,
// which internal/dialect compiles into the programs of users.
package internal

import "embed"

// Shipped are the sources of the dialect's run time, by their path below this
// directory. They are ordinary packages of this module as well, so that they
// are vetted and tested here like everything else.
//
//go:embed bootstrap dialect/shim
var Shipped embed.FS
