package installed

import (
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Fits tells whether one of the tags of a wheel (PEP 425) is for an interpreter, of
// which Minor, ABIFlags and Platform matter.
// What matters is what makes an import fail: version and ABI of CPython, the
// system and the processor, not the age of its libc.
func Fits(tags []string, dist *pydist.Dist) bool {
	for _, tag := range tags {
		parts := strings.Split(tag, "-")
		if len(parts) != 3 {
			return true // not as specified, so nothing is known
		}
		for _, python := range strings.Split(parts[0], ".") {
			for _, abi := range strings.Split(parts[1], ".") {
				if fitsPython(python, abi, dist) && fitsPlatform(parts[2], dist.Platform) {
					return true
				}
			}
		}
	}
	return len(tags) == 0
}

func fitsPython(python, abi string, dist *pydist.Dist) bool {
	minor, _ := strconv.Atoi(strings.TrimPrefix(dist.Minor, "3."))
	own := "cp3" + strconv.Itoa(minor)
	if strings.Contains(dist.ABIFlags, "t") {
		own += "t"
	}
	upTo := func(text string) bool {
		n, err := strconv.Atoi(text)
		return text == "" || err == nil && n <= minor
	}
	version, isCPython := strings.CutPrefix(python, "cp3")
	if !isCPython {
		rest, isPython := strings.CutPrefix(python, "py3")
		return isPython && upTo(rest) && (abi == "none" || abi == own)
	}
	switch abi {
	case "none":
		return upTo(version)
	case "abi3":
		return upTo(version) && !strings.HasSuffix(own, "t")
	}
	return abi == own
}

// fitsPlatform compares the tag of a platform, or several joined by dots, with
// sysconfig's name: "linux-x86_64", "macosx-11.0-arm64".
func fitsPlatform(tags, platform string) bool {
	system, _, _ := strings.Cut(platform, "-")
	machine := platform[strings.LastIndexByte(platform, '-')+1:]
	for _, tag := range strings.Split(tags, ".") {
		if tag == "any" {
			return true
		}
		ofSystem := strings.HasPrefix(tag, system) || system == "linux" && (strings.HasPrefix(tag, "manylinux") || strings.HasPrefix(tag, "musllinux"))
		if ofSystem && (strings.HasSuffix(tag, "_"+machine) || system == "macosx" && strings.HasSuffix(tag, "_universal2")) {
			return true
		}
	}
	return false
}
