package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
)

// envStart runs a program in an environment, by becoming it. It gets the paths of the
// generation that is current now: a change under it would mix two.
func envStart(c *envCommand) error {
	if c.dry {
		return c.printVariables()
	}
	if err := c.want("run <name> <program> [<argument>...]", 2, -1); err != nil {
		return err
	}
	if c.args[1] == "--" {
		c.args = append(c.args[:1:1], c.args[2:]...)
	}
	e, err := c.set.Current(c.args[0])
	if err != nil || len(c.args) < 2 {
		return errors.Join(err, c.want("run <name> <program> [<argument>...]", 2, -1))
	}
	at, err := filepath.EvalSymlinks(c.set.Home(e.Name))
	if err != nil {
		return err
	}
	return c.become(env.Environ(e, at, os.Environ()), c.args[1:])
}

// envShell starts a shell, which follows what the environment becomes.
func envShell(c *envCommand) error {
	if c.dry {
		return c.printVariables()
	}
	if err := c.want("shell <name>", 1, 1); err != nil {
		return err
	}
	e, err := c.set.Current(c.args[0])
	if err != nil {
		return err
	}
	shell := os.Getenv("SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	c.ui.Note(fmt.Sprintf("%s with the programs of %s; exit leaves it", shell, e.Name))
	return c.become(env.Environ(e, c.set.Home(e.Name), os.Environ()), []string{shell})
}

// printVariables prints what run and shell do, for eval.
func (c *envCommand) printVariables() error {
	if err := c.want("run -n <name>", 1, -1); err != nil {
		return err
	}
	e, err := c.set.Current(c.args[0])
	if err != nil {
		return err
	}
	for _, v := range env.Variables(e, c.set.Home(e.Name)) {
		fmt.Println(v.Shell())
	}
	return nil
}

func (c *envCommand) become(environ, args []string) error {
	path, err := lookIn(environ, args[0])
	if err != nil {
		return err
	}
	if err := c.store.Close(); err != nil {
		return err
	}
	err = syscall.Exec(path, args, environ)
	return fmt.Errorf("cannot start %s: %w", path, err)
}

// lookIn finds a program on the PATH that it will have.
func lookIn(environ []string, name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, text := range environ {
		list, ok := strings.CutPrefix(text, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(list) {
			// With a slash in it, it is not searched for.
			if path, err := exec.LookPath(dir + "/" + name); err == nil && dir != "" {
				return path, nil
			}
		}
	}
	return "", hintError{fmt.Errorf("%s is neither in the environment nor on PATH", name), "llgo py env show <name>   # says what is in it"}
}
