package bootstrap

import "testing"

func TestParseOrigin(t *testing.T) {
	for value, want := range map[string]string{
		"12:/a/b":   "/a/b",
		"12:/a:b/c": "/a:b/c",
		"13:/a/b":   "", // inherited from another process
		"012:/a/b":  "",
		"12:a/b":    "",
		"12:":       "",
		"12":        "",
		":/a/b":     "",
	} {
		if path, ok := parseOrigin(value, 12); ok != (want != "") || ok && path != want {
			t.Errorf("%q: %q, %v; want %q", value, path, ok, want)
		}
	}
}
