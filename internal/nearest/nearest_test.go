package nearest

import "testing"

func TestOf(t *testing.T) {
	names := []string{"hidden-import", "collect-all", "collect-data", "path", "deps", "linux", "python"}
	for word, want := range map[string]string{
		"hiden-import":   "hidden-import",
		"hidden-imports": "hidden-import",
		"hiddenimport":   "hidden-import",
		"collect-dta":    "collect-data",
		"colect-al":      "collect-all",
		"dpes":           "deps", // two letters swapped
		"liunx":          "linux",
		"paht":           "path",
		"hidden-import":  "hidden-import",
		"frobnicate":     "",
		"x":              "",
		"":               "",
	} {
		if got := Of(word, names); got != want {
			t.Errorf("Of(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Of("word", nil); got != "" {
		t.Errorf("Of without candidates = %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abd", 1},
		{"abc", "acb", 1},
		{"abc", "bca", 2},
		{"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
