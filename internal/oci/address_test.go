package oci

import (
	"net/http"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"oci://registry.example.org/team/store":       "registry.example.org/team/store",
		"oci://registry.example.org:5000/store":       "registry.example.org:5000/store",
		"oci://myhost/store":                          "myhost/store", // and no directory of Docker Hub
		"oci://localhost:5000/a/b/c":                  "localhost:5000/a/b/c",
		"oci://[::1]:5000/store":                      "[::1]:5000/store",
		"oci://docker.io/user/store":                  "index.docker.io/user/store",
		"oci://" + strings.Repeat("a", 60) + ".org/x": strings.Repeat("a", 60) + ".org/x",
	} {
		a, err := ParseAddress(text, false)
		if err != nil || a.repo.Name() != want {
			t.Errorf("ParseAddress(%q) = %v, %v", text, a, err)
		}
	}
	for _, text := range []string{
		"", "oci://", "oci://host", "oci://host/", "https://host/repo", "host/repo", "oci:///repo", "oci://host/UPPER",
		"oci://host/repo:tag", "oci://ho st/repo", "oci://host/../repo", "oci://host//repo", "oci://host/repo?x=1", "oci://host/re\npo",
	} {
		if a, err := ParseAddress(text, false); err == nil {
			t.Errorf("ParseAddress(%q) = %v", text, a)
		}
	}
}

func TestAddressWithCredentialsIsRefusedAndNotShown(t *testing.T) {
	for _, text := range []string{"oci://joe:hunter2@host/repo", "oci://hunter2@host/repo", "oci://joe:hunter2@host", "joe:hunter2@host/repo"} {
		_, err := ParseAddress(text, false)
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "no credentials") {
			t.Errorf("ParseAddress(%q): %v", text, err)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, test := range []struct {
		registry string
		plain    bool
		url      string
		allowed  bool
	}{
		{"registry.example.org", false, "https://registry.example.org/v2/", true},
		{"registry.example.org", false, "https://cdn.example.net/x", true},
		{"registry.example.org", false, "http://registry.example.org/v2/", false},
		{"registry.example.org", true, "http://registry.example.org/v2/", true},
		{"registry.example.org", true, "http://cdn.example.net/x", false},
		{"10.0.0.1:5000", false, "http://10.0.0.1:5000/v2/", false},
		{"127.0.0.1:5000", false, "http://127.0.0.1:5000/v2/", true},
		{"localhost:5000", false, "http://localhost:5000/v2/", true},
		{"localhost.example.org", false, "http://localhost.example.org/v2/", false},
		{"127.0.0.1.example.org", false, "http://127.0.0.1.example.org/v2/", false},
		{"registry.example.org", false, "https://169.254.169.254/latest/meta-data", false},
		{"registry.example.org", false, "https://[fe80::1]/x", false},
		{"registry.example.org", false, "http://127.0.0.1:8080/x", false},
		{"registry.example.org", false, "https://localhost/x", false},
		{"registry.example.org", false, "https://0.0.0.0/x", false},
		{"127.0.0.1:5000", false, "http://169.254.169.254/x", false},
		{"registry.example.org", false, "ftp://registry.example.org/x", false},
	} {
		a, err := ParseAddress("oci://"+test.registry+"/repo", test.plain)
		must(t, err)
		req, err := http.NewRequest(http.MethodGet, test.url, nil)
		must(t, err)
		if err := newGuard(a, &secrets{}).allow(req); (err == nil) != test.allowed {
			t.Errorf("%s, plain %v: %s: %v", test.registry, test.plain, test.url, err)
		}
	}
}
