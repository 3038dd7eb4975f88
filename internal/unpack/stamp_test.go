//go:build linux || darwin

package unpack

import (
	"reflect"
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func sampleStamp() *stamp {
	return &stamp{
		id: [32]byte{1, 2}, boot: [16]byte{3}, program: "/opt/naïve name",
		files: []fileState{
			{"python/bin/python3", identity{mode: 0o100555, size: 12, sec: 1_000_000_000}},
			{"python/lib/é", identity{mode: 0o100444, size: 1 << 40, sec: -1, nsec: 999_999_999}},
		},
	}
}

func TestStampRoundTrip(t *testing.T) {
	for _, want := range []*stamp{sampleStamp(), {}} {
		raw, ok := parseStamp(want.encode())
		if !ok || raw.id() != want.id || !reflect.DeepEqual(raw.decode(), want) {
			t.Errorf("%+v became %+v", want, raw.decode())
		}
	}
}

// No cut and no change of a byte passes for a stamp.
func TestStampDamage(t *testing.T) {
	whole := sampleStamp().encode()
	for i := range whole {
		if _, ok := parseStamp(whole[:i]); ok {
			t.Errorf("cut at %d it is a stamp", i)
		}
		whole[i] ^= 0x10
		if _, ok := parseStamp(whole); ok {
			t.Errorf("changed at %d it is a stamp", i)
		}
		whole[i] ^= 0x10
	}
}

// Even with a checksum that is right, no stamp makes the reader fall over.
func FuzzStamp(f *testing.F) {
	whole := sampleStamp().encode()
	f.Add(whole)
	f.Add(whole[:stampHeader+3])
	f.Add(make([]byte, stampHeader))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < stampHeader {
			return
		}
		s := rawStamp(b).decode()
		for _, file := range s.files {
			if len(file.path) > len(b) {
				t.Error("a path out of nowhere")
			}
		}
	})
}
