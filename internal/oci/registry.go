package oci

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/version"
)

// jobs is how many blobs travel at once.
const jobs = 4

// Registry is a repository to share entries through. Its methods are not for several
// goroutines at once.
type Registry struct {
	address  Address
	guard    *guard
	secrets  *secrets
	puller   *remote.Puller
	pusher   *remote.Pusher
	options  []remote.Option // of both
	kept     *kept.Store
	reporter progress.Reporter
	pause    time.Duration // before what failed is tried again
}

// Open prepares to work with a repository; nothing is asked yet. Credentials are those
// of docker's or podman's configuration.
func Open(a Address, reporter progress.Reporter) (*Registry, error) {
	return open(a, reporter, time.Second)
}

func open(a Address, reporter progress.Reporter, pause time.Duration) (*Registry, error) {
	r := &Registry{address: a, secrets: &secrets{}, reporter: reporter, pause: pause}
	r.guard = newGuard(a, r.secrets)
	r.options = []remote.Option{
		remote.WithTransport(r.guard),
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithUserAgent("llgo-pypack/" + strings.TrimPrefix(version.Tool, "llgo-pypack ")),
		remote.WithJobs(jobs),
		remote.WithRetryBackoff(remote.Backoff{Duration: pause, Factor: 2, Steps: tries}),
	}
	var err error
	if r.puller, err = remote.NewPuller(r.options...); err != nil {
		return nil, err
	}
	if r.pusher, err = remote.NewPusher(r.options...); err != nil {
		return nil, err
	}
	r.kept, err = kept.Open()
	return r, err
}

// IDs lists the entries that the repository has. Tags of other things are passed over.
func (r *Registry) IDs(ctx context.Context) ([]string, error) {
	about := "the list of " + r.address.String()
	lister, err := r.puller.Lister(ctx, r.address.repo)
	if isNotThere(err) {
		return nil, nil // no one has pushed yet
	}
	if err != nil {
		return nil, r.explain(about, err)
	}
	var ids []string
	tags := 0
	for lister.HasNext() {
		page, err := lister.Next(ctx)
		if err != nil {
			return nil, r.explain(about, err)
		}
		for _, tag := range page.Tags {
			if id, ok := r.idOf(ctx, tag); ok {
				ids = append(ids, id)
			}
		}
		if tags += len(page.Tags) + 1; tags > maxTags {
			return nil, &Error{Text: fmt.Sprintf("%s does not end after %d tags", about, maxTags)}
		}
	}
	return ids, nil
}

// maxTags ends a list that has no end; a page counts as a tag.
const maxTags = 100_000

// idOf asks for the manifest of a shortened tag, which is rare.
func (r *Registry) idOf(ctx context.Context, tag string) (string, bool) {
	if id, ok := idOf(tag); ok || len(tag) < len(shortened) || tag[:len(shortened)] != shortened {
		return id, ok
	}
	m, err := r.manifest(ctx, tag)
	if err != nil {
		return "", false
	}
	id := m.Annotations[entryKey]
	return id, store.IsID(id) && tagOf(id) == tag
}

// Find returns the ID of the one entry of the repository that each pattern means; the
// rules are store.Find's.
func (r *Registry) Find(ctx context.Context, patterns ...string) ([]string, error) {
	ids, err := r.IDs(ctx)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, pattern := range patterns {
		found := store.Match(ids, pattern)
		switch len(found) {
		case 1:
			list = append(list, found[0])
		case 0:
			return nil, &Error{
				Text: fmt.Sprintf("%s has no entry %s", r.address, pattern),
				Next: fmt.Sprintf("llgo py store sync -n %s   # says what it has that is not here", r.address),
			}
		default:
			return nil, &store.AmbiguousError{Pattern: pattern, Candidates: found}
		}
	}
	return list, nil
}

// manifest reads the manifest of a tag.
func (r *Registry) manifest(ctx context.Context, tag string) (*manifest, error) {
	d, err := r.puller.Get(ctx, r.address.repo.Tag(tag))
	if err != nil {
		return nil, err
	}
	return parseManifest(d.Manifest)
}

// fetch returns a blob: from the cache, else from the registry, compared with its
// digest.
func (r *Registry) fetch(ctx context.Context, d v1.Descriptor) (data []byte, received int64, err error) {
	key := blobKey(d.Digest)
	if data, ok := r.kept.Bytes(key); ok && int64(len(data)) == d.Size && digestOf(data) == d.Digest {
		return data, 0, nil
	}
	err = r.again(ctx, isBrokenOrNotThere, func() (err error) {
		data, err = r.download(ctx, d)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return data, d.Size, r.kept.KeepBytes(key, data)
}

// blobKey is where a blob is kept until its entry is in the store.
func blobKey(digest v1.Hash) kept.Key { return kept.NewKey("oci blob", []byte(digest.String())) }

func (r *Registry) download(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	layer, err := r.puller.Layer(withLimit(ctx, d.Size), r.address.repo.Digest(d.Digest.String()))
	if err != nil {
		return nil, err
	}
	body, err := layer.Compressed()
	if err != nil {
		return nil, err
	}
	data, err := readAtMost(body, d.Size)
	if err == nil && digestOf(data) != d.Digest {
		err = &Error{Text: "the registry sends another content than " + d.Digest.String()}
	}
	return data, err
}
