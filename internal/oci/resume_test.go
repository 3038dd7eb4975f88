package oci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// What is promised about a process that is killed can only be seen between processes:
// the test binary starts itself to push or to pull.
const (
	roleVar    = "OCI_TEST_ROLE" // push or pull
	storeVar   = "OCI_TEST_STORE"
	addressVar = "OCI_TEST_ADDRESS"
	idVar      = "OCI_TEST_ID"
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := child(role); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(role string) error {
	a, err := ParseAddress(os.Getenv(addressVar), false)
	if err != nil {
		return err
	}
	s, err := store.Open(os.Getenv(storeVar))
	if err != nil {
		return err
	}
	r, err := open(a, progress.Discard, 5*time.Millisecond)
	if err != nil {
		return err
	}
	if role == "pull" {
		_, err = r.Pull(context.Background(), s, []string{os.Getenv(idVar)})
		return err
	}
	e, err := s.Find(os.Getenv(idVar))
	if err != nil {
		return err
	}
	_, err = r.Push(context.Background(), s, []*store.Entry{e})
	return err
}

// breaker lets a number of bytes of blobs pass, in both directions together, and then
// breaks every connection that has some.
type breaker struct {
	traffic
	left atomic.Int64
}

func newBreaker(left int64) *breaker {
	b := &breaker{}
	b.left.Store(left)
	return b
}

func (b *breaker) handle(next http.Handler) http.Handler {
	return b.count(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "/blobs/") {
			req.Body = &breakingBody{req.Body, b}
			w = &breakingWriter{w, b}
		}
		next.ServeHTTP(w, req)
		if b.left.Load() < 0 && strings.Contains(req.URL.Path, "/blobs/") {
			panic(http.ErrAbortHandler) // the connection, without an answer
		}
	}))
}

var errBroken = errors.New("the connection is cut")

func (b *breaker) pass(n int) error {
	if n > 0 && b.left.Add(-int64(n)) < 0 {
		return errBroken
	}
	return nil
}

type breakingWriter struct {
	http.ResponseWriter
	b *breaker
}

func (w *breakingWriter) Write(p []byte) (int, error) {
	// Half of it, so that the client has the beginning of a blob.
	half := len(p) / 2
	n, err := w.ResponseWriter.Write(p[:half])
	if err != nil {
		return n, err
	}
	if err := w.b.pass(len(p)); err != nil {
		return n, err
	}
	m, err := w.ResponseWriter.Write(p[half:])
	return n + m, err
}

type breakingBody struct {
	body interface {
		Read([]byte) (int, error)
		Close() error
	}
	b *breaker
}

func (r *breakingBody) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	if err := r.b.pass(n); err != nil {
		return 0, err
	}
	return n, err
}

func (r *breakingBody) Close() error { return r.body.Close() }

// inFlight is more than the blobs of middleFiles that travel at once can have, with
// entry.json.
const inFlight = jobs * 400_000

// middleFiles make many blobs of much the same size.
func middleFiles() files {
	f := manyFiles(10)
	delete(f, "lib/large.bin*")
	for i := range uint64(24) {
		f[fmt.Sprintf("lib/l%d.so", i)] = noise(1000+i, 250_000)
	}
	return f
}

// A push or pull whose connection is cut in the middle fails, leaves nothing by a name
// on the other side, and goes on with what it has the next time.
func TestCutConnections(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		mine, theirs := newStore(t), newStore(t)
		e := add(t, mine, "tool", "1", middleFiles())
		b := newBreaker(e.Size / 2)
		host := serve(t, b.handle(handler))

		if _, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e}); err == nil {
			t.Fatal("a push over a cut connection")
		}
		if ids, err := connect(t, host).IDs(t.Context()); err != nil || len(ids) != 0 {
			t.Errorf("the repository has %v, %v", ids, err)
		}
		b.reset()
		b.left.Store(1 << 40)
		_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
		must(t, err)
		if up := b.up.Load(); up > e.Size/2+inFlight {
			t.Errorf("the second push sends %d bytes of %d", up, e.Size)
		}

		b.reset()
		b.left.Store(e.Size / 2)
		_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
		if err == nil {
			t.Fatal("a pull over a cut connection")
		}
		oneClearLine(t, err)
		untouched(t, theirs)
		b.reset()
		b.left.Store(1 << 40)
		_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
		must(t, err)
		if down := b.down.Load(); down > e.Size/2+inFlight {
			t.Errorf("the second pull receives %d bytes of %d", down, e.Size)
		}
		same(t, mine, theirs, e)
	})
}

// One broken connection is not worth an error.
func TestBriefCutIsTriedAgain(t *testing.T) {
	quiet(t)
	mine, theirs := newStore(t), newStore(t)
	e := add(t, mine, "tool", "1", files{"a": noise(1, 3_000_000)})
	var cuts atomic.Int64
	inner := memoryRegistry()
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "/blobs/") && req.Method != http.MethodHead && cuts.Add(1)%4 == 1 {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, req)
	}))
	r := connect(t, host)
	_, err := r.Push(t.Context(), mine, []*store.Entry{e})
	must(t, err)
	forgetCache(t)
	_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
	must(t, err)
	same(t, mine, theirs, e)
	if cuts.Load() < 4 {
		t.Errorf("%d requests for blobs", cuts.Load())
	}
}

// Of those who push at once, all are right; so are those who pull at once.
func TestAtOnce(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		host := serve(t, handler)
		mine := newStore(t)
		shared := add(t, mine, "shared", "1", files{"a": noise(1, 200_000), "b": "b"})
		all := []*store.Entry{shared}
		for i := range 4 {
			all = append(all, add(t, mine, fmt.Sprint("tool", i), "1", files{"a": noise(1, 200_000), "c": fmt.Sprint(i)}, shared))
		}
		var group errgroup.Group
		for _, e := range all[1:] {
			r := connect(t, host)
			group.Go(func() error {
				_, err := r.Push(t.Context(), mine, []*store.Entry{e})
				return err
			})
		}
		must(t, group.Wait())
		theirs := newStore(t)
		for _, e := range all[1:] {
			r := connect(t, host)
			group.Go(func() error {
				_, err := r.Pull(t.Context(), theirs, []string{e.ID()})
				return err
			})
		}
		must(t, group.Wait())
		for _, e := range all {
			same(t, mine, theirs, e)
		}
	})
}

// A process that is killed at any point of a push or pull loses what was under way, and
// nothing else.
func TestKilledProcessGoesOn(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		mine := newStore(t)
		e := add(t, mine, "tool", "1", middleFiles())
		var process atomic.Pointer[exec.Cmd]
		var killAfter atomic.Int64
		b := newBreaker(1 << 40)
		host := serve(t, b.handle(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			handler.ServeHTTP(w, req)
			if strings.Contains(req.URL.Path, "/blobs/") && req.Method != http.MethodHead && killAfter.Add(-1) == 0 {
				_ = process.Load().Process.Kill()
			}
		})))
		// run starts a process that is killed after so many requests for blobs, and
		// tells whether it was.
		run := func(role, dir string, requests int64) (killed bool) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), roleVar+"="+role, storeVar+"="+dir, addressVar+"=oci://"+host+"/team/store", idVar+"="+e.ID())
			cmd.Stderr = os.Stderr
			killAfter.Store(1 << 40)
			must(t, cmd.Start())
			process.Store(cmd)
			killAfter.Store(requests)
			var exit *exec.ExitError
			err := cmd.Wait()
			if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
				return true
			}
			must(t, err)
			return false
		}
		kills := 0
		dir := storeDir(t, mine)
		for n := int64(3); run("push", dir, n); n += 7 {
			kills++
			if ids, err := connect(t, host).IDs(t.Context()); err != nil || len(ids) != 0 {
				t.Fatalf("the repository has %v, %v", ids, err)
			}
		}
		forgetCache(t)
		theirs := t.TempDir()
		b.reset()
		for n := int64(1); run("pull", theirs, n); n += 4 {
			kills++
		}
		s, err := store.Open(theirs)
		must(t, err)
		same(t, mine, s, e)
		if kills < 4 {
			t.Errorf("only %d processes were killed", kills)
		}
		if down := b.down.Load(); down > e.Size+int64(kills+1)*inFlight {
			t.Errorf("%d bytes were received of %d, by %d processes", down, e.Size, kills)
		}
	})
}
