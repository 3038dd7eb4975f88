package config

import (
	"flag"
	"fmt"
)

// FlagPrefix makes a flag of the name of a setting: --py-hidden-import.
const FlagPrefix = "py-"

// Flags are the settings on a command line.
type Flags struct {
	given []given
}

// given is one flag of the command line.
type given struct {
	key   key
	value string
}

// Define adds the settings to fs. Values are only kept: Check judges them, in
// words of ours.
func (f *Flags) Define(fs *flag.FlagSet) {
	for _, k := range keys {
		if !k.settable("flag") {
			continue
		}
		keep := func(value string) error {
			f.given = append(f.given, given{k, value})
			return nil
		}
		if k.bool {
			fs.BoolFunc(FlagPrefix+k.name, "", keep)
		} else {
			fs.Func(FlagPrefix+k.name, "", keep)
		}
	}
}

// Check returns the first mistake in the values.
func (f *Flags) Check() error {
	for _, g := range f.given {
		if wrong := g.key.check(g.value); wrong != "" {
			return fmt.Errorf("%s=%s: %s", g.flag(), g.value, wrong)
		}
	}
	return nil
}

// On reports whether a flag that is on or off was given, and on.
func (f *Flags) On(name string) bool {
	on := false
	for _, g := range f.given {
		if g.key.name == name {
			on = g.value == "true"
		}
	}
	return on
}

func (g given) flag() string { return "--" + FlagPrefix + g.key.name }
