//go:build !linux

package check

// isNoexec is not known here.
func isNoexec(string) bool { return false }
