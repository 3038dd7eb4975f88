package bundle

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const moduleFilePath = "python/lib/python3.14/modules.marshal"

// withModules is the sample with three modules in a module file.
func withModules(t *testing.T) Input {
	t.Helper()
	in := sample(t, "1")
	file := filepath.Join(t.TempDir(), "modules")
	put(t, file, "head code one, code two, /home/builder/code three", 0o600)
	in.ModuleFile = strings.TrimPrefix(moduleFilePath, "python/")
	in.Files = append(in.Files, File{Dest: in.ModuleFile, Source: file, Kind: ModuleFile, Origin: FromTool})
	for _, m := range []struct {
		module, distribution, code string
		offset                     int64
	}{{"numbers.one", "numbers", "code one", 5}, {"two", "", "code two", 15}, {"three", "", "/home/builder/code three", 25}} {
		in.Modules = append(in.Modules, Mapped{
			Path: "lib/python3.14/" + strings.ReplaceAll(m.module, ".", "/") + ".pyc", Module: m.module, Distribution: m.distribution,
			Offset: m.offset, Size: int64(len(m.code)), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(m.code))),
		})
	}
	return in
}

// TestModulesInManifest: each module has its line, and readers get it back.
func TestModulesInManifest(t *testing.T) {
	dir := t.TempDir()
	result := build(t, withModules(t), Options{Dir: dir})
	read, err := ReadManifest(dir)
	if err != nil || !reflect.DeepEqual(read, result.Manifest) {
		t.Errorf("read %+v, %v\nwritten %+v", read, err, result.Manifest)
	}
	text, err := os.ReadFile(filepath.Join(dir, "python", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`  "moduleFile": "` + moduleFilePath + `",` + "\n  \"modules\": [\n    {\"path\":\"python/lib/python3.14/numbers/one.pyc\",\"module\":\"numbers.one\",\"origin\":\"distribution\",\"distribution\":\"numbers\",\"offset\":5,\"size\":8,\"sha256\":",
		"\n    {\"path\":\"python/lib/python3.14/two.pyc\",\"module\":\"two\",\"origin\":\"cpython\",\"offset\":15,",
		`{"path":"` + moduleFilePath + `","kind":"modules","origin":"tool","mode":"0644","size":49,`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestVerifyNamesModules: the answer to "what changed?" is a module, not the file
// of all of them.
func TestVerifyNamesModules(t *testing.T) {
	dir := t.TempDir()
	build(t, withModules(t), Options{Dir: dir})
	for content, want := range map[string]string{
		"head code ONE, code two, /home/builder/code three": "[" + moduleFilePath + ": changed (other content: numbers.one)]",
		"head code ONE, code TWO, /home/builder/code THREE": "[" + moduleFilePath + ": changed (other content: numbers.one, three, two)]",
		"HEAD code one, code two, /home/builder/code three": "[" + moduleFilePath + ": changed (other content)]",
		"cut off": "[" + moduleFilePath + ": changed (size 7, not 49)]",
		"head code one, code two, /home/builder/code three": "[]",
	} {
		put(t, filepath.Join(dir, filepath.FromSlash(moduleFilePath)), content, 0o644)
		problems, err := Verify(context.Background(), dir)
		if got := fmt.Sprint(problems); err != nil || got != want {
			t.Errorf("%s, %v\nwant %s", got, err, want)
		}
	}
}

// TestScanNamesModules: so does the answer to "where is this path of mine?".
func TestScanNamesModules(t *testing.T) {
	dir := t.TempDir()
	build(t, withModules(t), Options{Dir: dir})
	hits, err := Scan(context.Background(), dir, []string{"/home/builder", "head c"})
	want := []Hit{{moduleFilePath, "/home/builder", 25, "three"}, {moduleFilePath, "head c", 0, ""}}
	if err != nil || !reflect.DeepEqual(hits, want) {
		t.Errorf("got %+v, %v\nwant %+v", hits, err, want)
	}
}

func TestModulesRefused(t *testing.T) {
	for want, spoil := range map[string]func(in *Input){
		"modules.marshal is not among the files": func(in *Input) { in.Files = in.Files[:len(in.Files)-1] },
		"two.pyc is in the module file twice":    func(in *Input) { in.Modules[0].Path = in.Modules[1].Path },
		`"python/../two.pyc" is not a path`:      func(in *Input) { in.Modules[1].Path = "../two.pyc" },
		"which is not among the distributions":   func(in *Input) { in.Modules[1].Distribution = "unknown" },
	} {
		in := withModules(t)
		spoil(&in)
		_, err := NewPlan(in)
		oneLine(t, err, want)
	}
}
