package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	s := open(t)
	needed := add(t, s, data(t, "needed", "1", "a"))
	d := data(t, "words", "1.0", "share/a", "share/b")
	d.Entry.Resolved = map[string]string{"liba.so": needed.ID()}
	e := add(t, s, d)
	got, err := Decode(e.Encode())
	must(t, err)
	if got.ID() != e.ID() || !s.Has(got.ID()) || s.Has("words") || s.Has("words,1.0,0123456789abcdef") {
		t.Errorf("decoded %s of %s", got.ID(), e.ID())
	}
}

func TestDecodeRefuses(t *testing.T) {
	s := open(t)
	d := data(t, "words", "1.0", "share/a")
	d.Entry.Files = []File{{Path: "share/c", Link: "a"}}
	good := string(add(t, s, d).Encode())
	for _, change := range [][2]string{
		{`"share/a"`, `"../a"`}, {`"share/a"`, `"/a"`}, {`"link": "a"`, `"link": "../../a"`}, {`"link": "a"`, `"link": "/a"`}, {`"link": "a"`, `"link": "b/../a"`},
		{`"name": "words"`, `"name": "../words"`}, {`"schema": 1`, `"schema": 2`}, {`"size": 12`, `"size": 13`},
		{`"size": 12`, `"size": -12`}, {`"files"`, `"resolved": {"a": "../x"}, "files"`}, {`"kind"`, `"unknown": 1, "kind"`}, {"{", ""},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("nothing to change: %s in %s", change[0], good)
		}
		if _, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%q is believed", change)
		}
	}
	var invalid *InvalidError
	for _, size := range []string{"-1", "9223372036854775807"} {
		if _, err := Decode([]byte(strings.ReplaceAll(good, `"size": 12`, `"size": `+size))); size == "-1" && !errors.As(err, &invalid) {
			t.Errorf("%s bytes: %v", size, err)
		}
	}
}

func TestMatchOfIDs(t *testing.T) {
	ids := []string{"numpy,2.3.5,00000000000000aa", "latest", "numpy,1.26.4,00000000000000bb", "numpy,2.3.5,00000000000000cc"}
	for pattern, want := range map[string][]string{
		"numpy,1": {ids[2]}, "numpy,2": {ids[0], ids[3]}, "numpy": {ids[2], ids[0], ids[3]}, ",,00000000000000cc": {ids[3]}, "scipy": nil,
	} {
		if got := Match(ids, pattern); !slices.Equal(got, want) {
			t.Errorf("Match(%q) = %q, want %q", pattern, got, want)
		}
	}
}
