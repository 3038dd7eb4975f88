package wheeltest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// Index is a simple index (PEP 503).
type Index struct {
	User, Password string // asked for if not empty
	Requests       atomic.Int64

	server *httptest.Server
	wheels []Wheel
}

// Serve starts an index that ends with the test.
func Serve(t *testing.T, wheels ...Wheel) *Index {
	t.Helper()
	x := &Index{wheels: wheels}
	x.server = httptest.NewServer(x)
	t.Cleanup(x.server.Close)
	return x
}

// ServeTLS is Serve with a certificate; ca is the file of the authority that
// signed it.
func ServeTLS(t *testing.T, wheels ...Wheel) (x *Index, ca string) {
	t.Helper()
	x = &Index{wheels: wheels}
	cert, authority := certificate(t)
	x.server = httptest.NewUnstartedServer(x)
	x.server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	x.server.Config.ErrorLog = log.New(io.Discard, "", 0) // of those who do not trust it
	x.server.StartTLS()
	t.Cleanup(x.server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return x, ca
}

// Add publishes more wheels.
func (x *Index) Add(wheels ...Wheel) { x.wheels = append(x.wheels, wheels...) }

// Close takes the index from the network.
func (x *Index) Close() { x.server.Close() }

// Host is its address: "127.0.0.1:1234".
func (x *Index) Host() string {
	_, host, _ := strings.Cut(x.server.URL, "://")
	return host
}

// URL is the index, with the given user name and password where there is one.
func (x *Index) URL(user, password string) string {
	if user == "" {
		return x.server.URL + "/simple"
	}
	return fmt.Sprintf("http://%s:%s@%s/simple", user, password, x.Host())
}

// Use makes it the only index of uv for the test, with an empty cache.
func (x *Index) Use(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "UV_") {
			t.Setenv(name, value) // put back after the test
			os.Unsetenv(name)
		}
	}
	t.Setenv("UV_DEFAULT_INDEX", x.URL("", ""))
	t.Setenv("UV_CACHE_DIR", filepath.Join(t.TempDir(), "uv"))
	t.Setenv("UV_HTTP_RETRIES", "0")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("NETRC", filepath.Join(t.TempDir(), "none"))
}

// ServeHTTP answers /simple/<name>/ and /files/<wheel>.
func (x *Index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.Requests.Add(1)
	if user, password, _ := r.BasicAuth(); x.User != "" && (user != x.User || password != x.Password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="wheels"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
		x.page(w, strings.TrimSuffix(name, "/"))
		return
	}
	for _, wheel := range x.wheels {
		if r.URL.Path == "/files/"+wheel.FileName() {
			_, _ = w.Write(wheel.Bytes())
			return
		}
	}
	http.NotFound(w, r)
}

func (x *Index) page(w http.ResponseWriter, name string) {
	var page strings.Builder
	for _, wheel := range x.wheels {
		if pylock.Normalise(wheel.Name) == name {
			fmt.Fprintf(&page, "<a href=\"/files/%[1]s\">%[1]s</a>\n", wheel.FileName())
		}
	}
	if page.Len() == 0 {
		http.Error(w, "no such distribution", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte(page.String()))
}
