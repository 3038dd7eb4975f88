package oci

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Moved says what it took to bring an entry to the other side.
type Moved struct {
	ID       string
	Size     int64 // of its files, in bytes
	Blobs    int   // that it consists of, entry.json not counted
	Bytes    int64 // that went over the network, manifests not counted
	There    bool  // it was there before
	Asked    bool  // by the caller; others came along because it needs them
	Repaired int   // contents of the store that were damaged or missing, of an entry that was there (pull)
}

// Push sends entries, and before each what it was resolved against. What is there
// already is not sent again.
func (r *Registry) Push(ctx context.Context, s *store.Store, entries []*store.Entry) ([]Moved, error) {
	var list []Moved
	done, asked := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		asked[e.ID()] = true
	}
	for _, e := range entries {
		closure, err := s.Closure(e)
		if err != nil {
			return list, err
		}
		for _, e := range neededFirst(closure) {
			id := e.ID()
			if done[id] {
				continue
			}
			done[id] = true
			moved, err := r.push(ctx, s, e)
			if err != nil {
				return list, err
			}
			moved.Asked = asked[id]
			list = append(list, *moved)
		}
	}
	return list, nil
}

// neededFirst orders a closure so that whatever is in the repository has there what it
// was resolved against, at any moment.
func neededFirst(closure []*store.Entry) (list []*store.Entry) {
	byID := map[string]*store.Entry{}
	for _, e := range closure {
		byID[e.ID()] = e
	}
	var visit func(e *store.Entry)
	visit = func(e *store.Entry) {
		if e == nil || byID[e.ID()] == nil {
			return
		}
		delete(byID, e.ID())
		for _, id := range slices.Sorted(maps.Values(e.Resolved)) {
			visit(byID[id])
		}
		list = append(list, e)
	}
	for _, e := range closure {
		visit(e)
	}
	return list
}

// push sends one entry: its layers, entry.json, and last the manifest with the tag that
// makes it exist. Whatever happens before that, the repository has no half of an entry.
func (r *Registry) push(ctx context.Context, s *store.Store, e *store.Entry) (*Moved, error) {
	id := e.ID()
	there, err := r.has(ctx, e)
	if err != nil {
		return nil, r.explain("the manifest of "+id, err)
	}
	contents, total := contentsOf(e)
	moved := &Moved{ID: id, Size: total, There: there}
	if there {
		return moved, nil
	}
	if err := verifyParts(s, contents); err != nil {
		return nil, err
	}
	var sent atomic.Int64
	up := &upload{r: r, packer: packer{s, r.kept, &sent}, from: r.elsewhere(e.Name)}
	config := plainBlob(configType, e.Encode(), &sent)
	if err := up.send(ctx, config); err != nil {
		return nil, r.explain("entry.json of "+id, err)
	}
	layers, err := up.layers(ctx, id, layout(contents))
	if err != nil {
		return nil, r.explain(id, err)
	}
	data, err := json.Marshal(newManifest(e, config, layers))
	if err != nil {
		return nil, err
	}
	if len(data) > maxManifest {
		return nil, &Error{Text: fmt.Sprintf("%s has too many files for a registry: a manifest of %d bytes", id, len(data))}
	}
	if err := up.commit(ctx, id, data, append(layers, config)); err != nil {
		return nil, err
	}
	moved.Blobs, moved.Bytes = len(layers), sent.Load()
	return moved, r.remember(e.Name)
}

// has tells whether the repository has an entry. A tag of another content, or with
// a manifest that cannot be read, is one that it has not.
func (r *Registry) has(ctx context.Context, e *store.Entry) (bool, error) {
	d, err := r.puller.Get(ctx, r.address.repo.Tag(tagOf(e.ID())))
	if isNotThere(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := parseManifest(d.Manifest)
	return err == nil && m.Config.Digest.Hex == string(e.Hash()), nil
}

// verifyParts verifies the contents that travel in several blobs, none of which can be
// verified alone.
func verifyParts(s *store.Store, contents []content) error {
	for i := range contents {
		c := &contents[i]
		if c.size <= part {
			continue
		}
		sum, err := store.HashOfFile(s.Object(c.hash, c.executable))
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if err != nil || sum != c.hash {
			return damaged(s, c)
		}
	}
	return nil
}

// upload is one entry on its way.
type upload struct {
	r      *Registry
	packer packer
	from   *name.Repository // of the same registry, may have what is wanted
}

// layers sends the pieces, several at once.
func (u *upload) layers(ctx context.Context, id string, pieces []piece) ([]*blob, error) {
	if len(pieces) == 0 {
		empty := plainBlob(emptyType, []byte(emptyContent), u.packer.sent)
		return []*blob{empty}, u.send(ctx, empty)
	}
	task := u.r.reporter.Phase("push "+id, len(pieces))
	defer task.Done()
	layers := make([]*blob, len(pieces))
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for i, p := range pieces {
		group.Go(func() (err error) {
			if layers[i], err = u.packer.layer(p); err != nil {
				return err
			}
			if err := u.send(ctx, layers[i]); err != nil {
				return err
			}
			task.Step(int(done.Add(1)), p.contents[0].path)
			return nil
		})
	}
	return layers, group.Wait()
}

// send uploads a blob that the repository has not: the library asks for it first, then
// for a mount.
func (u *upload) send(ctx context.Context, b *blob) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var layer v1.Layer = b
	if u.from != nil {
		layer = &remote.MountableLayer{Layer: b, Reference: u.from.Digest(b.digest.String())}
	}
	return u.r.pusher.Upload(ctx, u.r.address.repo, layer)
}

// commit sends the manifest. A registry that refuses it, as if it lacked what it has
// taken, is asked for each blob again and sent those that it lacks then.
func (u *upload) commit(ctx context.Context, id string, manifest []byte, blobs []*blob) error {
	first := true
	err := u.r.again(ctx, lacksBlobs, func() error {
		if !first {
			if err := u.resend(ctx, blobs); err != nil {
				return err
			}
		}
		first = false
		return u.r.pusher.Push(ctx, u.r.address.repo.Tag(tagOf(id)), tagged{manifest})
	})
	if lacksBlobs(err) {
		return u.r.explain(fmt.Sprintf("the manifest of %s, sent %d times with all its blobs", id, tries), err)
	}
	return u.r.explain("the manifest of "+id, err)
}

// resend sends the blobs that the repository lacks, whatever is known of that. A pusher
// remembers what it has sent or seen there, and would not look; and a blob that was
// taken over from another repository may be the one that does not arrive.
func (u *upload) resend(ctx context.Context, blobs []*blob) (err error) {
	if u.r.pusher, err = remote.NewPusher(u.r.options...); err != nil {
		return err
	}
	u.from = nil
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for _, b := range blobs {
		group.Go(func() error { return u.send(ctx, b) })
	}
	return group.Wait()
}

// A repository of the same registry that an entry of that name was pushed to or pulled
// from may have what another one lacks: a registry takes such a blob over without its
// bytes being sent. It is remembered by name, for versions have contents in common.
func (r *Registry) nameKey(entry string) kept.Key {
	return kept.NewKey("oci repository", []byte(r.address.host()), []byte(entry))
}

func (r *Registry) remember(entry string) error {
	return r.kept.KeepBytes(r.nameKey(entry), []byte(r.address.repo.RepositoryStr()))
}

// elsewhere returns the other repository, nil if none is known.
func (r *Registry) elsewhere(entry string) *name.Repository {
	data, ok := r.kept.Bytes(r.nameKey(entry))
	if !ok || string(data) == r.address.repo.RepositoryStr() || strings.TrimSpace(string(data)) == "" {
		return nil
	}
	repo := r.address.repo.Registry.Repo(string(data))
	return &repo
}
