package deps

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

const secret = "s3cret-pass"

// privateIndex asks for a name and a password.
func privateIndex(t *testing.T) *wheeltest.Index {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.User, index.Password = "me", secret
	index.Use(t)
	return index
}

// TestPrivateIndex: whatever way uv is told of a private index and who asks there,
// it is used, and the password is nowhere afterwards.
func TestPrivateIndex(t *testing.T) {
	for name, set := range map[string]func(w *world, index *wheeltest.Index){
		"UV_DEFAULT_INDEX": func(_ *world, index *wheeltest.Index) { t.Setenv("UV_DEFAULT_INDEX", index.URL("me", secret)) },
		"UV_INDEX_URL": func(_ *world, index *wheeltest.Index) {
			os.Unsetenv("UV_DEFAULT_INDEX")
			t.Setenv("UV_INDEX_URL", index.URL("me", secret))
		},
		"UV_EXTRA_INDEX_URL": func(_ *world, index *wheeltest.Index) {
			t.Setenv("UV_DEFAULT_INDEX", wheeltest.Serve(t, wheeltest.Wheel{Name: "other", Version: "1"}).URL("", ""))
			t.Setenv("UV_EXTRA_INDEX_URL", index.URL("me", secret))
		},
		"netrc": func(w *world, _ *wheeltest.Index) {
			w.write("netrc", "machine 127.0.0.1 login me password "+secret+"\n")
			t.Setenv("NETRC", filepath.Join(w.Dir, "netrc"))
		},
		"uv.toml": func(w *world, index *wheeltest.Index) {
			os.Unsetenv("UV_DEFAULT_INDEX")
			w.write("uv.toml", "[[index]]\nurl = \""+index.URL("me", secret)+"\"\ndefault = true\n")
		},
		"tool.uv": func(w *world, index *wheeltest.Index) {
			os.Unsetenv("UV_DEFAULT_INDEX")
			w.write("pyproject.toml", "[[tool.uv.index]]\nname = \"own\"\nurl = \""+index.URL("", "")+"\"\ndefault = true\n")
			t.Setenv("UV_INDEX_OWN_USERNAME", "me")
			t.Setenv("UV_INDEX_OWN_PASSWORD", secret)
		},
		"requirement": func(w *world, index *wheeltest.Index) {
			os.Unsetenv("UV_DEFAULT_INDEX")
			url := strings.TrimSuffix(index.URL("me", secret), "/simple")
			w.write("requirements.txt", "tiny-one @ "+url+"/files/tiny_one-1.0-py3-none-any.whl\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			index := privateIndex(t)
			w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
			set(w, index)
			env, err := w.Environment(t.Context(), w.dist, Demand{})
			if err != nil {
				t.Fatal(err)
			}
			if got := w.versions(env); got != "tiny-one 1.0" {
				t.Errorf("installed %q", got)
			}
			noSecret(t, "what was told", w.notes.take())
			noSecret(t, "the lock", w.lock())
			noSecretBelow(t, env.Prefix)
		})
	}
}

func noSecret(t *testing.T, what, text string) {
	t.Helper()
	if strings.Contains(text, secret) {
		t.Errorf("%s has the password:\n%s", what, text)
	}
}

func noSecretBelow(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		noSecret(t, path, string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPrivateIndexRefuses: the error says which index does not let us in, and no
// password is part of it or of its detail.
func TestPrivateIndexRefuses(t *testing.T) {
	index := privateIndex(t)
	index.Password = "another"
	t.Setenv("UV_DEFAULT_INDEX", index.URL("me", secret))
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	_, err := w.Environment(t.Context(), w.dist, Demand{})
	checkError(t, err, "tiny-one was not found", index.URL("", "")+") could not be queried due to a lack of valid authentication credentials")
	all, _ := json.Marshal(err)
	noSecret(t, "the error", err.Error()+string(all))
	if w.lock() != "" {
		t.Error("a lock was written")
	}
}

// TestUnreachableProxy: uv's settings of proxies count.
func TestUnreachableProxy(t *testing.T) {
	index := wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	t.Setenv("UV_DEFAULT_INDEX", "http://index.invalid/simple")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	_, err := w.Environment(t.Context(), w.dist, Demand{})
	if err == nil || !strings.Contains(err.Error(), "cannot resolve the Python requirements") || !strings.Contains(err.Error(), "index.invalid") {
		t.Errorf("got %v", err)
	}
	t.Setenv("HTTP_PROXY", "http://"+index.Host())
	if got := w.installed(Demand{}); got != "tiny-one 1.0" {
		t.Errorf("through a proxy: installed %q", got)
	}
}

// TestOwnAuthority: an index with a certificate of a company's own is trusted if
// SSL_CERT_FILE says so.
func TestOwnAuthority(t *testing.T) {
	index, ca := wheeltest.ServeTLS(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"})
	index.Use(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one\n"})
	_, err := w.Environment(t.Context(), w.dist, Demand{})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("not trusted: %v", err)
	}
	t.Setenv("SSL_CERT_FILE", ca)
	if got := w.installed(Demand{}); got != "tiny-one 1.0" {
		t.Errorf("installed %q", got)
	}
}
