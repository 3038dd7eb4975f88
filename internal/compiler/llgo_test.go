package compiler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// A stand-in for llgo, and one for a C compiler: this test binary under their names.
// They record how they were called. That llgo does with it what we think is tested by
// internal/acceptance, with the real one where it is found.
const (
	standInVersion = "STAND_IN_VERSION" // what the stand-in llgo says it is
	standInRecord  = "STAND_IN_RECORD"  // directory for records
)

func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); {
	case strings.HasPrefix(name, "llgo-stand-in-"):
		standInLLGo(strings.TrimPrefix(name, "llgo-stand-in-"))
	case name == "cc-stand-in":
		standInCC()
	}
	os.Exit(m.Run())
}

// call is one record.
type call struct {
	Args     []string
	Dir      string
	Env      []string
	Response string // content of the linker's response file
	Archives []string
}

func standInLLGo(version string) {
	if os.Args[1] == "version" {
		if version == "" {
			fmt.Println("bash: something else")
			os.Exit(1)
		}
		fmt.Println("llgo " + version + " linux/amd64")
		os.Exit(0)
	}
	dir, _ := os.Getwd()
	c := call{Args: os.Args[1:], Dir: dir, Env: os.Environ()}
	for _, flag := range strings.Fields(os.Getenv("LDFLAGS")) {
		if path, ok := strings.CutPrefix(flag, "-Wl,@"); ok {
			data, _ := os.ReadFile(path)
			c.Response = string(data)
		}
		if path, ok := strings.CutPrefix(flag, "-L"); ok {
			entries, _ := os.ReadDir(path)
			for _, e := range entries {
				c.Archives = append(c.Archives, e.Name())
			}
		}
	}
	record("llgo", c)
	fmt.Println("said by llgo")
	fmt.Fprintln(os.Stderr, "./main.go:3:1: complained by llgo")
	output := c.Args[slices.Index(c.Args, "-o")+1]
	switch os.Getenv("STAND_IN_FAILS") {
	case "with status":
		os.Exit(1)
	case "silently":
		os.Exit(0)
	}
	text := "a program of " + os.Getenv("STAND_IN_WRITES") + "\n"
	if err := os.WriteFile(output, []byte(text), 0o755); err != nil {
		panic(err)
	}
	os.Exit(0)
}

func standInCC() {
	dir, _ := os.Getwd()
	if name, ok := strings.CutPrefix(os.Args[1], "-print-file-name="); ok {
		path := filepath.Join(os.Getenv(standInRecord), name)
		if os.WriteFile(path, nil, 0o644) == nil && name != "libgc.a" {
			fmt.Println(path)
		} else {
			fmt.Println(name) // as compilers say that they have none
		}
		os.Exit(0)
	}
	record("cc", call{Args: os.Args[1:], Dir: dir})
	if err := os.WriteFile("pyinit.o", []byte("object"), 0o644); err != nil {
		panic(err)
	}
	os.Exit(0)
}

func record(name string, c call) {
	data, _ := json.Marshal(c)
	if err := os.WriteFile(filepath.Join(os.Getenv(standInRecord), name+".json"), data, 0o644); err != nil {
		panic(err)
	}
}

// standIn makes a stand-in llgo of that version; "" is something that is no llgo.
func standIn(t *testing.T, version string) string {
	t.Helper()
	return linkToSelf(t, "llgo-stand-in-"+version)
}

func linkToSelf(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// job is a compilation by stand-ins; records are left in the directory returned.
func job(t *testing.T, c *llgo, env ...string) (Job, string) {
	t.Helper()
	records, dir := t.TempDir(), t.TempDir()
	c.env = append(c.env, standInRecord+"="+records, "CC="+linkToSelf(t, "cc-stand-in"))
	c.env = append(c.env, env...)
	t.Setenv("LLGO_PY_CACHE", t.TempDir())
	return Job{
		Program:  &gosource.Program{Dir: dir, Main: &gosource.Package{Dir: dir}},
		Patterns: []string{"."}, Output: filepath.Join(dir, "out"), Packaged: true,
		Python: &pydist.Dist{
			Version: "3.14.6", Minor: "3.14", SONAME: "libpython3.14.so.1.0",
			LibPython: "/opt/py, with comma/lib/libpython3.14.so.1.0", BasePrefix: "/opt/py", Stdlib: "/opt/py/lib/python3.14",
		},
		Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{},
	}, records
}

func newStandIn(t *testing.T) *llgo {
	t.Helper()
	c, err := newLLGo(context.Background(), standIn(t, "v0.13.0"), os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, records, name string) (c call) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(records, name+".json"))
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestHowLLGoIsCalled: the command line, the link line and the cache.
func TestHowLLGoIsCalled(t *testing.T) {
	c := newStandIn(t)
	job, records := job(t, c, "LDFLAGS=-Wl,-z,now", "XDG_CACHE_HOME=/the/users")
	job.Flags = Flags{Verbose: true, Modfile: "a b.mod", LinkArgs: []string{"-X main.v=1"}, List: []string{"-tags=x", "-mod=mod"}, Build: []string{"-trimpath=true", "-race=false"}}
	if err := c.Build(context.Background(), job); err != nil {
		t.Fatal(err)
	}
	got := read(t, records, "llgo")
	if want := []string{"build", "-trimpath=true", "-tags=x", "-ldflags=-X main.v=1", "-v", "-o", job.Output, "."}; !slices.Equal(got.Args, want) {
		t.Errorf("called with %q, want %q", got.Args, want)
	}
	if got.Dir != job.Program.Dir || !strings.HasSuffix(lookup(got.Env, "GOFLAGS"), `-mod=mod "-modfile=a b.mod"`) {
		t.Errorf("in %s, GOFLAGS=%s", got.Dir, lookup(got.Env, "GOFLAGS"))
	}
	if got := job.Stdout.(*bytes.Buffer).String(); got != "said by llgo\n" {
		t.Errorf("output %q", got)
	}
	if got := job.Stderr.(*bytes.Buffer).String(); got != "./main.go:3:1: complained by llgo\n" {
		t.Errorf("errors %q", got)
	}
	object := filepath.Join(filepath.Dir(read(t, records, "cc").Dir), "start", "pyinit.o")
	want := strings.Join([]string{`"-rpath"`, `"$ORIGIN/python/lib"`, `"--disable-new-dtags"`, `"--as-needed"`, `"--exclude-libs=ALL"`,
		`"--wrap=main"`, `"--strip-all"`, `"` + object + `"`, `"/opt/py, with comma/lib/libpython3.14.so.1.0"`}, "\n") + "\n"
	if got.Response != want {
		t.Errorf("the linker is told\n%swant\n%s", got.Response, want)
	}
	if !strings.HasSuffix(lookup(got.Env, "LDFLAGS"), " -Wl,-z,now") {
		t.Errorf("LDFLAGS=%s", lookup(got.Env, "LDFLAGS"))
	}
	if !slices.Contains(got.Archives, "libunwind.a") || slices.Contains(got.Archives, "libgc.a") {
		t.Errorf("archives %q: all but the one that there is not", got.Archives)
	}
}

// TestLLGoCache: nothing of a Python is in what llgo keeps, and it keeps it apart
// from what others let it keep; the go command's cache stays where it is.
func TestLLGoCache(t *testing.T) {
	c := newStandIn(t)
	seen := map[string]string{}
	for _, minor := range []string{"3.14", "3.11"} {
		job, records := job(t, c, "XDG_CACHE_HOME="+t.TempDir(), "GOCACHE=/go/cache")
		root := t.TempDir()
		t.Setenv("LLGO_PY_CACHE", root)
		job.Python.Minor, job.Python.LibPython = minor, "/opt/"+minor+"/libpython.so"
		if err := c.Build(context.Background(), job); err != nil {
			t.Fatal(err)
		}
		env := read(t, records, "llgo").Env
		if !strings.HasPrefix(lookup(env, "XDG_CACHE_HOME"), filepath.Join(root, "llgo")) || lookup(env, "GOCACHE") != "/go/cache" {
			t.Errorf("XDG_CACHE_HOME=%s GOCACHE=%s", lookup(env, "XDG_CACHE_HOME"), lookup(env, "GOCACHE"))
		}
		seen[lookup(env, linkVariable)] = minor
	}
	if len(seen) != 1 || seen[linkConstant] == "" {
		t.Errorf("%s: %q, want always %s", linkVariable, seen, linkConstant)
	}
	key := c.cacheKey([]string{"PKG_CONFIG_PATH=/a"})
	if key == c.cacheKey([]string{"PKG_CONFIG_PATH=/b"}) || key != c.cacheKey([]string{"HOME=/b", "PKG_CONFIG_PATH=/a"}) {
		t.Error("the key of the cache does not follow what `link:` lines expand, or follows more")
	}
}

// TestForThisMachine: a program that is not packaged is told where its Python is,
// and keeps its symbols.
func TestForThisMachine(t *testing.T) {
	c := newStandIn(t)
	job, records := job(t, c)
	job.Packaged = false
	if err := c.Build(context.Background(), job); err != nil {
		t.Fatal(err)
	}
	response := read(t, records, "llgo").Response
	if !strings.Contains(response, "\"-rpath\"\n\"/opt/py, with comma/lib\"\n") || strings.Contains(response, "--strip-all") {
		t.Errorf("the linker is told\n%s", response)
	}
}

// TestWithoutPython: then llgo runs as the user would run it.
func TestWithoutPython(t *testing.T) {
	c := newStandIn(t)
	job, records := job(t, c)
	job.Python = nil
	if err := c.Build(context.Background(), job); err != nil {
		t.Fatal(err)
	}
	got := read(t, records, "llgo")
	if got.Response != "" || lookup(got.Env, linkVariable) != "" || lookup(got.Env, "XDG_CACHE_HOME") != os.Getenv("XDG_CACHE_HOME") {
		t.Errorf("%+v", got)
	}
}

// TestNoBuildPath: directories of the build machine are overwritten in place.
func TestNoBuildPath(t *testing.T) {
	c := newStandIn(t)
	job, _ := job(t, c)
	c.env = append(c.env, "STAND_IN_WRITES="+job.Program.Dir+"/x.go, "+job.Program.Dir+"lication")
	if err := os.WriteFile(filepath.Join(job.Program.Dir, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.Build(context.Background(), job); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(job.Output)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a program of " + string(rootOfLength(len(job.Program.Dir))) + "/x.go, " + job.Program.Dir + "lication\n"; string(data) != want {
		t.Errorf("%q, want %q", data, want)
	}
}

// TestGOROOT: it has no end that could be told, and is overwritten all the same.
func TestGOROOT(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "exe")
	if err := os.WriteFile(exe, []byte("\x00/home/u/goruntime/home/u/go/src /usr"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := neutralize(exe, "/home/u/go", []string{"/home/u", "/", ""}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(exe)
	if want := "\x00/././././.runtime/./././././src /usr"; err != nil || string(data) != want {
		t.Errorf("%q, want %q, %v", data, want, err)
	}
	if fi, err := os.Stat(exe); err != nil || fi.Mode().Perm() != 0o750 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
}

func TestLLGoFails(t *testing.T) {
	for how, want := range map[string]string{"with status": gosource.ErrReported.Error(), "silently": "wrote no executable"} {
		c := newStandIn(t)
		job, _ := job(t, c, "STAND_IN_FAILS="+how)
		if err := c.Build(context.Background(), job); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", how, err, want)
		}
	}
}

// TestFlagsThatLLGoDoesNotKnow: of these it would print its usage and succeed.
func TestFlagsThatLLGoDoesNotKnow(t *testing.T) {
	c := newStandIn(t)
	for flag, want := range map[string]string{
		"-race=true": "llgo does not know -race", "-pgo=auto": "llgo does not know -pgo", "-buildmode=c-shared": "only an executable",
		"-buildmode=pie": "", "-cover=false": "", "-a=true": "",
	} {
		_, _, err := c.command(Job{Flags: Flags{Build: []string{flag}}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", flag, err, want)
		}
	}
	if _, _, err := c.command(Job{Flags: Flags{Overlay: "o.json"}}); err == nil {
		t.Error("-overlay is accepted")
	}
}

// TestGoThatIsTooNew: llgo's own Go is put first on PATH; where it cannot be had, one
// line says so.
func TestGoThatIsTooNew(t *testing.T) {
	dir := t.TempDir()
	script := `#!/bin/sh
case "$2 $GOTOOLCHAIN" in
"GOVERSION "*) echo go1.99.1 ;;
"GOROOT go1.24.11") echo /its/own ;;
*) exit 1 ;;
esac
`
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	c := &llgo{version: "v0.13.0"}
	env, err := c.withGo(context.Background(), "go1.24.11", []string{"PATH=/bin", "GOTOOLCHAIN=auto"})
	if err != nil || lookup(env, "PATH") != "/its/own/bin:/bin" || lookup(env, "GOROOT") != "/its/own" || lookup(env, "GOTOOLCHAIN") != "local" {
		t.Errorf("%q, %v", env, err)
	}
	_, err = c.withGo(context.Background(), "go1.23.4", nil)
	var e *llgoError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "cannot work with go1.99.1") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	for _, own := range []string{"go1.99.0", "go1.100", "", "devel"} {
		if env, err := c.withGo(context.Background(), own, []string{"PATH=/bin"}); err != nil || len(env) != 1 {
			t.Errorf("%s: %q, %v", own, env, err)
		}
	}
}

// TestNoCompiler says what to install.
func TestNoCompiler(t *testing.T) {
	if _, err := (toolchain{env: []string{"PATH=/nonexistent"}}).compiler(); !errors.Is(err, errNoCompiler) {
		t.Errorf("%v", err)
	}
	if cc, err := (toolchain{env: []string{"CC=ccache  gcc -m64"}}).compiler(); err != nil || !slices.Equal(cc, []string{"ccache", "gcc", "-m64"}) {
		t.Errorf("%q, %v", cc, err)
	}
	root := t.TempDir()
	clang := filepath.Join(root, "crosscompile", "clang", "bin", "clang")
	if err := errors.Join(os.MkdirAll(filepath.Dir(clang), 0o755), os.WriteFile(clang, nil, 0o755)); err != nil {
		t.Fatal(err)
	}
	if cc, err := (toolchain{env: []string{"PATH=/bin"}, root: root}).compiler(); err != nil || cc[0] != clang {
		t.Errorf("%q, %v", cc, err)
	}
	if _, err := exec.LookPath("sh"); err == nil && lookPath(os.Environ(), "sh") == "" {
		t.Error("sh is not found")
	}
}
