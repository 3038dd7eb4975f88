package oci

import (
	"strings"
	"testing"
)

// Whatever a manifest says, the spans that are taken from it are the stream.
func FuzzManifest(f *testing.F) {
	digest := `"sha256:` + strings.Repeat("0", 64) + `"`
	layer := `{"mediaType":"` + string(contentsType) + `","size":9,"digest":` + digest + `,"annotations":{"` + sizeKey + `":"100"}}`
	head := `{"schemaVersion":2,"artifactType":"` + artifactType + `","config":{"mediaType":"` + string(configType) + `","size":9,"digest":` + digest + `},"layers":[`
	f.Add(head+layer+`]}`, int64(100))
	f.Add(head+layer+","+layer+`]}`, int64(200))
	f.Add(head+layer+","+layer+`]}`, int64(100))
	f.Add(head+`]}`, int64(0))
	f.Add(head+`{"mediaType":"`+string(emptyType)+`"}]}`, int64(0))
	f.Add(`{}`, int64(1))
	f.Add(head+strings.Replace(layer, "100", "-100", 1)+`]}`, int64(-100))
	f.Fuzz(func(t *testing.T, data string, total int64) {
		m, err := parseManifest([]byte(data))
		if err != nil {
			return
		}
		spans, err := m.spans(total)
		if err != nil {
			return
		}
		var at int64
		for i, s := range spans {
			if s.start != at || s.size < 0 || s.size > maxLayer || m.Layers[i].Size > maxCompressed {
				t.Fatalf("layer %d is %+v, at %d", i, s, at)
			}
			at += s.size
		}
		if at != total {
			t.Fatalf("%d bytes of %d", at, total)
		}
	})
}
