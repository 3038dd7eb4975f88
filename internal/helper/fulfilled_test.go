package helper

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

func TestUnfulfilled(t *testing.T) {
	ctx := context.Background()
	dist, err := pydist.Managed(ctx, progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(ctx, progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	info := func(name, version, tag, more string) string {
		path := filepath.Join(dir, name+"-"+version+".dist-info")
		for file, text := range map[string]string{
			"METADATA": "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n" + more,
			"WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: " + tag + "\n",
			"RECORD":   "",
		} {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(path, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	b := info("b", "1", "py3-none-any", "")
	for name, test := range map[string]struct {
		infos []string
		want  []string
	}{
		"nothing":          {nil, nil},
		"all there":        {[]string{info("ok", "1", "py3-none-any", "Requires-Dist: b>=1\nRequires-Dist: c; sys_platform == 'win32'\nRequires-Dist: d; extra == 'x'\n"), b}, nil},
		"another version":  {[]string{info("a", "1", "py3-none-any", "Requires-Dist: b>=2\n"), b}, []string{"the package `a` requires `b>=2`, but `1` is installed"}},
		"missing":          {[]string{info("m", "1", "py3-none-any", "Requires-Dist: gone\n")}, []string{"the package `m` requires `gone`, but it's not installed"}},
		"another platform": {[]string{info("n", "1", "cp39-cp39-win32", "")}, []string{"the package `n` was built for a different platform"}},
		"a Python to come": {[]string{info("q", "1", "py3-none-any", "Requires-Python: >=3.99\n")}, []string{"the package `q` requires Python >=3.99, but `" + dist.Version + "` is installed"}},
	} {
		got, err := h.Unfulfilled(ctx, dist, test.infos)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
