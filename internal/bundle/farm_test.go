package bundle

import (
	"os"
	"testing"
)

// TestFarm: libpython is with the other shared objects, and a link where programs and
// the interpreter look for it; the manifest says which layout it is.
func TestFarm(t *testing.T) {
	in, err := readSample(writeSample(t, "1"))
	if err != nil {
		t.Fatal(err)
	}
	in.Layout, in.LibPythonDest = Farm, "reals/r/libpython3.14.so.1.0"
	plan, err := NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := plan.WriteInto(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	const library = "/python/lib/libpython3.14.so.1.0"
	if target, err := os.Readlink(dir + library); err != nil || target != "../reals/r/libpython3.14.so.1.0" {
		t.Errorf("link to %q, %v", target, err)
	}
	if data, err := os.ReadFile(dir + library); err != nil || string(data) != "libpython of 1" {
		t.Errorf("%q, %v", data, err)
	}
	m, err := ReadManifest(dir)
	if err != nil || m.Layout != Farm {
		t.Errorf("layout %q, %v", m.Layout, err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestInSitePackages(t *testing.T) {
	for name, want := range map[string]string{
		"python/lib/python3.14/site-packages/numpy/_core/x.so": "numpy/_core/x.so",
		"python/site-packages/p1/numpy/_core/x.so":             "numpy/_core/x.so",
		"python/site-packages/p12/six.pyc":                     "six.pyc",
		"python/lib/python3.14/json/decoder.pyc":               "",
		"python/reals/r/x.so":                                  "",
	} {
		if got, ok := InSitePackages(name); ok != (want != "") || ok && got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}
