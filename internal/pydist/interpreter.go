package pydist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// FromInterpreter returns the distribution that path stands for: an interpreter,
// the root of a virtual environment or of an installation, or the name of a
// command on PATH. A virtual environment is its base installation with the
// environment's site-packages.
//
// Errors name the path and say what is wrong with it: it is no interpreter, not
// CPython, too old or too new, for another machine, or without a shared
// libpython.
func FromInterpreter(ctx context.Context, path string) (*Dist, error) {
	dist, err := fromInterpreter(ctx, path)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("cannot use %s: %w", path, err)
	}
	return dist, err
}

func fromInterpreter(ctx context.Context, path string) (*Dist, error) {
	executable, err := locate(path)
	if err != nil {
		return nil, err
	}
	answer, err := probe(ctx, executable)
	if err != nil {
		return nil, err
	}
	dist, err := answer.dist()
	if err != nil {
		return nil, err
	}
	dist.Identity, err = identify(dist)
	dist.Interpreter = dist.Identity
	return dist, err
}

// locate turns what a person wrote into the absolute path of a program. Links
// are not followed: through its link a virtual environment knows itself.
func locate(path string) (string, error) {
	if !strings.ContainsRune(path, filepath.Separator) {
		if found, err := exec.LookPath(path); err == nil {
			return filepath.Abs(found)
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", errors.New("there is no such file or directory, and no such command on PATH")
	case !info.IsDir():
		return path, nil
	}
	for _, name := range []string{"python3", "python"} {
		if inside := filepath.Join(path, "bin", name); isFile(inside) {
			return inside, nil
		}
	}
	return "", errors.New("the directory has no bin/python3, so it is no virtual environment or installation")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// identify computes the identity of an interpreter of the user's. What is built
// with it depends on the code of the interpreter, on how it was configured, and,
// for virtual environments on top of it, on where it is.
//
// The two binaries are hashed rather than described by size and time: a rebuilt
// or upgraded interpreter keeps its version, place and often its size, and
// times are equal or meaningless in container layers, restored CI caches and
// reproducible packages.
func identify(d *Dist) (string, error) {
	var hashes []string
	for _, path := range []string{d.LibPython, d.BaseExecutable} {
		hash, err := objects.HexOfFile(path)
		if err != nil {
			return "", fmt.Errorf("cannot read %s: %w", path, err)
		}
		hashes = append(hashes, hash)
	}
	return hashText(strings.Join(append(hashes,
		d.Version, d.ABIFlags, d.SOABI, d.Platform, d.LibPython, d.BaseExecutable, d.Prefix, d.BasePrefix, d.Stdlib,
	), "\n")), nil
}

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Venv describes the virtual environment in dir that was made on top of base and
// is known to its maker by identity. Unlike FromInterpreter it does not read the
// libraries again.
func Venv(ctx context.Context, base *Dist, dir, identity string) (*Dist, error) {
	executable, ask := filepath.Join(dir, "bin", "python"), probe
	if base.Managed {
		ask = func(ctx context.Context, executable string) (*answer, error) {
			return probeOnce(ctx, executable, identity)
		}
	}
	answer, err := ask(ctx, executable)
	if err != nil {
		return nil, fmt.Errorf("the environment %s does not work: %w; remove it to have it made again", dir, err)
	}
	dist, err := answer.dist()
	if err != nil {
		return nil, fmt.Errorf("the environment %s does not work: %w; remove it to have it made again", dir, err)
	}
	dist.Managed, dist.Pip, dist.Identity, dist.Interpreter = base.Managed, base.Pip, identity, base.Interpreter
	return dist, nil
}
