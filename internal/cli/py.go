package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// command is one of the `llgo py` group: a file of this package each.
type command struct {
	name    string
	summary string // one line of `llgo py help`
	help    string // the text of `llgo py help <name>`; "" if there is nothing to add
	run     func(ctx context.Context, args []string) int
}

// pyCommands are all of them, in the order in which help shows them.
func pyCommands() []command {
	return []command{
		{"add", "add Python distributions to the module's dependencies", helpAdd, depsRun("add", helpAdd, addCommand)},
		{"cache", "what builds keep, and programs of one file have unpacked", helpCache, cacheCommand},
		{"check", "whether what was built will run elsewhere", helpCheck, checkCommand},
		{"config", "the settings of a build, and where each comes from", helpConfig, configCommand},
		{"env", "environments of programs, libraries and Python, made of links to the store", helpEnv, group("env", helpEnv, envTable())},
		{"install", "put a program of the store into a directory, with its libraries", helpInstall, installRun("install", helpInstall, 2, installCommand)},
		{"lock", "write the exact versions of the dependencies to pylock.toml", helpLock, depsRun("lock", helpLock, lockCommand)},
		{"pack", "package an executable that is built already", helpPack, packCommand},
		{"remove", "take distributions out of the dependencies", helpRemove, depsRun("remove", helpRemove, removeCommand)},
		{"store", "programs, libraries and distributions, each file once", helpStore, group("store", helpStore, storeTable())},
		{"sync", "make the environment that builds package from", helpSync, depsRun("sync", helpSync, syncCommand)},
		{"trace", "run a program and find what analysis missed", helpTrace, traceCommand},
		{"tree", "of what a package consists, and how big it is", helpTree, treeCommand},
		{"uninstall", "take such a program away again", helpUninstall, installRun("uninstall", helpUninstall, 2, uninstallCommand)},
		{"version", "versions of this tool and of what it packages with", "", versionCommand},
		{"why", "why a module or a file is packaged", helpWhy, whyCommand},
	}
}

// py runs the `llgo py` group.
func py(ctx context.Context, args []string) int {
	switch {
	case len(args) == 0:
		fmt.Fprint(os.Stderr, helpPy())
		return exitUsage
	case args[0] == "help" && len(args) == 1:
		fmt.Print(helpPy())
		return exitOK
	case args[0] == "help" && helpTopic(args[1]) != "":
		fmt.Print(helpTopic(args[1]))
		return exitOK
	}
	for _, c := range pyCommands() {
		switch {
		case c.name != args[0]:
		case c.name == "cache": // which waits for all others
			return c.run(ctx, args[1:])
		default:
			return holding(c.run)(ctx, args[1:])
		}
	}
	return report(newUI(false, false), usagef("llgo py help", "llgo py %s: unknown command", strings.Join(args, " ")))
}

// helpTopic is what `llgo help <name>` prints; "" for a name that is not ours.
func helpTopic(name string) string {
	switch name {
	case "build":
		return helpBuild
	case "py":
		return helpPy()
	}
	for _, c := range pyCommands() {
		if c.name == name {
			return c.help
		}
	}
	return ""
}

// helpPy lists the commands.
func helpPy() string {
	var b strings.Builder
	b.WriteString("Usage: llgo py <command>\n\nCommands:\n")
	w := tabwriter.NewWriter(&b, 0, 0, 4, ' ', 0)
	topics := []string{"build"}
	for _, c := range pyCommands() {
		fmt.Fprintf(w, "    %s\t%s\n", c.name, c.summary)
		if c.help != "" {
			topics = append(topics, c.name)
		}
	}
	fmt.Fprintf(w, "    help [topic]\tthis text, or that of a topic: %s\n", strings.Join(topics, ", "))
	w.Flush()
	b.WriteString("\nPackaging itself is a flag of llgo build: llgo help build\n")
	return b.String()
}
