package facts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
)

// TestMapped: modules in a module file are read as those in files are, in both forms, and
// what was changed is named by its module.
func TestMapped(t *testing.T) {
	dir, err := checktest.Program("hello", "--py-layout=tree")
	if err != nil {
		t.Fatal(err)
	}
	loose := collect(t, filepath.Join(dir, "tree"))
	imports := func(c *Container) map[string]int {
		all := map[string]int{}
		for _, m := range c.Modules {
			all[m.Name] += len(m.Imports)
		}
		return all
	}
	want := imports(loose)
	for form, path := range map[string]string{"tree": checktest.Onedir(t), "one": checktest.Onefile(t)} {
		c := collect(t, path)
		sound(t, c)
		got := imports(c)
		if len(c.Manifest.Modules) < 100 || got["json.decoder"] != want["json.decoder"] || got["encodings"] != want["encodings"] {
			t.Errorf("%s: %d modules in the file; %v, want %v", form, len(c.Manifest.Modules), got, want)
		}
	}

	tree := checktest.Writable(t)
	m, err := bundle.ReadManifest(tree)
	if err != nil {
		t.Fatal(err)
	}
	at, last := m.Modules[len(m.Modules)/2], m.Modules[len(m.Modules)-1]
	file := filepath.Join(tree, filepath.FromSlash(m.ModuleFile))
	data := checktest.Read(t, file)
	data[at.Offset+at.Size/2] ^= 1
	write := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(data)
	c := goOnly(t, tree)
	if len(c.Changes) != 2 || c.Changes[0].Path != at.Path && c.Changes[1].Path != at.Path {
		t.Errorf("%v, want %s", c.Changes, at.Path)
	}
	write(data[:last.Offset])
	c = goOnly(t, tree)
	if len(c.Damages) != 1 || !strings.Contains(c.Damages[0].Text, "cut off") || c.Damages[0].Path != m.ModuleFile {
		t.Errorf("%v", c.Damages)
	}
}
