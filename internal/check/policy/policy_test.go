package policy

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func load(t *testing.T, files ...string) *Policy {
	t.Helper()
	p, err := Load(files...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSchema: our own policy and what people write are of the form that the schema
// describes, and the schema refuses what the reader refuses.
func TestSchema(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "pyhelper", "binaries")
	schema := compile(t, filepath.Join(dir, "policy.schema.json"))
	for name, ok := range map[string]bool{
		`{"version": 1}`: true,
		`{"version": 1, "system": [{"platform": "linux", "why": "ours", "names": ["libours.so.*"]}]}`: true,
		`{"version": 2}`: false,
		`{"version": 1, "system": [{"platform": "linux", "names": "libours.so.1"}]}`: false,
		`{"version": 1, "sistem": []}`: false,
		`{"version": 1, "floors": {"why": "", "glibc": [{"since": "new", "versions": {}}]}}`: false,
	} {
		file := filepath.Join(t.TempDir(), "policy.json")
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(file); (err == nil) != ok {
			t.Errorf("Load(%s): %v", name, err)
		}
		if err := schema.Validate(decode(t, []byte(name))); (err == nil) != ok {
			t.Errorf("schema of %s: %v", name, err)
		}
	}
	own, err := os.ReadFile(filepath.Join(dir, "policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(decode(t, own)); err != nil {
		t.Error(err)
	}
}

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		less bool
	}{
		{"2.9", "2.17", true},
		{"2.17", "2.17", false},
		{"3.4", "3.4.1", true},
		{"3.4.0", "3.4", false},
		{"11.0", "10.15", false},
	} {
		a, err1 := ParseVersion(c.a)
		b, err2 := ParseVersion(c.b)
		if err1 != nil || err2 != nil || a.Less(b) != c.less {
			t.Errorf("%s < %s: %v, want %v (%v, %v)", c.a, c.b, a.Less(b), c.less, err1, err2)
		}
	}
	for _, bad := range []string{"", "2.", "a", "-1", "2.99999999999999"} {
		if v, err := ParseVersion(bad); err == nil {
			t.Errorf("ParseVersion(%q) = %v", bad, v)
		}
	}
}

func TestTargets(t *testing.T) {
	p := load(t)
	for text, want := range map[string]string{
		"manylinux_2_17":         "manylinux_2_17",
		"manylinux_2_17_x86_64":  "manylinux_2_17_x86_64",
		"manylinux2014_aarch64":  "manylinux_2_17_aarch64",
		"manylinux1":             "manylinux_2_5",
		"glibc:2.31":             "manylinux_2_31",
		"glibc:2.31:x86_64":      "manylinux_2_31_x86_64",
		"musllinux_1_2":          "musllinux_1_2",
		"musl:1.2":               "musllinux_1_2",
		"macos:11.0":             "macosx_11_0",
		"macos:14":               "macosx_14_0",
		"macosx_11_0_universal2": "macosx_11_0_universal2",
		"":                       "",
		"windows":                "",
		"manylinux":              "",
		"manylinux2020":          "",
		"glibc:":                 "",
		"glibc:2.x":              "",
		"glibc:2.99999999999999": "",
		"manylinux_2_17\nx86_64": "",
		"linux_x86_64":           "",
	} {
		got, err := p.ParseTarget(text)
		switch {
		case want == "" && err == nil:
			t.Errorf("ParseTarget(%q) = %v", text, got)
		case want != "" && err != nil:
			t.Errorf("ParseTarget(%q): %v", text, err)
		case want != "" && got.Tag() != want:
			t.Errorf("ParseTarget(%q) = %s, want %s", text, got.Tag(), want)
		}
	}
}

// TestWheelTags: a wheel promises the oldest of its tags.
func TestWheelTags(t *testing.T) {
	p := load(t)
	for tags, want := range map[string]string{
		"cp314-cp314-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_27_x86_64": "manylinux_2_27_x86_64",
		"cp314-cp314-manylinux2014_x86_64 cp314-cp314-manylinux_2_17_x86_64":  "manylinux_2_17_x86_64",
		"cp314-cp314-macosx_11_0_arm64":                                       "macosx_11_0_arm64",
		"cp314-cp314-linux_x86_64":                                            "",
		"py3-none-any":                                                        "",
	} {
		got := p.ForWheel(strings.Fields(tags))
		if (got == nil) != (want == "") || got != nil && got.Tag() != want {
			t.Errorf("%s: %v, want %s", tags, got, want)
		}
	}
}

func TestLibraries(t *testing.T) {
	p := load(t)
	for name, want := range map[string]bool{
		"libc.so.6": true, "ld-linux-x86-64.so.2": true, "libnvidia-ml.so.1": true,
		"libstdc++.so.6": false, "libz.so.1": false, "libc.so.60": false,
	} {
		if got := p.IsSystem(name, "linux"); got != want {
			t.Errorf("IsSystem(%s) = %v", name, got)
		}
	}
	if !p.IsFallback("libstdc++.so.6") || p.IsFallback("libz.so.1") {
		t.Error("libstdc++ is what a machine may have, and libz is not")
	}
	if !p.IsSystem("/System/Library/Frameworks/Foundation.framework/Versions/C/Foundation", "darwin") {
		t.Error("a framework is not of the system")
	}
	old, _ := p.ParseTarget("manylinux2010")
	older, _ := p.ParseTarget("manylinux1")
	if !p.MayNeed("libexpat.so.1", old) || p.MayNeed("libexpat.so.1", older) || p.MayNeed("libfoo.so.1", old) {
		t.Error("libexpat is in manylinux2010 and not in manylinux1")
	}
}

func TestFloors(t *testing.T) {
	p := load(t)
	for _, c := range []struct{ target, family, want string }{
		{"manylinux2014", "GLIBC", "2.17"},
		{"manylinux2014", "GLIBCXX", "3.4.19"},
		{"glibc:2.20", "GLIBCXX", "3.4.19"},
		{"glibc:2.31", "CXXABI", "1.3.12"},
		{"glibc:2.99", "GLIBCXX", "3.4.33"},
		{"musl:1.2", "GLIBC", ""},
		{"glibc:2.31", "FOO", ""},
	} {
		target, err := p.ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := p.Floor(c.family, target); v.String() != c.want || ok != (c.want != "") {
			t.Errorf("%s on %s: %v, want %q", c.family, c.target, v, c.want)
		}
	}
	oldest, ok := p.Oldest(map[string]Version{"GLIBC": {2, 14}, "GLIBCXX": {3, 4, 20}}, "x86_64")
	if !ok || oldest.Tag() != "manylinux_2_24_x86_64" {
		t.Errorf("oldest: %v %v", oldest, ok)
	}
	if _, ok := p.Oldest(map[string]Version{"GLIBCXX": {9}}, "x86_64"); ok {
		t.Error("GLIBCXX_9 fits something")
	}
}

// TestUserPolicy: what people add counts.
func TestUserPolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ours.json")
	data, _ := json.Marshal(map[string]any{
		"version": 1,
		"system":  []any{map[string]any{"platform": "linux", "why": "our image has it", "names": []string{"libours.so.*"}}},
		"floors": map[string]any{"why": "our image", "glibc": []any{
			map[string]any{"since": "2.17", "versions": map[string]string{"GLIBCXX": "3.4.30"}},
		}},
	})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p := load(t, file)
	if !p.IsSystem("libours.so.3", "linux") || !p.IsSystem("libc.so.6", "linux") {
		t.Error("the files are not joined")
	}
	target, _ := p.ParseTarget("manylinux2014")
	if v, _ := p.Floor("GLIBCXX", target); v.String() != "3.4.30" {
		t.Errorf("floor: %v", v)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json")); err == nil {
		t.Error("a file that is not there was read")
	}
}
