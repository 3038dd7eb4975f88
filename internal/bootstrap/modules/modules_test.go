package modules

import (
	"strings"
	"testing"
)

func sample() (*Head, []byte) {
	h := &Head{Python: [4]byte{0x2b, 0x0e, '\r', '\n'}, Size: HeadSize + 4, Zip: Part{HeadSize, 4}, Finder: Part{HeadSize + 1, 2}}
	return h, append(h.Encode(), "code"...)
}

func TestHead(t *testing.T) {
	want, file := sample()
	got, err := Decode(file)
	if err != nil || *got != *want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	if len(want.Encode()) != HeadSize {
		t.Errorf("the head has %d bytes", len(want.Encode()))
	}
	if got := string(got.Finder.Of(file)); got != "od" {
		t.Errorf("part %q", got)
	}
}

// TestDamaged: a file that was cut, lengthened or overwritten is never read from.
func TestDamaged(t *testing.T) {
	_, file := sample()
	outside, _ := sample()
	outside.Start = Part{HeadSize, 5}
	far, _ := sample()
	far.End = Part{1<<32 - 1, 1<<32 - 1}
	for want, damaged := range map[string][]byte{
		"not a module file": []byte("MZ" + string(file[2:])),
		"cut off":           file[:len(file)-1],
		"or joined with":    append(append([]byte{}, file...), 0),
		"damaged":           append(outside.Encode(), "code"...),
		"damaged ":          append(far.Encode(), "code"...),
		"not a ":            file[:HeadSize-1],
	} {
		if h, err := Decode(damaged); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%q: %+v, %v", want, h, err)
		}
	}
}
