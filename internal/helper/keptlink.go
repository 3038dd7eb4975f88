package helper

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
	"github.com/llgo-pypack/llgo-pypack/internal/record"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// What linking comes to depends on its request, with the files by content, and on what
// the machine has: which of the libraries that are looked for are where. Both are
// looked at before a kept result is taken.

// keptLink is what is kept of a linking, beside the files that it wrote.
type keptLink struct {
	Linked   Linked
	Findings []Finding
	Patched  []bool        // of Linked.Files: kept by itself
	Machine  []record.File // what was found at Linked.Looked
}

// LinkOnce is [Helper.Link], unless the answer to the same request is kept. Files that
// had to be changed lie in the cache then. One with a program, which is another one
// each time, and those of Mach-O files are not kept.
func (h *Helper) LinkOnce(ctx context.Context, req LinkRequest) (*Linked, error) {
	if req.Program != "" {
		return h.Link(ctx, req)
	}
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	key, sums, err := linkKey(ctx, req)
	if err != nil {
		return nil, err
	}
	if linked := findLinked(store, key); linked != nil {
		linked.fillSums(req, sums)
		return linked, nil
	}
	linked, err := h.Link(ctx, req)
	if err != nil || len(linked.Looked) == 0 {
		return linked, err
	}
	if again, _, err := linkKey(ctx, req); err != nil || again != key {
		return linked, err // a library was replaced meanwhile
	}
	if err := keepLinked(store, key, linked); err != nil {
		return nil, err
	}
	linked.fillSums(req, sums)
	return linked, nil
}

// fillSums adds the sums of files that are as they were asked for.
func (l *Linked) fillSums(req LinkRequest, sums []string) {
	bySource := map[string]string{}
	for i, f := range req.Files {
		bySource[f.Source] = sums[i]
	}
	for i := range l.Files {
		if f := &l.Files[i]; f.SHA256 == "" {
			f.SHA256 = bySource[f.Source]
		}
	}
}

// linkKey is the key of all of a request but where its output goes, and the SHA-256 of
// each of its files. Where files are counts: they search beside themselves.
func linkKey(ctx context.Context, req LinkRequest) (key kept.Key, sums []string, err error) {
	sums = make([]string, len(req.Files))
	err = parallel.Each(ctx, len(sums), func(i int) (err error) {
		sums[i], err = objects.HexOfFile(req.Files[i].Source)
		return err
	})
	if err != nil {
		return kept.Key{}, nil, err
	}
	req.Output, req.Survey = "", "" // it follows from the library
	id, err := nativeID()
	if err != nil {
		return kept.Key{}, nil, err
	}
	all, err := json.Marshal([]any{req, sums, id})
	return kept.NewKey("link", all), sums, err
}

// nativeID changes with pyhelper and the tools for native files.
func nativeID() (string, error) {
	_, sources, err := listSources(pyhelper.Files)
	if err != nil {
		return "", err
	}
	lock, err := pyhelper.Files.ReadFile("lock/" + nativeTools.name + ".txt")
	return digest(sources, string(lock)), err
}

func findLinked(store *kept.Store, key kept.Key) *Linked {
	data, ok := store.Bytes(key)
	var k keptLink
	if !ok || json.Unmarshal(data, &k) != nil || len(k.Patched) != len(k.Linked.Files) {
		return nil
	}
	now, err := record.Looks(k.Linked.Looked)
	if err != nil || !slices.Equal(now, k.Machine) {
		return nil
	}
	for i, patched := range k.Patched {
		if !patched {
			continue
		}
		f := &k.Linked.Files[i]
		r, ok := store.File(patchedKey(key, f.Dest))
		if !ok {
			return nil
		}
		f.Source, f.SHA256 = r.Path, r.SHA256
	}
	k.Linked.Findings = k.Findings
	return &k.Linked
}

func keepLinked(store *kept.Store, key kept.Key, linked *Linked) error {
	k := keptLink{Linked: *linked, Findings: linked.Findings}
	for i := range linked.Files {
		f := &linked.Files[i]
		k.Patched = append(k.Patched, f.Patched)
		if !f.Patched {
			continue
		}
		r, err := store.KeepFile(patchedKey(key, f.Dest), f.Source)
		if err != nil {
			return err
		}
		f.Source, f.SHA256 = r.Path, r.SHA256
	}
	var err error
	if k.Machine, err = record.Looks(linked.Looked); err != nil {
		return err
	}
	data, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return store.KeepBytes(key, data)
}

func patchedKey(key kept.Key, dest string) kept.Key {
	return kept.NewKey("linked file", key[:], []byte(dest))
}
