package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// user starts programs, all of them in the same few surroundings, and checks
// what they print: a program that fails fast is no fast program.
type user struct {
	home  string
	work  string
	cache string // where our programs of one file unpack
	used  int    // caches
}

func newUser(work string) (*user, error) {
	u := &user{home: filepath.Join(work, "home"), work: work, cache: filepath.Join(work, "cache")}
	return u, os.Mkdir(u.home, 0o700)
}

// took is what a start took, in milliseconds.
type took struct{ wall, cpu float64 }

// start starts a program once.
func (u *user) start(p *Program, want []byte) (took, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(p.argv[0], p.argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = u.home, &stdout, &stderr
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + u.home, cachedir.EnvRoot + "=" + u.cache}
	cmd.Env = append(cmd.Env, p.env...)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	p.Peak = max(p.Peak, peak(cmd.ProcessState))
	if err != nil || !bytes.Equal(stdout.Bytes(), want) || stderr.Len() > 0 {
		return took{}, fmt.Errorf("%s (%s) did not print what it should: %v\n%s%s", p.Name, p.argv[0], err, &stdout, &stderr)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return took{milliseconds(wall), milliseconds(cpu)}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// forget empties the cache.
func (u *user) forget() error { return os.RemoveAll(u.cache) }

// leave takes another cache, and keeps the one before: for half a minute ext4 looks at
// each inode that was removed before it takes a new one, and unpacking 10,000 files after
// as many were removed takes three times the processor time.
func (u *user) leave() error {
	u.used++
	u.cache = filepath.Join(u.work, fmt.Sprintf("cache%d", u.used))
	return nil
}
