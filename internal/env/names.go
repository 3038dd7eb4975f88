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
