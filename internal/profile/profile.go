// Package profile puts directories on the PATH of a user's shell, by a line in the
// files that the shell reads when it starts: bash, zsh and fish.
//
// All lines are in one block between two marks, so that they are found again. What
// a user has written around it stays as it is, byte for byte. A line adds its
// directory only if it is not on PATH yet, so that shells in shells, and files that
// read each other, do not make PATH longer.
//
// Which files:
//
//	bash  ~/.bashrc, which interactive shells read, and what login shells read:
//	      the first that exists of ~/.bash_profile, ~/.bash_login and ~/.profile
//	      (they do not read ~/.bashrc unless one of these says so)
//	zsh   $ZDOTDIR/.zshrc, or ~/.zshrc
//	fish  $XDG_CONFIG_HOME/fish/conf.d/llgo-py.fish, or below ~/.config: a file
//	      of our own
package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/durable"
)

// Shell is a kind of shell.
type Shell string

// The shells whose files are known.
const (
	Bash Shell = "bash"
	Zsh  Shell = "zsh"
	Fish Shell = "fish"
)

// Known are all of them.
func Known() []Shell { return []Shell{Bash, Zsh, Fish} }

// Parse is the shell of that name or path (as in $SHELL): "fish", "/bin/zsh".
func Parse(name string) (Shell, error) {
	for _, s := range Known() {
		if filepath.Base(name) == string(s) {
			return s, nil
		}
	}
	return "", &UnknownShellError{name}
}

// UnknownShellError says that the files of a shell are not known.
type UnknownShellError struct{ Name string }

func (e *UnknownShellError) Error() string {
	if e.Name == "" {
		return "which shell this is cannot be told: $SHELL is not set"
	}
	return fmt.Sprintf("what %s reads when it starts is not known", e.Name)
}

// Hint is what to type instead.
func (e *UnknownShellError) Hint() string { return "--shell=bash, --shell=zsh or --shell=fish" }

// User is whose files they are.
type User struct {
	Home       string // ~
	ZDotDir    string // $ZDOTDIR
	ConfigHome string // $XDG_CONFIG_HOME
	LockDir    string // where a lock can lie that all of the user's processes know
}

// Current is the user of this process.
func Current(lockDir string) (User, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return User{}, fmt.Errorf("cannot find the files of a shell: %w", err)
	}
	return User{home, os.Getenv("ZDOTDIR"), os.Getenv("XDG_CONFIG_HOME"), lockDir}, nil
}

// Files are those that hold the lines of shell s.
func (u User) Files(s Shell) []string {
	switch s {
	case Bash:
		login := filepath.Join(u.Home, ".profile")
		for _, name := range []string{".profile", ".bash_login", ".bash_profile"} { // the last is read first
			if path := filepath.Join(u.Home, name); exists(path) {
				login = path
			}
		}
		return []string{filepath.Join(u.Home, ".bashrc"), login}
	case Zsh:
		dir := u.ZDotDir
		if dir == "" {
			dir = u.Home
		}
		return []string{filepath.Join(dir, ".zshrc")}
	default:
		dir := u.ConfigHome
		if dir == "" {
			dir = filepath.Join(u.Home, ".config")
		}
		return []string{filepath.Join(dir, "fish", "conf.d", "llgo-py.fish")}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Change is a file that is to have another content.
type Change struct {
	Path string
	Data []byte // nil: the file, which was ours, goes
}

// Add says what must change so that shells of the kind s have dir on PATH: nothing,
// where the lines are there already.
func (u User) Add(s Shell, dir string) ([]Change, error) {
	if err := check(dir); err != nil {
		return nil, err
	}
	return u.edit(s, func(lines []string) []string {
		line := s.guarded(dir, u.Home)
		for _, l := range lines {
			if l == line {
				return lines
			}
		}
		return append(lines, line)
	})
}

// Remove is the opposite of Add.
func (u User) Remove(s Shell, dir string) ([]Change, error) {
	return u.edit(s, func(lines []string) []string {
		var kept []string
		for _, l := range lines {
			if l != s.guarded(dir, u.Home) {
				kept = append(kept, l)
			}
		}
		return kept
	})
}

// check refuses what no PATH can hold.
func check(dir string) error {
	if !filepath.IsAbs(dir) || strings.ContainsAny(dir, ":\n\x00") {
		return fmt.Errorf("%q cannot be on PATH: its name has a colon or a line break, or is not absolute", dir)
	}
	return nil
}

func (u User) edit(s Shell, lines func([]string) []string) ([]Change, error) {
	var changes []Change
	for _, path := range u.Files(s) {
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		b, err := find(string(old))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		b.lines = lines(b.lines)
		data := []byte(b.String())
		if string(data) == string(old) {
			continue
		}
		if len(data) == 0 && s == Fish {
			data = nil
		}
		changes = append(changes, Change{path, data})
	}
	return changes, nil
}

// Apply plans by plan and carries it out, alone among the user's processes. Each
// file has, at every moment, all of its old or all of its new content.
func (u User) Apply(ctx context.Context, plan func() ([]Change, error)) ([]Change, error) {
	unlock, err := cachedir.Lock(ctx, filepath.Join(u.LockDir, "profile.lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	changes, err := plan()
	if err != nil {
		return nil, err
	}
	for i, c := range changes {
		if err := c.apply(); err != nil {
			return changes[:i], fmt.Errorf("cannot write %s: %w", c.Path, err)
		}
	}
	return changes, nil
}

func (c Change) apply() error {
	if c.Data == nil {
		return os.Remove(c.Path)
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o755); err != nil {
		return err
	}
	return durable.Replace(c.Path, c.Data, 0o644)
}
