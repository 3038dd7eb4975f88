package assemble

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// files below dir, and a link that leads back to it.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A file goes into the directory; of a named directory goes what is in it; a
// directory that a pattern matches goes as one, as with PyInstaller.
func TestAdditions(t *testing.T) {
	dir := tree(t, "a.txt", "b.txt", "odd[1].txt", "odd1.txt", "assets/x.png", "assets/deep/y.png", "assets/.hidden")
	for link, target := range map[string]string{"assets/deep/up": "..", "linked": "assets/deep"} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Fatal(err)
		}
	}
	for pair, want := range map[string]string{
		"a.txt:.":            "a.txt→.",
		"a.txt:res/../out/":  "a.txt→out",
		"?.txt:txt":          "a.txt→txt b.txt→txt",
		"odd[1].txt:txt":     "odd[1].txt→txt",
		"assets:res":         "assets/.hidden→res assets/deep/y.png→res/deep assets/x.png→res",
		"assets/*:res":       "assets/.hidden→res assets/deep/up/.hidden→res/deep/up assets/deep/up/x.png→res/deep/up assets/deep/y.png→res/deep assets/x.png→res",
		"linked:l":           "linked/up/.hidden→l/up linked/up/x.png→l/up linked/y.png→l",
		"ass*s:.":            "assets/.hidden→assets assets/deep/y.png→assets/deep assets/x.png→assets",
		"none*.txt:x":        "ERROR none*.txt: no such file, directory or match of a pattern",
		"[:x":                "ERROR [: no such file, directory or match of a pattern",
		"a.txt:/etc":         `ERROR destination /etc must be a relative path without ".."`,
		"a.txt:res/../../up": `ERROR destination ../up must be a relative path without ".."`,
	} {
		b := &builder{prog: &gosource.Program{Dir: dir}}
		found, err := b.expand(config.String{Value: dir + "/" + pair})
		var got []string
		for _, a := range found {
			got = append(got, strings.TrimPrefix(a.Source, dir+"/")+"→"+a.Dest)
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = "ERROR " + err.Error()
		}
		if text != want {
			t.Errorf("%s:\ngot  %s\nwant %s", pair, text, want)
		}
	}
}

func TestAdditionsThatMeet(t *testing.T) {
	dir := tree(t, "a/x", "b/x")
	list := func(pairs ...string) (l config.List) {
		for _, p := range pairs {
			l = append(l, config.String{Value: filepath.Join(dir, p), From: config.Origin{Flag: "--py-add-data"}})
		}
		return l
	}
	b := &builder{prog: &gosource.Program{Dir: dir}, set: &config.Settings{AddData: list("a:to", "a/x:to"), AddBinary: list("b:elsewhere")}}
	got, err := b.additions()
	want := []helper.Addition{{Source: dir + "/a/x", Dest: "to"}, {Source: dir + "/a/x", Dest: "to"}, {Source: dir + "/b/x", Dest: "elsewhere", Binary: true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	b.set.AddBinary = list("b:to")
	if _, err := b.additions(); err == nil || err.Error() != "--py-add-data: to/x is there already, from a/x" {
		t.Errorf("%v", err)
	}
}

// A module that the Go code and two settings ask for is one, with all places.
func TestHiddenImportsHavePlaces(t *testing.T) {
	found := []helper.Module{{Name: "json", Positions: []string{"main.go:3:1"}}}
	hidden := modules(config.List{
		{Value: "json", From: config.Origin{File: "pyproject.toml", Line: 4}},
		{Value: "yaml", From: config.Origin{Flag: "--py-hidden-import"}},
		{Value: "yaml", From: config.Origin{Flag: "--py-hidden-import"}},
	})
	want := []helper.Module{
		{Name: "json", Positions: []string{"main.go:3:1", "pyproject.toml:4"}},
		{Name: "yaml", Positions: []string{"--py-hidden-import", "--py-hidden-import"}},
	}
	if got := merge(found, hidden); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// Which files the settings name is looked up, not searched for: of 30,000 additions a
// build asks 30,000 times.
func TestOwn(t *testing.T) {
	o := helper.AnalyzeOptions{Paths: []string{"/src/"}, HookDirs: []string{"/hooks"}, RuntimeHooks: []string{"/rt/hook.py"}}
	for i := range 30_000 {
		o.Additions = append(o.Additions, helper.Addition{Source: fmt.Sprintf("/data/%d", i)})
	}
	all := ownOf(o)
	if len(all.files) != 30_001 || len(all.dirs) != 2 {
		t.Errorf("%d files, %q", len(all.files), all.dirs)
	}
	for source, want := range map[string]bool{
		"/data/29999": true, "/data/30000": false, "/rt/hook.py": true, "/rt/other.py": false,
		"/src/a/b.py": true, "/srcs/a.py": false, "/hooks/hook-a.py": true, "/hooks": false,
	} {
		if all.has(source) != want {
			t.Errorf("%s: %v", source, !want)
		}
	}
}
