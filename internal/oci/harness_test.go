package oci

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// quiet takes what belongs to the user who runs the test away from it.
func quiet(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", home)
	t.Setenv("REGISTRY_AUTH_FILE", "")
	t.Setenv("XDG_RUNTIME_DIR", home)
	t.Setenv("LLGO_PY_CACHE", filepath.Join(home, "cache"))
	for _, name := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, "")
	}
}

// forgetCache makes what follows happen on another machine.
func forgetCache(t *testing.T) { t.Setenv("LLGO_PY_CACHE", t.TempDir()) }

// registries runs a test with every registry there is: the one of go-containerregistry
// in this process, and Debian's docker-registry where it is installed.
func registries(t *testing.T, test func(t *testing.T, handler http.Handler)) {
	t.Run("go-containerregistry", func(t *testing.T) {
		quiet(t)
		test(t, memoryRegistry())
	})
	t.Run("docker-registry", func(t *testing.T) {
		program, err := exec.LookPath("docker-registry")
		if err != nil {
			t.Skip("docker-registry is not installed")
		}
		quiet(t)
		test(t, dockerRegistry(t, program))
	})
}

func memoryRegistry() http.Handler {
	return registry.New(registry.Logger(log.New(io.Discard, "", 0)))
}

// dockerRegistry starts a registry of its own for the test. It listens on a socket in
// the file system: a port that was free could be somebody else's when it begins.
func dockerRegistry(t *testing.T, program string) http.Handler {
	t.Helper()
	dir, err := os.MkdirTemp("", "oci-") // a socket's path has to be short
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config, socket := filepath.Join(dir, "config.yml"), filepath.Join(dir, "socket")
	must(t, os.WriteFile(config, fmt.Appendf(nil,
		"version: 0.1\nlog:\n  level: error\n  accesslog: {disabled: true}\nstorage:\n  filesystem: {rootdirectory: %s}\nhttp:\n  net: unix\n  addr: %s\n",
		filepath.Join(dir, "data"), socket), 0o600))
	cmd := exec.Command(program, "serve", config)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // REGISTRY_… would be settings
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "docker-registry"})
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.Transport = &http.Transport{
		DisableCompression:  true, // bytes are counted as they travel
		MaxIdleConnsPerHost: 2 * jobs,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}
	for {
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
			return proxy
		}
		select {
		case <-ended:
			t.Fatalf("docker-registry does not start: %s", &output)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// traffic counts the bytes of blobs that pass a handler.
type traffic struct {
	up, down, mounted atomic.Int64
}

func (c *traffic) reset() { c.up.Store(0); c.down.Store(0); c.mounted.Store(0) }

// count is a handler that counts.
func (c *traffic) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !strings.Contains(req.URL.Path, "/blobs/") {
			next.ServeHTTP(w, req)
			return
		}
		req.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(req.Body, counter{&c.up}), req.Body}
		response := &counting{ResponseWriter: w, n: &c.down}
		next.ServeHTTP(response, req)
		if req.URL.Query().Has("mount") && response.status == http.StatusCreated {
			c.mounted.Add(1)
		}
	})
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

type counting struct {
	http.ResponseWriter
	n      *atomic.Int64
	status int
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

func (c *counting) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// serve listens on loopback; the address has no scheme.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// connect opens the repository team/store of a host.
func connect(t *testing.T, host string) *Registry { return connectTo(t, "oci://"+host+"/team/store") }

func connectTo(t *testing.T, address string) *Registry {
	t.Helper()
	a, err := ParseAddress(address, false)
	must(t, err)
	r, err := open(a, progress.Discard, 5*time.Millisecond)
	must(t, err)
	return r
}

func newStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// files are the contents of an entry by path; a path that ends in * is executable, and
// a content that begins with "→ " is where a symbolic link leads.
type files map[string]string

func add(t *testing.T, s *store.Store, name, version string, f files, resolved ...*store.Entry) *store.Entry {
	t.Helper()
	dir := t.TempDir()
	d := store.Draft{
		Entry:   store.Entry{Name: name, Version: version, Kind: store.KindData, Licence: "MIT", Origin: store.Origin{Kind: "directory"}},
		Sources: map[string]string{},
	}
	for _, e := range resolved {
		if d.Entry.Resolved == nil {
			d.Entry.Resolved = map[string]string{}
		}
		d.Entry.Resolved["lib"+e.Name+".so"] = e.ID()
	}
	for path, content := range f {
		mode := os.FileMode(0o644)
		if strings.HasSuffix(path, "*") {
			path, mode = strings.TrimSuffix(path, "*"), 0o755
		}
		if target, ok := strings.CutPrefix(content, "→ "); ok {
			d.Entry.Files = append(d.Entry.Files, store.File{Path: path, Link: target})
			continue
		}
		file := filepath.Join(dir, fmt.Sprint(len(d.Sources)))
		must(t, os.WriteFile(file, []byte(content), mode))
		d.Sources[path] = file
	}
	e, err := s.Add(t.Context(), d)
	must(t, err)
	return e
}

// noise is a content that does not compress, the same for the same seed.
func noise(seed uint64, size int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// manyFiles are like a package's: many small ones and a few large.
func manyFiles(seed uint64) files {
	f := files{
		"lib/large.bin*": noise(seed, part+part/4),
		"lib/middle.bin": noise(seed+1, 300<<10),
		"lib/again.bin*": noise(seed+1, 300<<10), // the same content, executable
		"lib/empty":      "",
		"lib/link.bin":   "→ middle.bin",
	}
	for i := range uint64(200) {
		f[fmt.Sprintf("share/m%03d.txt", i)] = noise(seed+100+i, 200+int(i*37%4000))
	}
	return f
}

// same compares the trees of an entry in two stores, and verifies the second.
func same(t *testing.T, a, b *store.Store, e *store.Entry) {
	t.Helper()
	got, err := b.Find(e.ID())
	must(t, err)
	if got.Hash() != e.Hash() {
		t.Errorf("%s is %s there", e.ID(), got.ID())
	}
	for _, f := range e.Files {
		one, two := filepath.Join(a.Tree(e), f.Path), filepath.Join(b.Tree(got), f.Path)
		x, err := os.ReadFile(one)
		must(t, err)
		y, err := os.ReadFile(two)
		must(t, err)
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", f.Path)
		}
		i, err := os.Lstat(one)
		must(t, err)
		j, err := os.Lstat(two)
		must(t, err)
		if i.Mode() != j.Mode() {
			t.Errorf("%s: mode %v, want %v", f.Path, j.Mode(), i.Mode())
		}
	}
	sound(t, b)
}

// sound verifies a store, and that no work is left in it.
func sound(t *testing.T, s *store.Store) {
	t.Helper()
	problems, err := s.Verify(t.Context())
	if err != nil || len(problems) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
