// Llgo is a front end for the llgo compiler that packages Go programs together
// with the Python they call. See `llgo help build` and package internal/cli.
package main

import (
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:]))
}
