package oci

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// oneClearLine checks what a person is shown of an error.
func oneClearLine(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(text) > 700 || text == "" {
		t.Errorf("not one clear line: %q", text)
	}
}

// untouched checks that a store is as empty as a new one.
func untouched(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, filepath.WalkDir(filepath.Join(storeDir(t, s), "store"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "README" && d.Name() != "lock" && !strings.Contains(path, "holds") {
			t.Errorf("left behind: %s", path)
		}
		return err
	}))
}

// storeDir is what a store was opened with.
func storeDir(t *testing.T, s *store.Store) string {
	t.Helper()
	object := s.Object(store.Hash(strings.Repeat("0", 64)), false)
	return filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(object))))
}

// realKey is the context's key for the registry that answers what it should.
type realKey struct{}

// copyOf answers what the registry would, changed.
func copyOf(w http.ResponseWriter, req *http.Request, change func([]byte) []byte) {
	recorder := httptest.NewRecorder()
	req.Context().Value(realKey{}).(http.Handler).ServeHTTP(recorder, req)
	_, _ = w.Write(change(recorder.Body.Bytes()))
}

// stopped is what is said of a connection that is open and brings nothing.
const stopped = "stopped in the middle"

// Whatever a registry does with what it has, a pull ends with one line and leaves
// nothing.
func TestHostileAnswers(t *testing.T) {
	quiet(t)
	blob := func(req *http.Request) bool {
		return strings.Contains(req.URL.Path, "/blobs/sha256:") && req.Method == http.MethodGet
	}
	manifest := func(req *http.Request) bool { return strings.Contains(req.URL.Path, "/manifests/") }
	endless := func(w http.ResponseWriter, req *http.Request) {
		junk := bytes.Repeat([]byte("junk "), 10_000)
		for req.Context().Err() == nil {
			if _, err := w.Write(junk); err != nil {
				return
			}
		}
	}
	for _, test := range []struct {
		name   string
		when   func(*http.Request) bool
		answer func(w http.ResponseWriter, req *http.Request)
		want   string
	}{
		{"another content", blob, func(w http.ResponseWriter, req *http.Request) {
			copyOf(w, req, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "checksum"},
		{"a content cut short", blob, func(w http.ResponseWriter, req *http.Request) {
			copyOf(w, req, func(b []byte) []byte { return b[:len(b)/2] })
		}, ""},
		{"a content that never ends", blob, endless, ""},
		{"a content that stops", blob, func(w http.ResponseWriter, req *http.Request) {
			w.(http.Flusher).Flush()
			<-req.Context().Done()
		}, stopped},
		{"a manifest that never ends", manifest, endless, "longer than was announced"},
		{"a manifest of nothing", manifest, func(w http.ResponseWriter, req *http.Request) {
			fmt.Fprint(w, "[]")
		}, "manifest cannot be read"},
		{"a manifest of something else", manifest, func(w http.ResponseWriter, req *http.Request) {
			fmt.Fprint(w, `{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json"}}`)
		}, "no entry of a store"},
		{"a page that writes on the terminal", manifest, func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, "<html>\n\x1b[2J\x1b]0;owned\a\r\n</html>"+strings.Repeat("x", 100_000))
		}, "I'm a teapot"},
		{"an error that writes on the terminal", manifest, func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte(`{"errors":[{"code":"DENIED","message":"a\nb\u001b[2Jc"}]}`))
		}, "a b [2Jc"},
		{"a redirection that never ends", blob, func(w http.ResponseWriter, req *http.Request) {
			http.Redirect(w, req, req.URL.String(), http.StatusTemporaryRedirect)
		}, "redirect"},
		{"a redirection to plain http elsewhere", blob, func(w http.ResponseWriter, req *http.Request) {
			http.Redirect(w, req, "http://192.0.2.1/x", http.StatusTemporaryRedirect)
		}, "would be asked by http"},
		{"a redirection to a file", blob, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, "no protocol of registries"},
		{"everything fails", func(*http.Request) bool { return true }, func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
		}, "Internal Server Error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var on atomic.Bool
			inner := memoryRegistry()
			host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if on.Load() && test.when(req) {
					test.answer(w, req.WithContext(context.WithValue(req.Context(), realKey{}, inner)))
					return
				}
				inner.ServeHTTP(w, req)
			}))
			mine, theirs := newStore(t), newStore(t)
			e := add(t, mine, "tool", "1", files{"a": noise(1, 300_000), "b": "b"})
			_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
			must(t, err)
			on.Store(true)
			r := connect(t, host)
			if test.want == stopped { // else a pause is none of the registry's making
				r.guard.stall = 100 * time.Millisecond
			}
			_, err = r.Pull(t.Context(), theirs, []string{e.ID()})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("Pull: %v, want %q", err, test.want)
			}
			t.Log(err)
			oneClearLine(t, err)
			untouched(t, theirs)
		})
	}
}

// A list of tags that never ends.
func TestEndlessList(t *testing.T) {
	quiet(t)
	page := `{"name":"team/store","tags":["numpy__1__0123456789abcdef"` + strings.Repeat(`,"x"`, 5000) + `]}`
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Link", `</v2/team/store/tags/list?n=1000&last=x>; rel="next"`)
		fmt.Fprint(w, page)
	}))
	_, err := connect(t, host).IDs(t.Context())
	if err == nil || !strings.Contains(err.Error(), "does not end") {
		t.Fatalf("IDs: %v", err)
	}
	oneClearLine(t, err)
}

// A registry that does not take what is sent.
func TestUploadThatIsNotTaken(t *testing.T) {
	quiet(t)
	inner := memoryRegistry()
	release := make(chan struct{})
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPatch && req.ContentLength > part/2 {
			<-release
			return
		}
		inner.ServeHTTP(w, req)
	}))
	t.Cleanup(func() { close(release) })
	mine := newStore(t)
	e := add(t, mine, "tool", "1", files{"a": noise(1, part)})
	r := connect(t, host)
	r.guard.stall = 200 * time.Millisecond
	_, err := r.Push(t.Context(), mine, []*store.Entry{e})
	if err == nil || !strings.Contains(err.Error(), stopped) {
		t.Fatalf("Push: %v", err)
	}
	oneClearLine(t, err)
}

// forge pushes an entry that a change was made to, in a way that all hashes are right:
// what somebody can do who may push.
type forgery struct {
	entry  func(data string) string // entry.json
	layer  func(data []byte) []byte
	change func(m *manifest)
	tag    string // "" for the one of what entry.json says
}

func forge(t *testing.T, r *Registry, s *store.Store, e *store.Entry, f forgery) (id string) {
	t.Helper()
	data := e.Encode()
	if f.entry != nil {
		data = []byte(f.entry(string(data)))
	}
	var sent atomic.Int64
	p := packer{s, r.kept, &sent}
	config := plainBlob(configType, data, &sent)
	contents, _ := contentsOf(e)
	var layers []*blob
	for _, piece := range layout(contents) {
		b, err := p.layer(piece)
		must(t, err)
		if f.layer != nil {
			compressed, err := b.make()
			must(t, err)
			forged := plainBlob(contentsType, f.layer(compressed), &sent)
			forged.content = b.content
			b = forged
		}
		must(t, r.pusher.Upload(t.Context(), r.address.repo, b))
		layers = append(layers, b)
	}
	must(t, r.pusher.Upload(t.Context(), r.address.repo, config))
	m := newManifest(e, config, layers)
	if f.change != nil {
		f.change(m)
	}
	id = e.Name + "," + e.Version + "," + config.digest.Hex[:16]
	if f.tag != "" {
		id = f.tag
	}
	raw, err := json.Marshal(m)
	must(t, err)
	must(t, r.pusher.Push(t.Context(), r.address.repo.Tag(tagOf(id)), tagged{raw}))
	return id
}

// Whatever somebody pushes, the same.
func TestForgedEntries(t *testing.T) {
	quiet(t)
	replace := func(from, to string) func(string) string {
		return func(data string) string {
			if !strings.Contains(data, from) {
				panic("nothing to forge: " + from + " in " + data)
			}
			return strings.Replace(data, from, to, 1)
		}
	}
	replaceAll := func(from, to string) func(string) string {
		return func(data string) string { return strings.ReplaceAll(data, from, to) }
	}
	size := func(n int64) func(*manifest) {
		return func(m *manifest) { m.Layers[0].Annotations[sizeKey] = strconv.FormatInt(n, 10) }
	}
	encoder, err := zstd.NewWriter(nil)
	must(t, err)
	bomb := encoder.EncodeAll(make([]byte, 1<<30), nil)
	for name, test := range map[string]struct {
		forgery
		want string
	}{
		"a path above the entry":        {forgery{entry: replace(`"dir/a"`, `"../../../../a"`)}, "entry.json"},
		"an absolute path":              {forgery{entry: replace(`"dir/a"`, `"/tmp/oci-owned"`)}, "entry.json"},
		"a link above the entry":        {forgery{entry: replace(`"link": "a"`, `"link": "../../../../../etc"`)}, "entry.json"},
		"an absolute link":              {forgery{entry: replace(`"link": "a"`, `"link": "/etc/passwd"`)}, "entry.json"},
		"a name with a slash":           {forgery{entry: replace(`"name": "tool"`, `"name": "../tool"`), tag: "tool,1,0123456789abcdef"}, ""},
		"a size that is negative":       {forgery{entry: replaceAll(`"size": 300000`, `"size": -300000`)}, "cannot have"},
		"a size that is not true":       {forgery{entry: replaceAll(`"size": 300000`, `"size": 300001`)}, "its layers have"},
		"a size beyond the world":       {forgery{entry: replaceAll(`"size": 300000`, `"size": 9223372036854775807`)}, ""},
		"a hash that is a path":         {forgery{entry: replace(`"object": "`, `"object": "../`)}, "entry.json"},
		"no JSON":                       {forgery{entry: func(string) string { return "\x1b[2J" }}, "entry.json"},
		"another entry by that name":    {forgery{tag: "good,1,0123456789abcdef"}, "another entry by the name"},
		"layers that are too short":     {forgery{change: size(1)}, ""},
		"layers of a negative size":     {forgery{change: size(-1)}, "announces"},
		"layers of too many bytes":      {forgery{change: size(1 << 40)}, "announces"},
		"a compressed size too large":   {forgery{change: func(m *manifest) { m.Layers[0].Size = 1 << 40 }}, "are allowed"},
		"no layers":                     {forgery{change: func(m *manifest) { m.Layers = nil }}, "its layers have"},
		"a digest of another kind":      {forgery{change: func(m *manifest) { m.Layers[0].Digest.Algorithm = "md5" }}, ""},
		"an entry.json without end":     {forgery{change: func(m *manifest) { m.Config.Size = 1 << 40 }}, "are allowed"},
		"an entry.json of another size": {forgery{change: func(m *manifest) { m.Config.Size-- }}, ""},
		"a bomb":                        {forgery{layer: func([]byte) []byte { return bomb }}, "layer"},
		"no zstd":                       {forgery{layer: func([]byte) []byte { return []byte("zstd?") }}, "layer"},
		"another content": {forgery{layer: func([]byte) []byte {
			return encoder.EncodeAll(make([]byte, 300_000), nil)
		}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			host := serve(t, memoryRegistry())
			mine, theirs := newStore(t), newStore(t)
			e := add(t, mine, "tool", "1", files{"dir/a": noise(1, 300_000), "dir/b": "→ a"})
			r := connect(t, host)
			id := forge(t, r, mine, e, test.forgery)
			_, err := connect(t, host).Pull(t.Context(), theirs, []string{id})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("Pull: %v, want %q", err, test.want)
			}
			t.Log(err)
			oneClearLine(t, err)
			untouched(t, theirs)
			if _, err := os.Lstat("/tmp/oci-owned"); err == nil {
				t.Error("a file outside of the store was written")
			}
		})
	}
}

// Without a forgery, forge makes what Push does.
func TestForgeIsFaithful(t *testing.T) {
	quiet(t)
	host := serve(t, memoryRegistry())
	mine, theirs := newStore(t), newStore(t)
	e := add(t, mine, "tool", "1", files{"dir/a": noise(1, 300_000), "dir/b": "→ a"})
	r := connect(t, host)
	id := forge(t, r, mine, e, forgery{})
	_, err := r.Pull(t.Context(), theirs, []string{id})
	must(t, err)
	same(t, mine, theirs, e)
}
