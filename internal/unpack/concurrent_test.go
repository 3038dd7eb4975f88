//go:build linux || darwin

package unpack

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// Fifty first starts at once: all are right, and one of them unpacks.
func TestConcurrentFirstStarts(t *testing.T) {
	p := program{files: 60, size: 20_000, seed: 1}
	alone := p.mustRun(t, t.TempDir()).points
	cache := t.TempDir()
	outcomes := make([]outcome, 50)
	errs := make([]error, len(outcomes))
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			outcomes[i], errs[i] = p.run(cache)
		}(i)
	}
	wg.Wait()
	unpacked := 0
	for i, o := range outcomes {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if o.points > alone/2 {
			unpacked++
		}
	}
	if unpacked != 1 {
		t.Errorf("%d of %d starts unpacked", unpacked, len(outcomes))
	}
	clean(t, cache)
}

// Twenty starts of each of three programs that share files, while the cache is
// cleared again and again. Each compares its tree while it holds it.
func TestConcurrentEverything(t *testing.T) {
	cache := t.TempDir()
	var wg sync.WaitGroup
	failed := make(chan error, 100)
	for seed := int64(1); seed <= 3; seed++ {
		p := program{files: 30, size: 5000, seed: seed}
		for i := 0; i < 20; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := p.run(cache); err != nil {
					failed <- err
				}
			}()
		}
	}
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := Clear(cache); err != nil {
				failed <- err
			}
		}()
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	clean(t, cache)
}

// Children see the descriptors and the environment that the program was started
// with.
func TestNothingLeaksIntoChildren(t *testing.T) {
	p := program{files: 10, size: 100, seed: 1, then: "fds"}
	cache := t.TempDir()
	first := p.mustRun(t, cache).rest
	warm := p.mustRun(t, cache).rest
	want := p.command(cache)
	want.Path, want.Args = "/bin/sh", []string{"sh", "-c", "ls -l /proc/self/fd | wc -l; env | sort"}
	direct, err := want.Output()
	must(t, err)
	if first != string(direct) || warm != first {
		t.Errorf("children see\n%s\n%s\nnot\n%s", first, warm, direct)
	}
	if !strings.Contains(first, EnvCache) {
		t.Error("the environment was not compared")
	}
}

// While a program runs its tree stays, whatever is trimmed.
func TestRunningProgramKeepsItsTree(t *testing.T) {
	p := program{files: 10, size: 100, seed: 1, then: "wait"}
	cache := t.TempDir()
	cmd := p.command(cache)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	line := make([]byte, 4096)
	n, _ := stdout.Read(line)
	dir, _, _ := strings.Cut(string(line[:n]), " ")

	r, err := Clear(cache)
	if err != nil || len(r.Removed) != 0 || len(r.InUse) != 1 || r.InUse[0].Dir != dir {
		t.Errorf("cleared %+v, %v", r, err)
	}
	if trees, err := List(cache); err != nil || len(trees) != 1 || !trees[0].InUse {
		t.Errorf("trees %+v, %v", trees, err)
	}
	if err := p.sample().compare(dir); err != nil {
		t.Error(err)
	}
	must(t, stdin.Close())
	must(t, cmd.Wait())
	r, err = Clear(cache)
	if err != nil || len(r.Removed) != 1 || r.Bytes == 0 {
		t.Errorf("cleared %+v, %v", r, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the tree is still there")
	}
}
