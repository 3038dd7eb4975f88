package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program of Debian packages in environments: it is installed from files, upgraded and
// taken back, two versions of it are there at once, and a copy works elsewhere. It runs
// where the store cannot be seen: an environment has all that it needs.
func TestEnvironments(t *testing.T) {
	t.Parallel()
	p := madePackages(t)
	base, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	data := filepath.Join(base, "data")
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", data).Run() })
	d := &desk{t: t, data: data}
	sealed := &desk{t: t, data: filepath.Join(data, "store")}

	// check runs the program of an environment, and asks man for its page.
	check := func(name, version string) {
		t.Helper()
		at, err := filepath.EvalSymlinks(filepath.Join(data, "envs", name, "current"))
		must(t, err)
		sealed.runs(p, filepath.Join(at, "bin", p.name))
		leads(t, filepath.Join(at, "bin", p.name), filepath.Join(at, "bin", p.name+"-"+version))
		page, err := os.ReadFile(filepath.Join(at, "share", "man", "man1", p.name+".1"))
		if err != nil || !strings.Contains(string(page), "version "+version) {
			t.Errorf("the manual page of %s: %s, %v", version, page, err)
		}
	}

	d.llgo(append([]string{"env", "create", "tools"}, p.old.debs...)...)
	check("tools", p.old.text)
	if out := d.llgo("env", "run", "tools", p.name); out != p.want {
		t.Errorf("env run prints %q", out)
	}
	d.llgo(append([]string{"store", "add"}, p.new.debs...)...)
	d.llgo("env", "create", "other", p.name+","+p.new.text)
	check("tools", p.old.text)
	check("other", p.new.text)

	d.llgo("env", "upgrade", "tools")
	check("tools", p.new.text)
	d.llgo("env", "rollback", "tools")
	check("tools", p.old.text)

	d.llgo("env", "delete", "other")
	d.llgo("store", "gc")
	d.llgo("store", "verify")
	check("tools", p.old.text)
	d.llgo("env", "rollback", "tools", "2") // what a generation has, gc has left
	check("tools", p.new.text)

	elsewhere := filepath.Join(base, "elsewhere")
	must(t, exec.Command("cp", "-R", filepath.Join(data, "envs", "tools", "current")+"/.", elsewhere).Run())
	(&desk{t: t, data: data}).runs(p, filepath.Join(elsewhere, "bin", p.name))
}
