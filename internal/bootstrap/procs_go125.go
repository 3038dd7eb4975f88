//go:build go1.25

package bootstrap

import "runtime"

// defaultProcessors goes back to what Go chooses, which follows the limits of a
// container for as long as nobody sets a number.
func defaultProcessors(int) { runtime.SetDefaultGOMAXPROCS() }
