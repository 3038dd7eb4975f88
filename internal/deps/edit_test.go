package deps

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// file is the text of a file, "" if there is none.
func (w *world) file(name string) string {
	data, err := os.ReadFile(filepath.Join(w.Dir, name))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(data)
}

func (w *world) add(specs ...string) error {
	_, err := w.Add(w.t.Context(), w.dist, specs)
	return err
}

func (w *world) remove(names ...string) error {
	_, err := w.Remove(w.t.Context(), w.dist, names)
	return err
}

func tinyIndex(t *testing.T) *wheeltest.Index {
	index := wheeltest.Serve(t)
	for _, name := range []string{"tiny-one", "tiny-two"} {
		index.Add(wheeltest.Wheel{Name: name, Version: "1.0"}, wheeltest.Wheel{Name: name, Version: "2.0"})
	}
	index.Use(t)
	return index
}

// TestAddAndRemove: each project keeps its own way of listing dependencies, and
// removing what was added gives the file back.
func TestAddAndRemove(t *testing.T) {
	const project = "# mine\n[project]\nname = 'x' # odd\nversion = '1'\n"
	const tool = "[tool.llgo-py]\npath = ['py']\n\n[tool.llgo-py.linux]\ndependencies = ['tiny-two']\n"
	for _, test := range []struct{ name, file, text, want string }{
		{"nothing yet", "pyproject.toml", "", "[tool.llgo-py]\ndependencies = [\n    \"tiny-one==1.*\",\n]\n"},
		{"project", "pyproject.toml", project + "dependencies = [\n  \"tiny-two\", # two\n]\n", project + "dependencies = [\n  \"tiny-two\", # two\n  \"tiny-one==1.*\",\n]\n"},
		{"tool", "pyproject.toml", tool, "[tool.llgo-py]\npath = ['py']\ndependencies = [\n    \"tiny-one==1.*\",\n]\n\n[tool.llgo-py.linux]\ndependencies = ['tiny-two']\n"},
		{"requirements", "requirements.txt", "tiny-two # two\n", "tiny-two # two\ntiny-one==1.*\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tinyIndex(t)
			files := map[string]string{}
			if test.text != "" {
				files[test.file] = test.text
			}
			w := newWorld(t, files)
			if err := w.add("tiny-one==1.*"); err != nil {
				t.Fatal(err)
			}
			if got := w.file(test.file); got != test.want {
				t.Errorf("added:\n%s\nwant:\n%s", got, test.want)
			}
			if lock, err := readLock(w.Dir); err != nil || lock == nil || !lock.Has("tiny-one") {
				t.Fatalf("lock %v, %v", lock, err)
			}
			if _, err := w.Environment(t.Context(), w.dist, Demand{Locked: true}); err != nil {
				t.Errorf("the lock is not that of the files: %v", err)
			}
			if err := w.remove("Tiny_One"); err != nil {
				t.Fatal(err)
			}
			if lock, err := readLock(w.Dir); err != nil || lock != nil && lock.Has("tiny-one") || (lock == nil) != (test.text == "") {
				t.Errorf("lock %v, %v", lock, err)
			}
			if test.text != "" && test.name != "tool" && w.file(test.file) != test.text {
				t.Errorf("removed:\n%s\nwant:\n%s", w.file(test.file), test.text)
			}
		})
	}
}

// TestAddAgain: another version takes the place of the old one, the bare name
// changes nothing, and versions of the others stay.
func TestAddAgain(t *testing.T) {
	tinyIndex(t)
	w := newWorld(t, map[string]string{"requirements.txt": "tiny-one==1.0  # because\ntiny-two\n"})
	if err := w.add("tiny-one"); err != nil {
		t.Fatal(err)
	}
	w.told("tiny-one==1.0 is there already, in requirements.txt")
	if err := w.add("Tiny.One==2.0"); err != nil {
		t.Fatal(err)
	}
	if got := w.file("requirements.txt"); got != "Tiny.One==2.0  # because\ntiny-two\n" {
		t.Errorf("got %q", got)
	}
	if got := w.installed(Demand{Locked: true}); got != "tiny-one 2.0, tiny-two 2.0" {
		t.Errorf("installed %q", got)
	}
}

// TestEditsThatFail: everything is as it was.
func TestEditsThatFail(t *testing.T) {
	tinyIndex(t)
	files := map[string]string{
		"requirements.txt": "tiny-one==1.0 # because\n-r more.txt\n",
		"more.txt":         "tiny-two\n",
		"pyproject.toml":   "[tool.llgo-py]\npath = ['x'] # kept\n",
	}
	w := newWorld(t, files)
	w.installed(Demand{})
	lock := w.lock()
	checkError(t, w.add("tiny-three"), "tiny-three was not found", "")
	checkError(t, w.add("tiny-one==3"), "tiny-one==3", "")
	checkError(t, w.add("./somewhere"), "./somewhere does not say the name", "llgo py add 'name @")
	checkError(t, w.remove("tiny-four"), "tiny-four is not listed in pyproject.toml or requirements.txt", "")
	checkError(t, w.remove("tiny-two"), "tiny-two is listed in a file that requirements.txt includes", "remove it there")
	for name, text := range files {
		if got := w.file(name); got != text {
			t.Errorf("%s became %q", name, got)
		}
	}
	if w.lock() != lock {
		t.Error("the lock changed")
	}
	fresh := newWorld(t, nil)
	checkError(t, fresh.add("tiny-three"), "tiny-three was not found", "")
	if entries, _ := os.ReadDir(fresh.Dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
	fresh.write("pylock.toml", "lock-version = \"1.0\"\npackages = []\n")
	checkError(t, fresh.add("tiny-one"), "written by another tool", "remove the file")
}
