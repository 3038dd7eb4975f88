package pydist

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// modulePath is the Go module that carries python-build-standalone for several
// platforms, one version of the module for each version of CPython.
const modulePath = "github.com/kluctl/go-embed-python"

// Default is the version of CPython that programs get when nothing else is asked
// for.
const Default = "3.14"

// release is one version of the module. To offer another CPython, add a line to
// releases: take version from "go list -m -versions", the rest from the answer
// of "go mod download -json", and read the module's licence files again.
type release struct {
	python  string // CPython's version
	version string // the module's version
	sum     string // dirhash "h1:" of the module's zip, as in go.sum
	zipMB   int    // size of the zip in units of 10^6 bytes, for progress
}

// releases maps minor versions of CPython to what is known of them.
var releases = map[string]release{
	"3.14": {"3.14.6", "v0.0.0-3.14.6-20260610-1", "h1:oGUS7++Wm3LgxUfD6AmJgKbKQD2wdQFO9PzyJv6T+E4=", 109},
	"3.11": {"3.11.11", "v0.0.0-3.11.11-20241219-1", "h1:yVXFTxa6cvhLC6TwkDEHmNaiWlDyaFEGiXd1DQdoeOU=", 75},
	"3.10": {"3.10.16", "v0.0.0-3.10.16-20241219-1", "h1:bfJRrtWlbdrPtwXXXZzA95yj2Pr9AvSbxDEm8YvbaP0=", 70},
}

// platforms are the GOOS/GOARCH pairs that packaged programs can be built for.
// The module has Windows as well; the layout of a bundle there is not designed yet.
var platforms = []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64"}

// find looks up a managed release by minor ("3.14") or full version ("3.14.6")
// for a platform given as GOOS/GOARCH.
func find(version, platform string) (release, error) {
	if !slices.Contains(platforms, platform) {
		return release{}, fmt.Errorf("no managed CPython for %s; there is one for %s", platform, strings.Join(platforms, ", "))
	}
	for minor, r := range releases {
		if version == minor || version == r.python {
			return r, nil
		}
	}
	return release{}, fmt.Errorf("no managed CPython %s; there is %s (name another interpreter with --py-python=PATH)",
		version, strings.Join(offered(), ", "))
}

// Offers tells whether Managed can provide a version for this machine.
func Offers(version string) bool {
	_, err := find(version, runtime.GOOS+"/"+runtime.GOARCH)
	return err == nil
}

// offered lists the full versions that Managed can provide, the newest first.
func offered() []string {
	var versions []string
	for _, r := range releases {
		versions = append(versions, r.python)
	}
	slices.Sort(versions) // every minor version has two digits
	slices.Reverse(versions)
	return versions
}
