package compiler

import (
	"fmt"
	"slices"
	"strings"
)

// llgoFlags are the go build flags that llgo v0.13.0 knows, apart from those in
// fields of their own. Of others it prints its usage, and exits with status 0.
var llgoFlags = []string{
	"a", "asmflags", "buildvcs", "compiler", "gccgoflags", "gcflags", "installsuffix", "p", "pkgdir", "tags", "toolexec", "trimpath", "work",
}

// command is llgo's command line and environment, but for what Python needs.
func (c *llgo) command(job Job) (args, env []string, err error) {
	args = []string{"build"}
	var goflags []string
	for _, f := range slices.Concat(job.Flags.Build, job.Flags.List) {
		name, value, _ := strings.Cut(strings.TrimPrefix(f, "-"), "=")
		switch {
		case name == "mod":
			goflags = append(goflags, f)
		case name == "buildmode" && slices.Contains([]string{"default", "exe", "pie"}, value): // it makes no other
		case name == "buildmode":
			return nil, nil, fmt.Errorf("%s: only an executable can be packaged", f)
		case slices.Contains(llgoFlags, name):
			args = append(args, f)
		case value == "false": // as without it
		default:
			return nil, nil, unknownFlag(name)
		}
	}
	if job.Flags.Overlay != "" {
		return nil, nil, unknownFlag("overlay")
	}
	if job.Flags.Modfile != "" {
		goflags = append(goflags, "-modfile="+job.Flags.Modfile)
	}
	for _, l := range job.Flags.LinkArgs {
		args = append(args, "-ldflags="+l)
	}
	if job.Flags.Verbose {
		args = append(args, "-v")
	}
	if job.Flags.Commands {
		args = append(args, "-x")
	}
	args = append(append(args, "-o", job.Output), job.Patterns...)
	return args, withGoFlags(c.env, goflags), nil
}

func unknownFlag(name string) error {
	return fmt.Errorf("llgo does not know -%s: leave it out, or use --py-compiler=go", name)
}

// withGoFlags adds flags that the go command gets, and llgo has no word for.
func withGoFlags(env, flags []string) []string {
	env = slices.Clone(env)
	if len(flags) == 0 {
		return env
	}
	for i, f := range flags {
		if strings.ContainsAny(f, " \t'") {
			flags[i] = `"` + f + `"` // as cmd/go splits GOFLAGS
		}
	}
	return append(env, "GOFLAGS="+strings.TrimSpace(lookup(env, "GOFLAGS")+" "+strings.Join(flags, " ")))
}
