// Package version says which version of the tool this is.
package version

import "runtime/debug"

// Tool names the tool and its version where a file records who wrote it. It is
// no more exact than a release, so that two builds of one release write the same.
const Tool = "llgo-pypack 0.1.0"

// Build is the version with what the Go toolchain knows of the build.
func Build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Tool
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return Tool + " (" + s.Value[:12] + ")"
		}
	}
	return Tool
}
