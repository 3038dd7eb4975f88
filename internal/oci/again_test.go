package oci

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// reluctant is a registry that answers otherwise now and then.
type reluctant struct {
	http.Handler
	// answer is told how often there was such a request, this one counted; it is true
	// if that was the answer.
	answer func(w http.ResponseWriter, req *http.Request, nth int) bool

	mu    sync.Mutex
	count map[string]int // by method and path
}

func (r *reluctant) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	key := req.Method + " " + req.URL.Path
	r.mu.Lock()
	if r.count == nil {
		r.count = map[string]int{}
	}
	r.count[key]++
	nth := r.count[key]
	r.mu.Unlock()
	if !r.answer(w, req, nth) {
		r.Handler.ServeHTTP(w, req)
	}
}

// requests returns how many there were for each path that contains a text.
func (r *reluctant) requests(method, text string) (list []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, n := range r.count {
		if strings.HasPrefix(key, method+" ") && strings.Contains(key, text) {
			list = append(list, n)
		}
	}
	return list
}

// each checks that there were n requests for each path.
func (r *reluctant) each(t *testing.T, method, text string, n int) {
	t.Helper()
	list := r.requests(method, text)
	for _, got := range list {
		if got != n {
			t.Errorf("%s …%s…: %d requests, want %d", method, text, got, n)
		}
	}
	if len(list) == 0 {
		t.Errorf("no %s …%s…", method, text)
	}
}

// refuse answers as registries do.
func refuse(w http.ResponseWriter, status int, codes ...string) bool {
	var list []string
	for _, code := range codes {
		list = append(list, fmt.Sprintf(`{"code":%q,"message":"no"}`, code))
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[%s]}`, strings.Join(list, ","))
	return true
}

func isManifest(req *http.Request, method string) bool {
	return req.Method == method && strings.Contains(req.URL.Path, "/manifests/")
}

func isBlob(req *http.Request, method string) bool {
	return req.Method == method && strings.Contains(req.URL.Path, "/blobs/sha256:")
}

// A manifest that is refused because of what it names is sent again, after each blob
// was asked for again. The answers are those of docker-registry in whose file of a
// blob is nothing, of one that has no such file, and of others.
func TestRefusedManifestIsSentAgain(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter) bool{
		"an empty link": func(w http.ResponseWriter) bool {
			return refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN")
		},
		"no link": func(w http.ResponseWriter) bool { return refuse(w, http.StatusBadRequest, "MANIFEST_BLOB_UNKNOWN") },
		"404":     func(w http.ResponseWriter) bool { return refuse(w, http.StatusNotFound, "BLOB_UNKNOWN") },
	} {
		t.Run(name, func(t *testing.T) {
			quiet(t)
			r := &reluctant{Handler: memoryRegistry(), answer: func(w http.ResponseWriter, req *http.Request, nth int) bool {
				return isManifest(req, http.MethodPut) && nth < tries && answer(w)
			}}
			host := serve(t, r)
			mine, theirs := newStore(t), newStore(t)
			e := add(t, mine, "tool", "1", files{"a": noise(1, 200_000), "b": "b"})
			moved, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
			must(t, err)
			r.each(t, http.MethodPut, "/manifests/", tries)
			r.each(t, http.MethodHead, "/blobs/", tries)
			r.each(t, http.MethodPost, "/blobs/", moved[0].Blobs+1) // all have one path
			_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
			must(t, err)
			same(t, mine, theirs, e)
		})
	}
}

// strict is a registry that takes no manifest without all that it names. What forget
// tells is lost before it looks.
func strict(forget func(tag string, m *manifest, blobs registry.BlobDeleteHandler)) *reluctant {
	blobs := registry.NewInMemoryBlobHandler()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithBlobHandler(blobs))
	return &reluctant{Handler: inner, answer: func(w http.ResponseWriter, req *http.Request, nth int) bool {
		if !isManifest(req, http.MethodPut) {
			return false
		}
		data, err := io.ReadAll(req.Body)
		var m manifest
		if err != nil || json.Unmarshal(data, &m) != nil {
			return refuse(w, http.StatusBadRequest, "MANIFEST_INVALID")
		}
		req.Body = io.NopCloser(bytes.NewReader(data))
		if nth == 1 {
			forget(req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:], &m, blobs.(registry.BlobDeleteHandler))
		}
		for _, d := range append(m.Layers, m.Config) {
			if _, err := blobs.Get(req.Context(), "", d.Digest); err != nil {
				return refuse(w, http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN")
			}
		}
		return false
	}}
}

// What a registry has lost between the blob and the manifest is sent again, although it
// had it when it was asked: that of another entry of the same push, too.
func TestForgottenBlobsAreSentAgain(t *testing.T) {
	quiet(t)
	mine, theirs := newStore(t), newStore(t)
	one := add(t, mine, "tool", "1", files{"a": noise(1, 200_000)})
	two := add(t, mine, "tool", "2", files{"a": noise(1, 200_000), "b": noise(2, 300_000)})
	r := strict(func(tag string, m *manifest, blobs registry.BlobDeleteHandler) {
		if tag == tagOf(two.ID()) {
			for _, d := range append(m.Layers, m.Config) {
				must(t, blobs.Delete(context.Background(), "", d.Digest))
			}
		}
	})
	var bytes traffic
	host := serve(t, bytes.count(r))
	moved, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{one, two})
	must(t, err)
	if up := bytes.up.Load(); up != moved[0].Bytes+moved[1].Bytes || moved[1].Bytes < 300_000+500_000 {
		t.Errorf("%d bytes were sent, and %d + %d reported", up, moved[0].Bytes, moved[1].Bytes)
	}
	_, err = connect(t, host).Pull(t.Context(), theirs, []string{one.ID(), two.ID()})
	must(t, err)
	same(t, mine, theirs, one)
	same(t, mine, theirs, two)
}

// What is said to be taken over from another repository, and is not there then, is sent.
func TestMountThatDoesNotArriveIsSent(t *testing.T) {
	quiet(t)
	inner := strict(func(string, *manifest, registry.BlobDeleteHandler) {})
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost && req.URL.Query().Has("mount") {
			w.WriteHeader(http.StatusCreated)
			return
		}
		inner.ServeHTTP(w, req)
	}))
	mine, theirs := newStore(t), newStore(t)
	e := add(t, mine, "tool", "1", files{"a": noise(1, 200_000)})
	r := connect(t, host)
	must(t, r.kept.KeepBytes(r.nameKey(e.Name), []byte("other")))
	_, err := r.Push(t.Context(), mine, []*store.Entry{e})
	must(t, err)
	_, err = r.Pull(t.Context(), theirs, []string{e.ID()})
	must(t, err)
	same(t, mine, theirs, e)
}

// A registry that refuses for ever gets as many chances, and one clear line; one that
// refuses for another reason gets one chance.
func TestManifestThatIsNeverTaken(t *testing.T) {
	for _, test := range []struct {
		code  string
		tries int
		want  string
	}{
		{"MANIFEST_BLOB_UNKNOWN", tries, fmt.Sprintf("sent %d times with all its blobs: ", tries)},
		{"MANIFEST_INVALID", 1, "MANIFEST_INVALID: no"},
	} {
		t.Run(test.code, func(t *testing.T) {
			quiet(t)
			r := &reluctant{Handler: memoryRegistry(), answer: func(w http.ResponseWriter, req *http.Request, nth int) bool {
				return isManifest(req, http.MethodPut) && refuse(w, http.StatusBadRequest, test.code)
			}}
			host := serve(t, r)
			mine := newStore(t)
			e := add(t, mine, "tool", "1", files{"a": "a"})
			_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.code) {
				t.Fatalf("Push: %v", err)
			}
			t.Log(err)
			oneClearLine(t, err)
			r.each(t, http.MethodPut, "/manifests/", test.tries)
			if ids, err := connect(t, host).IDs(t.Context()); err != nil || len(ids) != 0 {
				t.Errorf("the repository has %v, %v", ids, err)
			}
		})
	}
}

// A push is not held up by another one of the same blobs that a registry is in the
// middle of, nor is a pull.
func TestAnswersInTheMiddleOfAnotherPush(t *testing.T) {
	for name, middle := range map[string]func(w http.ResponseWriter, req *http.Request) bool{
		"no blob to see": func(w http.ResponseWriter, req *http.Request) bool {
			return isBlob(req, http.MethodHead) && refuse(w, http.StatusInternalServerError)
		},
		"no upload to begin": func(w http.ResponseWriter, req *http.Request) bool {
			return req.Method == http.MethodPost && refuse(w, http.StatusInternalServerError, "UNKNOWN")
		},
		"no blob to read": func(w http.ResponseWriter, req *http.Request) bool {
			return isBlob(req, http.MethodGet) && refuse(w, http.StatusInternalServerError, "UNKNOWN")
		},
		"no such blob": func(w http.ResponseWriter, req *http.Request) bool {
			return isBlob(req, http.MethodGet) && refuse(w, http.StatusNotFound, "BLOB_UNKNOWN")
		},
		"no manifest to read": func(w http.ResponseWriter, req *http.Request) bool {
			return isManifest(req, http.MethodGet) && refuse(w, http.StatusInternalServerError, "UNKNOWN")
		},
		"a tag of nothing": func(w http.ResponseWriter, req *http.Request) bool {
			return isManifest(req, http.MethodGet) && refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN")
		},
	} {
		t.Run(name, func(t *testing.T) {
			quiet(t)
			var met sync.Map
			host := serve(t, &reluctant{Handler: memoryRegistry(), answer: func(w http.ResponseWriter, req *http.Request, nth int) bool {
				key := req.Method + req.URL.Path
				if _, again := met.Load(key); again {
					return false
				}
				if isManifest(req, http.MethodGet) {
					if _, pulled := met.Load("pull"); !pulled {
						return false // Push asks whether it is there
					}
				}
				if middle(w, req) {
					met.Store(key, true)
					return true
				}
				return false
			}})
			mine, theirs := newStore(t), newStore(t)
			e := add(t, mine, "tool", "1", files{"a": noise(1, 200_000), "b": "b"})
			_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
			must(t, err)
			met.Store("pull", true)
			_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
			must(t, err)
			same(t, mine, theirs, e)
		})
	}
}

// A blob that is gone for good ends a pull with one line.
func TestBlobThatIsGone(t *testing.T) {
	quiet(t)
	var gone bool
	r := &reluctant{Handler: memoryRegistry(), answer: func(w http.ResponseWriter, req *http.Request, _ int) bool {
		return gone && isBlob(req, http.MethodGet) && refuse(w, http.StatusNotFound, "BLOB_UNKNOWN")
	}}
	host := serve(t, r)
	mine, theirs := newStore(t), newStore(t)
	e := add(t, mine, "tool", "1", files{"a": "a"})
	_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
	must(t, err)
	gone = true
	_, err = connect(t, host).Pull(t.Context(), theirs, []string{e.ID()})
	if err == nil || !strings.Contains(err.Error(), "BLOB_UNKNOWN") {
		t.Fatalf("Pull: %v", err)
	}
	t.Log(err)
	oneClearLine(t, err)
	untouched(t, theirs)
	r.each(t, http.MethodGet, "/blobs/sha256", tries)
}
