package helper

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func TestEditTOMLFile(t *testing.T) {
	h := open(t, progress.Discard)
	path := filepath.Join(t.TempDir(), "pyproject.toml")
	edit := func(entries ...Entry) string {
		t.Helper()
		if err := h.EditTOMLFile(t.Context(), path, entries); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	table := []string{"tool", "llgo-py"}
	if got, want := edit(Entry{Table: table, Key: "hidden-import", New: "é.b"}), "[tool.llgo-py]\nhidden-import = [\n    \"é.b\",\n]\n"; got != want {
		t.Errorf("a new file: %q, want %q", got, want)
	}
	commented := "# mine\n[tool.llgo-py] # kept\nhidden-import = ['a'] # why\n"
	write(t, filepath.Dir(path), filepath.Base(path), commented)
	got := edit(Entry{Table: table, Key: "hidden-import", Old: "a", New: "c"}, Entry{Table: table, Key: "hidden-import", New: "d"})
	if want := "# mine\n[tool.llgo-py] # kept\nhidden-import = [\"c\", \"d\"] # why\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEditTOMLFileFails: the file stays as it was, and the error names it.
func TestEditTOMLFileFails(t *testing.T) {
	const broken = "[tool\n"
	path := write(t, t.TempDir(), "pyproject.toml", broken)
	err := open(t, progress.Discard).EditTOMLFile(t.Context(), path, []Entry{{Key: "x", New: "y"}})
	oneLineError(t, err, path, "not TOML", "line 1")
	if data, _ := os.ReadFile(path); string(data) != broken {
		t.Errorf("the file became %q", data)
	}
}
