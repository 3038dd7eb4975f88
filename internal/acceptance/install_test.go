package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/deb/debtest"
	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// packagedProgram is a program in Debian packages: two versions of it, and how it is
// seen to work.
type packagedProgram struct {
	name      string
	old, new  version
	libraries []string // SONAMEs, none of them the system's
	run       []string // arguments
	want      string   // output
	hide      []string // the machine's own copies
}

type version struct {
	text string   // as it is in file names
	debs []string // in the order in which they are needed
}

// A program with libraries, made here, so that this runs everywhere.
func TestInstallMadePackages(t *testing.T) {
	t.Parallel()
	lifeOfProgram(t, madePackages(t))
}

func madePackages(t *testing.T) packagedProgram {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("ELF programs run on Linux")
	}
	dir := t.TempDir()
	made := func(name, text string, files ...debtest.File) string {
		path := filepath.Join(dir, name+"_"+text+"_any.deb")
		debtest.Write(t, path, debtest.Package{Name: name, Version: text, Files: files, Compression: "zst"})
		return path
	}
	release := func(text, word string) version {
		return version{text, []string{
			made("libword2", text,
				debtest.File{Path: "usr/lib/x86_64-linux-gnu/libword.so.2.1", Mode: 0o644, Data: elftest.Bytes(t, elftest.Image{SONAME: "libword.so.2", Needed: []string{"libc.so.6"}, Runpath: "/build/" + word})},
				debtest.File{Path: "usr/lib/x86_64-linux-gnu/libword.so.2", Link: "libword.so.2.1"}),
			made("libgreet1", text,
				debtest.File{Path: "usr/lib/x86_64-linux-gnu/libgreet.so.1.0", Mode: 0o644, Data: elftest.Bytes(t, elftest.Image{SONAME: "libgreet.so.1", Needed: []string{"libword.so.2"}})},
				debtest.File{Path: "usr/lib/x86_64-linux-gnu/libgreet.so.1", Link: "libgreet.so.1.0"}),
			made("greet", text,
				debtest.File{Path: "usr/bin/greet", Mode: 0o755, Data: elftest.Bytes(t, elftest.Image{Needed: []string{"libgreet.so.1"}, Message: "greetings\n"})},
				debtest.File{Path: "usr/share/man/man1/greet.1", Data: []byte(".TH GREET 1\n.SH NAME\ngreet \\- a test, version " + text + "\n")}),
		}}
	}
	return packagedProgram{
		name: "greet", old: release("1.0-1", "old"), new: release("1.0-2+deb12u1", "new"),
		libraries: []string{"libgreet.so.1", "libword.so.2"}, want: "greetings\n",
	}
}

// jq of Debian, with libjq1 and libonig5.
func TestInstallDebianPackages(t *testing.T) {
	t.Parallel()
	apt := newApt(t)
	versions := apt.versions(t, "jq")
	var releases []version
	for _, v := range versions {
		if debs, err := apt.download(t, "libonig5", "libjq1="+v, "jq="+v); err == nil {
			releases = append(releases, version{v, debs})
		}
	}
	switch len(releases) {
	case 0:
		t.Skip("no version of jq can be downloaded")
	case 1:
		t.Log("the archive has one version of jq; the other one is made of the same files")
		releases = append(releases, version{releases[0].text + "+again", repacked(t, releases[0])})
	}
	hide, _ := filepath.Glob("/usr/lib/*/libjq.so*")
	more, _ := filepath.Glob("/usr/lib/*/libonig.so*")
	lifeOfProgram(t, packagedProgram{
		name: "jq", old: releases[len(releases)-1], new: releases[0],
		libraries: []string{"libjq.so.1", "libonig.so.5"},
		run:       []string{"-n", `"abc" | test("B"; "i")`}, want: "true\n", // a regular expression: libonig
		hide: append(hide, more...),
	})
}

// repacked makes packages of another version of those of a release.
func repacked(t *testing.T, v version) (debs []string) {
	t.Helper()
	for _, deb := range v.debs {
		tree, out := t.TempDir(), filepath.Join(t.TempDir(), "again-"+filepath.Base(deb))
		must(t, exec.Command("dpkg-deb", "--raw-extract", deb, tree).Run())
		control := filepath.Join(tree, "DEBIAN", "control")
		data, err := os.ReadFile(control)
		must(t, err)
		lines := strings.Split(string(data), "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "Version: ") {
				lines[i] = line + "+again"
			}
		}
		must(t, os.WriteFile(control, []byte(strings.Join(lines, "\n")), 0o644))
		must(t, exec.Command("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, out).Run())
		debs = append(debs, out)
	}
	return debs
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a user with a store and a directory for programs.
type desk struct {
	t     *testing.T
	data  string
	where string
}

// llgo runs the command and returns its output for people.
func (d *desk) llgo(args ...string) string {
	d.t.Helper()
	cmd := exec.Command(llgo, append([]string{"py"}, args...)...)
	cmd.Env = append(os.Environ(), "LLGO_PY_DATA="+d.data, "LLGO_PY_CACHE="+cacheRoot())
	r := start(d.t, cmd)
	if r.code != 0 {
		d.t.Fatalf("llgo py %s: %v", strings.Join(args, " "), r)
	}
	return r.stdout + r.stderr
}

// runs starts a program where neither the store nor the machine's copies of its
// libraries can be seen, and then asks the loader where it finds the libraries.
func (d *desk) runs(p packagedProgram, exe string) {
	d.t.Helper()
	hide := append([]string{d.data}, p.hide...)
	cmd := sealedCommand(d.t, exe, nil, hide...)
	cmd.Args = append(cmd.Args, p.run...)
	if r := start(d.t, cmd); r.code != 0 || r.stdout != p.want {
		d.t.Errorf("%s: %v", exe, r)
	}
	allowed, err := policy.Load()
	must(d.t, err)
	traced := start(d.t, sealedCommand(d.t, exe, []string{"LD_TRACE_LOADED_OBJECTS=1"}, hide...))
	found := map[string]string{}
	for _, line := range strings.Split(traced.stdout, "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " => ")
		name, _, _ = strings.Cut(name, " (0x")
		at, _, _ := strings.Cut(rest, " (0x")
		if name != "" && !allowed.IsSystem(filepath.Base(name), "linux") {
			found[name] = at
		}
	}
	dir := filepath.Dir(exe)
	for _, name := range p.libraries {
		if at := found[name]; !strings.HasPrefix(filepath.Clean(at), dir+"/") {
			d.t.Errorf("%s finds %s at %q, not below %s", exe, name, at, dir)
		}
		delete(found, name)
	}
	if len(found) > 0 {
		d.t.Errorf("%s finds %v", exe, found)
	}
}

// lifeOfProgram is what a user does with one: every step of it on the command line.
func lifeOfProgram(t *testing.T, p packagedProgram) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	d := &desk{t, filepath.Join(base, "data"), filepath.Join(base, "tools")}
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", d.data).Run() })
	alias := filepath.Join(d.where, p.name)
	oldFile, newFile := alias+"-"+p.old.text, alias+"-"+p.new.text

	d.llgo(append([]string{"store", "add"}, p.old.debs...)...)
	d.llgo("install", p.name, d.where)
	d.runs(p, alias)
	if out := d.llgo("install", p.name, d.where); !strings.Contains(out, "already") {
		t.Errorf("installed again: %s", out)
	}
	manual(t, p, d.where, p.old.text)

	// Upgrade: both are there, and each has its own libraries.
	d.llgo(append([]string{"store", "add"}, p.new.debs...)...)
	d.llgo("install", p.name+","+p.new.text, d.where)
	leads(t, alias, newFile)
	for _, exe := range []string{alias, oldFile, newFile} {
		d.runs(p, exe)
	}
	manual(t, p, d.where, p.new.text)

	// From each file a way back, after a copy as well.
	copied := filepath.Join(t.TempDir(), "anything")
	copyTo(t, newFile, copied)
	for _, file := range []string{newFile, copied} {
		if out := d.llgo("store", "which", file); !strings.HasPrefix(out, p.name+","+p.new.text+",") {
			t.Errorf("which %s: %s", file, out)
		}
	}

	d.byHand(p, base)
	d.sharing(p, base)

	// Back, and the directory elsewhere.
	d.llgo("install", p.name+","+p.old.text, d.where)
	leads(t, alias, oldFile)
	d.runs(p, alias)
	elsewhere := filepath.Join(base, "elsewhere")
	must(t, exec.Command("cp", "-R", d.where, elsewhere).Run())
	moved := &desk{t, d.data, elsewhere}
	hidden := p
	hidden.hide = append(slices.Clone(p.hide), d.where)
	for _, name := range []string{p.name, filepath.Base(newFile)} {
		moved.runs(hidden, filepath.Join(elsewhere, name))
	}

	d.llgo("uninstall", filepath.Base(oldFile), d.where)
	leads(t, alias, newFile)
	d.runs(p, alias)
	d.llgo("uninstall", p.name, d.where)
	for _, left := range []string{alias, oldFile, newFile, filepath.Join(d.where, "common_libs"), filepath.Join(d.where, "share")} {
		if _, err := os.Lstat(left); err == nil {
			t.Errorf("%s is left", left)
		}
	}
}

// sharing installs with --libs: what is equal in an environment is a link to it.
func (d *desk) sharing(p packagedProgram, base string) {
	d.t.Helper()
	name := strings.Split(filepath.Base(p.new.debs[0]), "_")
	d.llgo("env", "create", "base", name[0]+","+name[1])
	with := &desk{d.t, d.data, filepath.Join(base, "with libs")}
	with.llgo("install", p.name+","+p.new.text, with.where, "--libs", "base")
	exe := filepath.Join(with.where, p.name+"-"+p.new.text)
	var linked int
	for _, lib := range p.libraries {
		target, err := os.Readlink(filepath.Join(exe+"_deps", lib))
		if err == nil && filepath.Dir(target) == filepath.Join(d.data, "envs", "base", "current", "lib") {
			linked++
		}
	}
	if linked != 1 {
		d.t.Errorf("%d libraries of %s are links to the environment, want 1", linked, exe)
	}
	with.data = filepath.Join(d.data, "store") // the environment stays in sight
	with.runs(p, exe)
	with.data = d.data
	with.llgo("uninstall", p.name, with.where)
}

// byHand does what README says, without any tool of ours.
func (d *desk) byHand(p packagedProgram, base string) {
	d.t.Helper()
	where := filepath.Join(base, "by hand")
	must(d.t, os.MkdirAll(filepath.Join(where, "common_libs"), 0o755))
	entries := filepath.Join(d.data, "store", "entries")
	copyLinks := func(pattern, to string) {
		d.t.Helper()
		found, _ := filepath.Glob(filepath.Join(entries, pattern))
		if out, err := exec.Command("cp", append(append([]string{"-dl"}, found...), to)...).CombinedOutput(); err != nil {
			d.t.Fatalf("cp -dl %v: %v: %s", found, err, out)
		}
	}
	for _, deb := range p.old.debs {
		name := strings.Split(filepath.Base(deb), "_")
		if name[0] == p.name {
			copyLinks(name[0]+","+name[1]+",*/files/bin/*", where)
		} else {
			copyLinks(name[0]+","+name[1]+",*/files/lib/*", filepath.Join(where, "common_libs"))
		}
	}
	d.runs(p, filepath.Join(where, p.name))
}

// leads checks a link.
func leads(t *testing.T, link, want string) {
	t.Helper()
	if to, err := os.Readlink(link); err != nil || filepath.Join(filepath.Dir(link), to) != want {
		t.Errorf("%s leads to %s (%v), want %s", link, to, err, want)
	}
}

// manual asks man where the page of a program is: whoever has WHERE on PATH finds that
// of the version in use.
func manual(t *testing.T, p packagedProgram, where, text string) {
	t.Helper()
	if _, err := exec.LookPath("man"); err != nil {
		t.Log("no man here: its page is not looked for")
		return
	}
	cmd := exec.Command("man", "-w", p.name)
	cmd.Env = []string{"PATH=" + where + ":/usr/bin:/bin", "HOME=" + t.TempDir()}
	page, err := filepath.EvalSymlinks(strings.TrimSpace(start(t, cmd).stdout))
	if err != nil || !strings.HasPrefix(page, filepath.Join(where, "share/man/man1", p.name+"-"+text)+".1") {
		t.Errorf("man -w %s: %s, %v", p.name, page, err)
	}
}

// A packaged program is installed as it is; from its directory and as one file it
// prints the same.
func TestInstallPackagedProgram(t *testing.T) {
	t.Parallel()
	base, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	d := &desk{t, filepath.Join(base, "data"), filepath.Join(base, "bin")}
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", d.data).Run() })
	want := expected(t, "hello")
	d.llgo("install", packaged(t, "hello"), d.where)
	one := onefile(t, "hello")
	versioned := filepath.Join(base, "hello-once-1.2")
	copyTo(t, one, versioned)
	d.llgo("install", versioned, d.where)
	for _, name := range []string{"hello", "hello-once"} {
		home := t.TempDir()
		exe, env := filepath.Join(d.where, name), []string{"HOME=" + home}
		if r := start(t, sealedCommand(t, exe, env, d.data)); r.code != 0 || r.stdout != want {
			t.Errorf("%s: %v", name, r)
		}
	}
	if same := start(t, exec.Command("cmp", one, filepath.Join(d.where, "hello-once"))); same.code != 0 {
		t.Errorf("one file is another one when it is installed: %v", same)
	}
	out := d.llgo("store", "which", filepath.Join(d.where, "hello-once"))
	if !strings.HasPrefix(out, "hello-once,1.2,") {
		t.Errorf("which: %s", out)
	}
	d.llgo("uninstall", "hello-once-1.2", d.where)
	d.llgo("uninstall", "hello", d.where)
	if left, _ := filepath.Glob(filepath.Join(d.where, "[^.]*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
