package oci

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Media types and annotations, see the package comment.
const (
	artifactType                  = "application/vnd.llgo-pypack.entry.v1"
	configType    types.MediaType = "application/vnd.llgo-pypack.entry.v1+json"
	contentsType  types.MediaType = "application/vnd.llgo-pypack.contents.v1+zstd"
	emptyType     types.MediaType = "application/vnd.oci.empty.v1+json"
	sizeKey                       = "vnd.llgo-pypack.size"  // of a layer, decompressed
	entryKey                      = "vnd.llgo-pypack.entry" // the ID
	platformKey                   = "vnd.llgo-pypack.platform"
	titleKey                      = "org.opencontainers.image.title"
	versionKey                    = "org.opencontainers.image.version"
	licencesKey                   = "org.opencontainers.image.licenses"
	emptyContent                  = "{}"
	schemaVersion                 = 2
	maxManifest                   = 4 << 20 // what registries have to accept, and many accept no more
	maxEntry                      = 64 << 20
	maxLayer                      = 2 * part // decompressed
	maxCompressed                 = maxLayer + maxLayer/64
)

// manifest is v1.Manifest of the image specification 1.1, which go-containerregistry
// has without artifactType.
type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     types.MediaType   `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        v1.Descriptor     `json:"config"`
	Layers        []v1.Descriptor   `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// newManifest is the manifest of an entry whose layers are blobs.
func newManifest(e *store.Entry, config *blob, layers []*blob) *manifest {
	m := &manifest{
		SchemaVersion: schemaVersion,
		MediaType:     types.OCIManifestSchema1,
		ArtifactType:  artifactType,
		Config:        config.descriptor(),
		Annotations: map[string]string{
			entryKey: e.ID(), platformKey: e.Platform, titleKey: e.Name, versionKey: e.Version,
		},
	}
	if e.Licence != "" {
		m.Annotations[licencesKey] = e.Licence
	}
	for _, layer := range layers {
		m.Layers = append(m.Layers, layer.descriptor())
	}
	return m
}

// tagged is a manifest as it is sent.
type tagged struct{ data []byte }

func (t tagged) RawManifest() ([]byte, error)        { return t.data, nil }
func (t tagged) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// parseManifest reads what a registry has sent, and checks all of it that does not
// need entry.json.
func parseManifest(data []byte) (*manifest, error) {
	m := &manifest{}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(m); err != nil {
		return nil, fmt.Errorf("its manifest cannot be read: %w", err)
	}
	switch {
	case m.ArtifactType != artifactType || m.Config.MediaType != configType || m.SchemaVersion != schemaVersion:
		return nil, fmt.Errorf("it is no entry of a store, but %.80q", m.ArtifactType+string(m.Config.MediaType))
	case m.Config.Size < 0 || m.Config.Size > maxEntry:
		return nil, fmt.Errorf("its entry.json has %d bytes, and %d are allowed", m.Config.Size, maxEntry)
	case !isSHA256(m.Config.Digest):
		return nil, fmt.Errorf("its manifest names entry.json by %.20q", m.Config.Digest)
	}
	return m, nil
}

func isSHA256(h v1.Hash) bool { return h.Algorithm == "sha256" && store.Hash(h.Hex).Valid() }

// spans are the parts of the stream that the layers of m have, compared with the length
// that entry.json gives it.
func (m *manifest) spans(total int64) ([]span, error) {
	if total == 0 && len(m.Layers) == 1 && m.Layers[0].MediaType == emptyType {
		return nil, nil
	}
	var list []span
	var at int64
	for i, layer := range m.Layers {
		size, err := strconv.ParseInt(layer.Annotations[sizeKey], 10, 64)
		switch {
		case err != nil || size < 0 || size > maxLayer || size > total-at:
			return nil, fmt.Errorf("layer %d announces %.20q bytes of the %d that are left", i, layer.Annotations[sizeKey], total-at)
		case layer.MediaType != contentsType || !isSHA256(layer.Digest):
			return nil, fmt.Errorf("layer %d is %.80q, %.20q", i, layer.MediaType, layer.Digest.Algorithm)
		case layer.Size < 0 || layer.Size > maxCompressed:
			return nil, fmt.Errorf("layer %d has %d bytes, and %d are allowed", i, layer.Size, maxCompressed)
		}
		list = append(list, span{at, size})
		at += size
	}
	if at != total {
		return nil, fmt.Errorf("its layers have %d bytes, and its files %d", at, total)
	}
	return list, nil
}
