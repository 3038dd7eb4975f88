package env

import (
	"fmt"
	"strconv"
	"strings"
)

// Names below envs/. See the package comment.
const (
	subdir         = "envs"
	currentName    = "current"
	generationsDir = "generations"
	workDir        = "work"
	locksDir       = ".locks"
	trashDir       = ".trash"
	recordName     = "environment.json"
	readmeName     = "README"
)

const maxName = 64

// NameError says why a name cannot be an environment's.
type NameError struct{ Name, Problem string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%q cannot be the name of an environment: %s", e.Name, e.Problem)
}

// Hint says what to do.
func (e *NameError) Hint() string { return "take letters, digits, and . _ - inside" }

// checkName accepts what is a file name everywhere and needs no quotes in a shell.
func checkName(name string) error {
	switch {
	case name == "":
		return &NameError{name, "it is empty"}
	case name == readmeName:
		return &NameError{name, "it is that of a file"}
	case len(name) > maxName:
		return &NameError{name, fmt.Sprintf("it is longer than %d bytes", maxName)}
	case strings.ContainsRune("._-", rune(name[0])):
		return &NameError{name, "it begins with " + name[:1]}
	}
	for _, r := range name {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r)) {
			return &NameError{name, fmt.Sprintf("%q is in it", r)}
		}
	}
	return nil
}

// MissingError says that there is no such environment, or no such generation of it.
type MissingError struct {
	Name       string
	Generation int // 0: the environment itself
}

func (e *MissingError) Error() string {
	if e.Generation == 0 {
		return "there is no environment " + e.Name
	}
	return "environment " + e.Name + " has no generation " + strconv.Itoa(e.Generation)
}

// Hint says what to do.
func (e *MissingError) Hint() string {
	if e.Generation == 0 {
		return "llgo py env create " + e.Name + "   # or see: llgo py env ls"
	}
	return "llgo py env show " + e.Name
}

// root names generation n of an environment among the store's roots. No name has a
// colon in it, so that no two are alike.
func root(name string, n int) string { return rootPrefix(name) + strconv.Itoa(n) }

func rootPrefix(name string) string { return "env:" + name + ":" }

// readme lies in envs/, for whoever looks there.
const readme = `Environments, made by llgo py env.

    <name>/current                 the generation that the environment is in
    <name>/generations/<n>/        bin, lib, share, ...: links to ../store/objects
        environment.json           what was asked for, what came with it, what was decided

Nothing here is needed to use an environment but the directory itself:

    export PATH="$PWD/<name>/current/bin:$PATH"

To go back to generation 1, in <name>:

    ln -s generations/1 new && mv -T new current

To make an environment without llgo, of one entry of the store:

    mkdir -p <name>/generations
    cp -al ../store/entries/<entry>/files <name>/generations/1
    ln -s generations/1 <name>/current

llgo py store gc keeps what environments made by llgo use; what was made by hand has its
own links and loses nothing. Do not change files here: they are the store's as well.
`
