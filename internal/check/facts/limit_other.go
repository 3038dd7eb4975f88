//go:build !unix

package facts

// limitMemory does nothing where there are no resource limits.
func limitMemory(int) {}
