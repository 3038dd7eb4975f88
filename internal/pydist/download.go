package pydist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// download has the go command fetch the module, so that the user's proxies,
// credentials and module cache are used as for any other module, and returns the
// path of its zip. The zip is verified here as well: the go command's word
// depends on settings (GONOSUMDB, GOFLAGS=-insecure, a go.sum), the sum in this
// source does not.
func (r release) download(ctx context.Context, rep progress.Reporter) (zipPath string, err error) {
	task := rep.Phase("download CPython "+r.python, r.zipMB)
	defer task.Done()
	zipPath, err = r.goModDownload(ctx, task)
	if err != nil {
		return "", fmt.Errorf("cannot download CPython %s (%s@%s): %w", r.python, modulePath, r.version, err)
	}
	task.Step(r.zipMB, "checking")
	sum, err := dirhash.HashZip(zipPath, dirhash.Hash1)
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w; go clean -modcache removes it", zipPath, err)
	}
	if sum != r.sum {
		return "", fmt.Errorf("refusing CPython %s: %s has the sum %s instead of %s; go clean -modcache removes it", r.python, zipPath, sum, r.sum)
	}
	return zipPath, nil
}

// goModDownload runs the go command outside of every module and workspace: the
// download must not depend on, or show up in, the go.mod of the program that is
// being built.
func (r release) goModDownload(ctx context.Context, task progress.Task) (zipPath string, err error) {
	dir, err := os.MkdirTemp("", "llgo-download-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	watched, stop := context.WithCancel(ctx)
	defer stop()
	go r.watch(watched, dir, task)

	answer, err := runGo(ctx, dir, "mod", "download", "-json", modulePath+"@"+r.version)
	var module struct{ Zip, Error string }
	if json.Unmarshal(answer, &module) == nil && module.Error != "" {
		return "", errors.New(lastLine(module.Error))
	}
	if err == nil && module.Zip == "" {
		err = errors.New("the go command did not name a zip file")
	}
	return module.Zip, err
}

// watch follows the growth of the file that the go command downloads into,
// because the command itself says nothing until it is done. Its name belongs to
// the go command and may change; then there are no steps, and nothing else is lost.
func (r release) watch(ctx context.Context, dir string, task progress.Task) {
	modcache, err := runGo(ctx, dir, "env", "GOMODCACHE")
	if err != nil {
		return
	}
	pattern := filepath.Join(strings.TrimSpace(string(modcache)), "cache", "download",
		filepath.FromSlash(modulePath), "@v", r.version+".zip*.tmp")
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if size := largest(pattern); size > 0 {
				task.Step(min(int(size/1e6), r.zipMB-1), "MB")
			}
		}
	}
}

func largest(pattern string) (size int64) {
	found, _ := filepath.Glob(pattern)
	for _, path := range found {
		if info, err := os.Stat(path); err == nil {
			size = max(size, info.Size())
		}
	}
	return size
}

// runGo runs the go command in dir and returns its standard output, also when it
// fails: with -json it describes the failure there.
func runGo(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = goEnv(os.Environ(), dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no go command on PATH")
	case stderr.Len() > 0:
		return stdout.Bytes(), errors.New(lastLine(stderr.String()))
	}
	return stdout.Bytes(), fmt.Errorf("go %s: %w", args[0], err)
}

// goEnv keeps the user's settings except those that tie the go command to a
// module, or keep it from using modules.
func goEnv(env []string, dir string) []string {
	clean := make([]string, 0, len(env)+3)
	var flags []string
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		switch name {
		case "GOFLAGS":
			flags = strings.Fields(value)
		case "GOWORK", "GO111MODULE", "PWD":
		default:
			clean = append(clean, entry)
		}
	}
	var kept []string
	for _, flag := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		if name != "mod" && name != "modfile" && name != "C" {
			kept = append(kept, flag)
		}
	}
	return append(clean, "GOFLAGS="+strings.Join(kept, " "), "GOWORK=off", "PWD="+dir)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
