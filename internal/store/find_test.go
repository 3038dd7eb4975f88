package store

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	var ids []ident
	for _, s := range []string{
		"numpy,1.26.4,9f3a000000000000", "numpy,2.1.0,9f3b000000000000", "numpy,21.0,aa00000000000000",
		"numpy-stubs,2.1.0,bb00000000000000", "zlib,1:1.2,cc00000000000000", "zlib,1:1.2,cd00000000000000",
	} {
		id, ok := parseID(s)
		if !ok {
			t.Fatal(s)
		}
		ids = append(ids, id)
	}
	for pattern, want := range map[string]string{
		"numpy,2":                         "2.1.0",
		"numpy,2.1.0":                     "2.1.0",
		"numpy,21":                        "21.0",
		"numpy,":                          "1.26.4 2.1.0 21.0",
		"numpy":                           "1.26.4 2.1.0 21.0",
		"numpy-":                          "2.1.0",
		"nump,1":                          "1.26.4",
		",,9f3a":                          "1.26.4",
		",,9F3A":                          "1.26.4",
		"9f3a":                            "1.26.4",
		"9f3":                             "",
		"zlib,1:1.2,cd":                   "1:1.2",
		"zlib":                            "1:1.2 1:1.2",
		",21":                             "21.0",
		"zlib,1":                          "1:1.2 1:1.2",
		"":                                "",
		",,":                              "",
		"pandas":                          "",
		"numpy,2,9f3a":                    "",
		"zlib,1:1.2,cd00000000000000ffff": "1:1.2", // Find looks at the rest
	} {
		var got []string
		for _, id := range match(ids, pattern) {
			got = append(got, id.version)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q means %v, want %s", pattern, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	s := open(t)
	one := add(t, s, data(t, "words", "1.9", "share/a"))
	two := add(t, s, data(t, "words", "1.10", "share/b"))
	var missing *MissingError
	if _, err := s.Find("sword"); !errors.As(err, &missing) || missing.Pattern != "sword" {
		t.Errorf("got %v", err)
	}
	var ambiguous *AmbiguousError
	if _, err := s.Find("words"); !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.Candidates, []string{one.ID(), two.ID()}) {
		t.Errorf("got %v", err)
	}
	hash := string(two.Hash())
	for n := 4; n <= len(hash); n++ {
		if e, err := s.Find(",," + hash[:n]); err != nil || e.ID() != two.ID() {
			t.Fatalf("%d digits: %v, %v", n, e, err)
		}
	}
	wrong := hash[:63] + map[bool]string{true: "0", false: "1"}[hash[63] != '0']
	if e, err := s.Find(",," + wrong); !errors.As(err, &missing) {
		t.Errorf("%s: %v, %v", wrong, e, err)
	}
}

func TestVersions(t *testing.T) {
	for _, pair := range []string{"1.9 1.10", "1.0~rc1 1.0", "1.0 1:0.1", "weird 0.1", "1.2 1.2-1", "a b"} {
		var a, b string
		_, _ = fmt.Sscan(pair, &a, &b)
		if CompareVersions(a, b) >= 0 || CompareVersions(b, a) <= 0 || CompareVersions(a, a) != 0 {
			t.Errorf("%s is not older than %s", a, b)
		}
	}
}

// A list needs no files.
func TestHeads(t *testing.T) {
	s := open(t)
	d := data(t, "words", "1.9", "share/a", "share/b")
	d.Entry.Licence = "MIT"
	e := add(t, s, d)
	heads, err := s.Heads()
	must(t, err)
	if len(heads) != 1 || heads[0].ID() != e.ID() || heads[0].Size != e.Size || heads[0].Licence != "MIT" || heads[0].Files != nil {
		t.Errorf("heads %+v", heads)
	}
}

// BenchmarkHeads lists a hundred entries of a thousand files.
func BenchmarkHeads(b *testing.B) {
	s := open(b)
	var files []string
	for i := range 1000 {
		files = append(files, fmt.Sprintf("share/directory%d/file%d", i/50, i))
	}
	d := data(b, "words", "1", files...)
	e := add(b, s, d)
	for i := range 100 { // what is listed is entry.json alone
		e.Version = fmt.Sprint(i + 2)
		e.id = ""
		must(b, os.Mkdir(s.path(entriesDir, e.ID()), 0o700))
		write(b, s.path(entriesDir, e.ID(), entryFile), string(e.encode()), 0o644)
	}
	for b.Loop() {
		heads, err := s.Heads()
		if err != nil || len(heads) != 101 {
			b.Fatal(len(heads), err)
		}
	}
}
