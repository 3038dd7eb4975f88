package oci

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// An entry with all kinds of files arrives as it was, with what it was resolved
// against; what is there is not sent or received again.
func TestPushAndPull(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		var bytes traffic
		host := serve(t, bytes.count(handler))
		mine := newStore(t)
		library := add(t, mine, "zlib", "1.3", files{"lib/libz.so": noise(1, 5000)})
		program := add(t, mine, "tool", "2.0", manyFiles(10), library)

		moved, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{program})
		must(t, err)
		if len(moved) != 2 || moved[0].ID != library.ID() || moved[1].ID != program.ID() || moved[1].There {
			t.Fatalf("pushed %+v", moved)
		}
		if up := bytes.up.Load(); up != moved[0].Bytes+moved[1].Bytes {
			t.Errorf("%d bytes were sent, and %d + %d reported", up, moved[0].Bytes, moved[1].Bytes)
		}
		bytes.reset()
		moved, err = connect(t, host).Push(t.Context(), mine, []*store.Entry{program})
		must(t, err)
		if !moved[0].There || !moved[1].There || bytes.up.Load() != 0 {
			t.Errorf("again: %+v, %d bytes", moved, bytes.up.Load())
		}

		forgetCache(t)
		theirs := newStore(t)
		r := connect(t, host)
		ids, err := r.Find(t.Context(), "tool,2")
		must(t, err)
		moved, err = r.Pull(t.Context(), theirs, ids)
		must(t, err)
		if len(moved) != 2 || moved[1].ID != program.ID() || moved[1].There || moved[0].Asked || !moved[1].Asked {
			t.Errorf("pulled %+v", moved)
		}
		same(t, mine, theirs, library)
		same(t, mine, theirs, program)

		bytes.reset()
		moved, err = r.Pull(t.Context(), theirs, ids)
		must(t, err)
		if got := bytes.down.Load(); !moved[1].There || moved[1].Repaired != 0 || got > 100_000 {
			t.Errorf("again: %+v, %d bytes", moved, got)
		}
	})
}

// A changed file is sent with the few that are packed with it, and received so.
func TestChangedProgramSendsLittle(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		var bytes traffic
		host := serve(t, bytes.count(handler))
		mine, theirs := newStore(t), newStore(t)
		f := manyFiles(10)
		delete(f, "lib/large.bin*")
		old := add(t, mine, "tool", "2.0", f)
		r := connect(t, host)
		_, err := r.Push(t.Context(), mine, []*store.Entry{old})
		must(t, err)
		_, err = r.Pull(t.Context(), theirs, []string{old.ID()})
		must(t, err)

		f["share/m100.txt"] += "changed"
		f["share/m100b.txt"] = "new"
		delete(f, "share/m030.txt")
		changed := add(t, mine, "tool", "2.1", f)
		entry := int64(len(changed.Encode()))
		bytes.reset()
		_, err = r.Push(t.Context(), mine, []*store.Entry{changed})
		must(t, err)
		if up := bytes.up.Load(); up > entry+300_000 {
			t.Errorf("%d bytes were sent of %d, entry.json has %d", up, changed.Size, entry)
		}
		_, err = r.Pull(t.Context(), theirs, []string{changed.ID()})
		must(t, err)
		if down := bytes.down.Load(); down > entry+300_000 {
			t.Errorf("%d bytes were received of %d", down, changed.Size)
		}
		same(t, mine, theirs, changed)
		same(t, mine, theirs, old)
	})
}

// What another repository of the registry has is mounted.
func TestBlobsAreMounted(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		var bytes traffic
		host := serve(t, bytes.count(handler))
		mine := newStore(t)
		e := add(t, mine, "tool", "1", files{"a": noise(1, 500_000), "b": noise(2, 1000)})
		_, err := connect(t, host).Push(t.Context(), mine, []*store.Entry{e})
		must(t, err)
		bytes.reset()
		_, err = connectTo(t, "oci://"+host+"/other").Push(t.Context(), mine, []*store.Entry{e})
		must(t, err)
		// Not every registry mounts. Those that do are sent nothing.
		if n := bytes.mounted.Load(); n != 0 && bytes.up.Load() != 0 {
			t.Errorf("%d blobs mounted, and %d bytes sent", n, bytes.up.Load())
		} else if n == 0 {
			t.Logf("the registry mounts nothing, %d bytes sent", bytes.up.Load())
		}
		forgetCache(t)
		theirs := newStore(t)
		_, err = connectTo(t, "oci://"+host+"/other").Pull(t.Context(), theirs, []string{e.ID()})
		must(t, err)
		same(t, mine, theirs, e)
	})
}

// The manifest is what the image specification 1.1 wants of an artifact.
func TestManifest(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		host := serve(t, handler)
		mine := newStore(t)
		full := add(t, mine, "full", "1.0+b~1", files{"a": "x"})
		links := add(t, mine, "links", "1", files{"a": "→ b", "b": "→ a"})
		r := connect(t, host)
		_, err := r.Push(t.Context(), mine, []*store.Entry{full, links})
		must(t, err)
		for _, e := range []*store.Entry{full, links} {
			raw, m := rawManifest(t, host, tagOf(e.ID()))
			if m.Config.Digest.Hex != string(e.Hash()) || m.Annotations[entryKey] != e.ID() || len(m.Layers) != 1 {
				t.Errorf("%s: %s", e.ID(), raw)
			}
			if !strings.Contains(raw, `"mediaType":"application/vnd.oci.image.manifest.v1+json"`) ||
				!strings.Contains(raw, `"artifactType":"application/vnd.llgo-pypack.entry.v1"`) {
				t.Errorf("%s: %s", e.ID(), raw)
			}
		}
		_, m := rawManifest(t, host, tagOf(links.ID()))
		if l := m.Layers[0]; l.MediaType != "application/vnd.oci.empty.v1+json" || l.Size != 2 ||
			l.Digest.Hex != "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" {
			t.Errorf("the empty descriptor: %+v", l)
		}
		forgetCache(t)
		theirs := newStore(t)
		_, err = r.Pull(t.Context(), theirs, []string{full.ID(), links.ID()})
		must(t, err)
		same(t, mine, theirs, full)
		if e, err := theirs.Find(links.ID()); err != nil || len(e.Files) != 2 {
			t.Errorf("links: %v, %v", e, err)
		}
	})
}

func rawManifest(t *testing.T, host, tag string) (string, *manifest) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/v2/team/store/manifests/"+tag, nil)
	must(t, err)
	req.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	m := &manifest{}
	must(t, json.Unmarshal(data, m))
	return string(data), m
}

// Entries are found as in the store, whatever else is in the repository.
func TestFind(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		host := serve(t, handler)
		mine := newStore(t)
		one := add(t, mine, "numpy", "1.26.4", files{"a": "1"})
		two := add(t, mine, "numpy", "2.3.5", files{"a": "2"})
		long := add(t, mine, "n"+strings.Repeat("ü", 50), "2", files{"a": "3"})
		r := connect(t, host)
		if ids, err := r.IDs(t.Context()); err != nil || len(ids) != 0 {
			t.Fatalf("a repository that does not exist: %v, %v", ids, err)
		}
		_, err := r.Push(t.Context(), mine, []*store.Entry{one, two, long})
		must(t, err)
		pushImage(t, r, "latest")

		ids, err := r.IDs(t.Context())
		must(t, err)
		slices.Sort(ids)
		want := []string{one.ID(), two.ID(), long.ID()}
		slices.Sort(want)
		if !slices.Equal(ids, want) {
			t.Errorf("IDs = %q, want %q", ids, want)
		}
		for pattern, want := range map[string]*store.Entry{
			"numpy,2": two, "numpy,1": one, string(two.Hash()): two, ",," + string(one.Hash()[:8]): one, long.Name: long,
		} {
			if found, err := r.Find(t.Context(), pattern); err != nil || len(found) != 1 || found[0] != want.ID() {
				t.Errorf("Find(%q) = %q, %v", pattern, found, err)
			}
		}
		var ambiguous *store.AmbiguousError
		if _, err := r.Find(t.Context(), "numpy"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 {
			t.Errorf("Find(numpy): %v", err)
		}
		if _, err := r.Find(t.Context(), "scipy"); err == nil || !strings.Contains(err.Error(), "has no entry scipy") {
			t.Errorf("Find(scipy): %v", err)
		}
		forgetCache(t)
		theirs := newStore(t)
		_, err = r.Pull(t.Context(), theirs, []string{long.ID()})
		must(t, err)
		same(t, mine, theirs, long)
	})
}

// Sync brings what each side lacks to it, and touches nothing else.
func TestSync(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		host := serve(t, handler)
		a, b := newStore(t), newStore(t)
		one, two := add(t, a, "one", "1", files{"x": "1"}), add(t, a, "two", "1", files{"x": "2"})
		three := add(t, b, "three", "1", files{"x": "3"})
		r := connect(t, host)
		pushed, pulled, err := r.Sync(t.Context(), a, nil)
		must(t, err)
		if len(pushed) != 2 || len(pulled) != 0 {
			t.Errorf("%v, %v", pushed, pulled)
		}
		pushed, pulled, err = r.Sync(t.Context(), b, []string{"three", "one"})
		must(t, err)
		if len(pushed) != 1 || pushed[0].ID != three.ID() || len(pulled) != 1 || pulled[0].ID != one.ID() {
			t.Errorf("%v, %v", pushed, pulled)
		}
		if b.Has(two.ID()) {
			t.Error("what was not chosen was pulled")
		}
		_, pulled, err = r.Sync(t.Context(), a, nil)
		must(t, err)
		if len(pulled) != 1 {
			t.Errorf("%v", pulled)
		}
		same(t, b, a, three)
		same(t, a, b, one)
		if _, _, err := r.Sync(t.Context(), a, []string{"four"}); err == nil {
			t.Error("an entry that is nowhere")
		}
	})
}

// A flipped byte in an object is found by verify and repaired by pull.
func TestPullRepairs(t *testing.T) {
	registries(t, func(t *testing.T, handler http.Handler) {
		var bytes traffic
		host := serve(t, bytes.count(handler))
		s := newStore(t)
		e := add(t, s, "tool", "1", manyFiles(10))
		r := connect(t, host)
		_, err := r.Push(t.Context(), s, []*store.Entry{e})
		must(t, err)
		f := e.File("share/m007.txt")
		flip(t, s.Object(f.Object, false))
		must(t, os.Remove(s.Object(e.File("lib/large.bin").Object, true)))
		if problems, err := s.Verify(t.Context()); err != nil || len(problems) == 0 {
			t.Fatalf("verify finds %v, %v", problems, err)
		}
		bytes.reset()
		moved, err := r.Pull(t.Context(), s, []string{e.ID()})
		must(t, err)
		if moved[0].Repaired != 2 || !moved[0].There {
			t.Errorf("%+v", moved)
		}
		if down := bytes.down.Load(); down > part+part/4+300_000 {
			t.Errorf("%d bytes were received for one flipped and one removed", down)
		}
		sound(t, s)
		same(t, s, s, e)
	})
}

// flip changes a byte of a file in place, as a disk does.
func flip(t *testing.T, name string) {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	must(t, os.Chmod(name, 0o600))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	b := make([]byte, 1)
	_, err = f.ReadAt(b, info.Size()/2)
	must(t, err)
	_, err = f.WriteAt([]byte{b[0] ^ 1}, info.Size()/2)
	must(t, err)
	must(t, os.Chmod(name, info.Mode()))
	must(t, os.Chtimes(name, info.ModTime(), info.ModTime()))
}

// A damaged content is not passed on.
func TestDamagedContentIsNotPushed(t *testing.T) {
	for _, size := range []int{1000, 200_000, part + 1000} {
		quiet(t)
		host := serve(t, memoryRegistry())
		s := newStore(t)
		e := add(t, s, "tool", "1", files{"a": noise(1, size)})
		flip(t, s.Object(e.Files[0].Object, false))
		_, err := connect(t, host).Push(t.Context(), s, []*store.Entry{e})
		if err == nil || !strings.Contains(err.Error(), "not as it was added") {
			t.Errorf("%d bytes: %v", size, err)
		}
		if ids, err := connect(t, host).IDs(t.Context()); err != nil || len(ids) != 0 {
			t.Errorf("%d bytes: the repository has %v, %v", size, ids, err)
		}
	}
}

// pushImage pushes something that is no entry.
func pushImage(t *testing.T, r *Registry, tag string) {
	t.Helper()
	config := plainBlob("application/vnd.oci.image.config.v1+json", []byte("{}"), &atomic.Int64{})
	must(t, r.pusher.Upload(t.Context(), r.address.repo, config))
	data, err := json.Marshal(manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Config: config.descriptor(), Layers: []v1.Descriptor{config.descriptor()}})
	must(t, err)
	must(t, r.pusher.Push(t.Context(), r.address.repo.Tag(tag), tagged{data}))
}
