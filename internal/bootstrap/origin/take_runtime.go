//go:build llgopy

package origin

import _ "unsafe" // for linkname

// envs is the environment of the process, which package syscall copies later.
//
//go:linkname envs runtime.envs
var envs []string

func take() (value string) {
	const prefix = Variable + "="
	kept := envs[:0]
	for _, e := range envs {
		if len(e) >= len(prefix) && e[:len(prefix)] == prefix {
			value = e[len(prefix):]
		} else {
			kept = append(kept, e)
		}
	}
	envs = kept
	return value
}
