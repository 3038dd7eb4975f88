package deps

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// emptyCache is a cache in which nothing was ever installed.
func emptyCache(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "cache")
	t.Setenv(cachedir.EnvRoot, dir)
	return dir
}

func TestOffer(t *testing.T) {
	emptyCache(t)
	for _, test := range []struct {
		missing    []string
		text, hint string
	}{
		{[]string{"numpy"}, "numpy is not installed; add it: llgo py add numpy", "--py-requirement numpy"},
		{[]string{"cv2"}, "cv2 is not installed; add it: llgo py add opencv-python", "or another distribution of cv2: opencv-python-headless, opencv-contrib-python"},
		{[]string{"PIL.Image"}, "PIL.Image is not installed; add it: llgo py add pillow", ""},
		{[]string{"google.protobuf.message"}, "google.protobuf.message is not installed; add it: llgo py add protobuf", ""},
		{[]string{"yaml", "sklearn.svm", "nobody_knows", "sklearn"}, "yaml is not installed (nor sklearn.svm, nobody_knows, sklearn); add it: llgo py add PyYAML scikit-learn", ""},
		{[]string{"nobody_knows", "numpy"}, "nobody_knows is not installed (nor numpy), and the name of its distribution is not known", "llgo py add <distribution>"},
		{[]string{"google.nobody_knows"}, "google.nobody_knows is not installed, and the name of its distribution is not known", "llgo py add <distribution>"},
	} {
		err := Offer(&helper.Error{Text: "not found", Module: test.missing[0], Missing: test.missing, Positions: []string{"main.go:3:8"}}, &pydist.Dist{})
		checkError(t, err, test.text, test.hint)
		var e *helper.Error
		if !errors.As(err, &e) || e.Text != test.text || len(e.Positions) != 1 {
			t.Errorf("got %+v, want %q", e, test.text)
		}
	}
	other := errors.New("something else")
	if got := Offer(other, &pydist.Dist{}); got != other {
		t.Errorf("another error became %v", got)
	}
}

// TestOfferForAVenv: what is missing there is installed there.
func TestOfferForAVenv(t *testing.T) {
	emptyCache(t)
	venv := &pydist.Dist{Executable: "/v/bin/python", Prefix: "/v", BasePrefix: "/usr"}
	err := Offer(&helper.Error{Missing: []string{"yaml"}}, venv)
	checkError(t, err, "yaml is not installed; add it: /v/bin/python -m pip install PyYAML", "")
}

// TestOfferFromMetadata: an environment that has the module tells its distribution,
// which the table may not know.
func TestOfferFromMetadata(t *testing.T) {
	site := filepath.Join(emptyCache(t), "environments", "e", "lib", "python3.14", "site-packages")
	for _, wheel := range []wheeltest.Wheel{
		{Name: "odd-name", Version: "1", Files: map[string]string{"tinyodd/sub/__init__.py": "", "tinyodd/__init__.py": "", "tinymod.py": "", "_tinyext.cpython-314-x86_64-linux-gnu.so": ""}},
		{Name: "shared-a", Version: "1", Files: map[string]string{"tinyshared/a/__init__.py": ""}},
		{Name: "opencv-python-headless", Version: "1", Files: map[string]string{"cv2/__init__.py": ""}},
		{Name: "pillow-simd", Version: "1", Files: map[string]string{"PIL/__init__.py": ""}},
	} {
		for name, text := range wheel.Contents() {
			path := filepath.Join(site, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := &providers{}
	for module, want := range map[string]string{
		"tinyodd.sub.x": "odd-name", "tinymod": "odd-name", "_tinyext": "odd-name", "tinyshared.a": "shared-a", "tinyshared": "", "tinyshared.b": "",
		"cv2": "opencv-python opencv-python-headless opencv-contrib-python", "PIL": "pillow pillow-simd",
	} {
		if got := strings.Join(p.of(module), " "); got != want {
			t.Errorf("%s: %q, want %q", module, got, want)
		}
	}
}

// TestTable: the file is what its reader takes it for.
func TestTable(t *testing.T) {
	var m modules
	if err := json.Unmarshal(modulesJSON, &m); err != nil {
		t.Fatal(err)
	}
	if m.Schema != "llgo-py-modules" || m.Version != 1 {
		t.Errorf("schema %s, version %d", m.Schema, m.Version)
	}
	module := regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$`)
	distribution := regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	seen := map[string]bool{}
	check := func(name string, distributions ...string) {
		if seen[name] || !module.MatchString(name) || len(distributions) == 0 {
			t.Errorf("%s: twice, no module, or without a distribution", name)
		}
		seen[name] = true
		for _, d := range distributions {
			if !distribution.MatchString(d) {
				t.Errorf("%s: %q is no distribution", name, d)
			}
		}
	}
	for _, entry := range m.Modules {
		check(entry.Module, entry.Distributions...)
		if entry.Source != "RECORD" && entry.Source != "documentation" {
			t.Errorf("%s: source %q", entry.Module, entry.Source)
		}
	}
	for _, name := range m.Same {
		check(name, name)
	}
}
