package oci

import (
	"regexp"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

var grammar = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)

func TestTags(t *testing.T) {
	const digits = "0123456789abcdef"
	for id, want := range map[string]string{
		"numpy,2.3.5," + digits:                              "numpy__2.3.5__" + digits,
		"libstdc++6,12.2.0-14," + digits:                     "libstdc_2b_2b6__12.2.0-14__" + digits,
		"vim,2:9.0.1378-2~deb," + digits:                     "vim__2_3a9.0.1378-2_7edeb__" + digits,
		"under_score,1_0," + digits:                          "under_5fscore__1_5f0__" + digits,
		"_x,_," + digits:                                     "_5fx___5f__" + digits,
		"größe,1," + digits:                                  "gr_c3_b6_c3_9fe__1__" + digits,
		strings.Repeat("n", 110) + ",1,0123456789abcdef":     "_.0123456789abcdef",
		"x," + strings.Repeat("+", 60) + ",0123456789abcdef": "_.0123456789abcdef",
	} {
		tag := tagOf(id)
		if tag != want || !grammar.MatchString(tag) {
			t.Errorf("tagOf(%q) = %q, want %q", id, tag, want)
		}
		got, ok := idOf(tag)
		if short := strings.HasPrefix(tag, shortened); ok == short || ok && got != id {
			t.Errorf("idOf(%q) = %q, %v", tag, got, ok)
		}
	}
}

func FuzzTags(f *testing.F) {
	for _, tag := range []string{"latest", "v1__2", "a__b__0123456789abcdef", "a_2c__b__0123456789abcdef", "_", "__", "a_zz", "_.0123456789abcdef", "A_2B__1__0123456789abcdef"} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		id, ok := idOf(tag)
		if ok && (!store.IsID(id) || tagOf(id) != tag) {
			t.Errorf("idOf(%q) = %q, whose tag is %q", tag, id, tagOf(id))
		}
		if store.IsID(tag) {
			if back, ok := idOf(tagOf(tag)); !grammar.MatchString(tagOf(tag)) || ok && back != tag {
				t.Errorf("tagOf(%q) = %q, of which the ID is %q", tag, tagOf(tag), back)
			}
		}
	})
}
