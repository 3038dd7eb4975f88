package check

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// devPython is the interpreter of scripts/devenv, which has auditwheel and delocate.
func devPython(t *testing.T) string {
	t.Helper()
	python := os.Getenv("LLGO_PY_DEV_PYTHON")
	if python == "" {
		t.Skip("auditwheel and delocate are in the environment of scripts/devenv: LLGO_PY_DEV_PYTHON is not set")
	}
	return python
}

// factsOf reads a wheel as Run does.
func factsOf(t *testing.T, path string) *subject {
	t.Helper()
	opts := options(t, false)
	found, err := facts.Open(t.Context(), path)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	t.Cleanup(func() { found[0].Close() })
	if err := found[0].Collect(t.Context(), opts.Facts); err != nil {
		t.Fatal(err)
	}
	return newSubject(found[0], opts.Policy, opts.targetOf(found[0]), "")
}

// audited is what auditwheel show says (show-schema.json of auditwheel).
type audited struct {
	SymTag   string              `json:"sym_tag"`
	Versions map[string][]string `json:"versioned_symbols"`
	External map[string]any      `json:"external_libs"`
}

// audit are the wheels that are compared without LLGO_PY_TEST_FULL: with vendored
// libraries, with libstdc++, and the smallest.
var audit = []string{"psycopg2-binary==2.9.13", "greenlet==3.5.6", "markupsafe==3.0.3"}

// TestAuditwheel: the same symbol versions of the same libraries, and the same floor,
// as auditwheel finds in the wheels for Linux. Two differences are in what each knows:
//
//   - auditwheel leaves the loader out (ld-linux), whose versions are glibc's;
//   - a tag of PEP 600 may have any number, and auditwheel knows those that some
//     distribution had: its tag is ours, rounded up to one it knows.
func TestAuditwheel(t *testing.T) {
	python := devPython(t)
	for _, w := range goodWheels {
		if !strings.Contains(w.platform, "manylinux") || !full() && !slices.Contains(audit, w.requirement) {
			continue
		}
		t.Run(w.requirement, func(t *testing.T) {
			file := wheel(t, w.requirement, w.platform)
			cmd := exec.Command(python, "-I", "-m", "auditwheel", "show", "--json", file)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v", cmd, err)
			}
			var theirs audited
			if err := json.Unmarshal(out, &theirs); err != nil {
				t.Fatal(err)
			}
			s := factsOf(t, file)
			if ours := versionsByLibrary(s); fmt.Sprint(ours) != fmt.Sprint(sorted(theirs.Versions)) {
				t.Errorf("versions:\n  %v\nauditwheel:\n  %v", ours, sorted(theirs.Versions))
			}
			if tag := roundedUp(t, python, s.verdict().Tag); tag != theirs.SymTag {
				t.Errorf("tag %s, rounded %s; auditwheel: %s", s.verdict().Tag, tag, theirs.SymTag)
			}
			var missing []string
			s.each(notFound, func(_ *unit, l load) { missing = append(missing, l.name) })
			if len(missing) != len(theirs.External) {
				t.Errorf("libraries that are not there: %v; auditwheel: %v", missing, theirs.External)
			}
		})
	}
}

// versionsByLibrary are the symbol versions that files need, of the libraries in the
// wheel and of others.
func versionsByLibrary(s *subject) map[string][]string {
	all := map[string][]string{}
	for _, u := range s.units {
		for _, v := range u.Versions {
			if !strings.HasPrefix(v.Library, "ld-linux") {
				all[v.Library] = append(all[v.Library], v.Name)
			}
		}
	}
	return sorted(all)
}

func sorted(m map[string][]string) map[string][]string {
	for k := range m {
		slices.Sort(m[k])
		m[k] = slices.Compact(m[k])
	}
	return m
}

// roundedUp is the oldest tag that auditwheel knows and that is not older.
func roundedUp(t *testing.T, python, tag string) string {
	t.Helper()
	out, err := exec.Command(python, "-I", "-c", `
from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.policy import WheelPolicies
print(*(p.name for p in WheelPolicies(libc=Libc.GLIBC, arch=Architecture.x86_64)))`).Output()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := p.ParseTarget(tag)
	if err != nil {
		t.Fatal(err)
	}
	var best *policy.Target
	for _, name := range strings.Fields(string(out)) {
		theirs, err := p.ParseTarget(name)
		if err == nil && !theirs.Version.Less(ours.Version) && (best == nil || theirs.Version.Less(best.Version)) {
			best = theirs
		}
	}
	if best == nil {
		t.Fatalf("auditwheel knows no tag as new as %s: %s", tag, out)
	}
	return best.Tag()
}

// TestFloorsOfAuditwheel: the floors of policy.json are those of auditwheel's policies
// for x86_64, and so are the libraries a wheel may need. Where auditwheel has none of a
// family (ZLIB in manylinux1: the library has no versions there), neither have we.
func TestFloorsOfAuditwheel(t *testing.T) {
	python := devPython(t)
	out, err := exec.Command(python, "-I", "-c", `
import auditwheel.policy, pathlib
print(pathlib.Path(auditwheel.policy.__file__).with_name("manylinux-policy.json").read_text())`).Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs []struct {
		Name      string                         `json:"name"`
		Symbols   map[string]map[string][]string `json:"symbol_versions"`
		Libraries []string                       `json:"lib_whitelist"`
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, tag := range theirs {
		target, err := p.ParseTarget(tag.Name)
		if err != nil {
			continue // "linux" promises nothing
		}
		for family, versions := range tag.Symbols["x86_64"] {
			want := newest(versions)
			// ABI_DT_RELR and the like; and glibc 2.37 defines nothing new on x86_64.
			if got, _ := p.Floor(family, target); family != "GLIBC" && got.String() != want {
				t.Errorf("%s: %s %s, auditwheel %s", tag.Name, family, got, want)
			}
			compared++
		}
		for _, name := range tag.Libraries {
			if !p.MayNeed(name, target) {
				t.Errorf("%s: auditwheel allows %s", tag.Name, name)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d floors were compared", compared)
	}
}

func newest(versions []string) string {
	var best policy.Version
	for _, text := range versions {
		if v, err := policy.ParseVersion(text); err == nil && best.Less(v) {
			best = v
		}
	}
	return best.String()
}

// listed are the wheels that are compared with delocate without LLGO_PY_TEST_FULL: with
// libraries of its own, and for two processors.
var listed = []string{"psycopg2-binary==2.9.13", "lxml==6.1.3"}

// TestDelocate: the same libraries as delocate-listdeps lists for the wheels for
// macOS: those of the system by name, those in the wheel by path. delocate asks otool,
// which only Macs have: testdata/otool.py stands in for it.
func TestDelocate(t *testing.T) {
	python := devPython(t)
	script, err := os.ReadFile("testdata/otool.py")
	if err != nil {
		t.Fatal(err)
	}
	otool := save(t, "otool", append([]byte("#!"+python+"\n"), script...))
	for _, w := range goodWheels {
		if !strings.Contains(w.platform, "macosx") || !full() && !slices.Contains(listed, w.requirement) {
			continue
		}
		t.Run(w.requirement, func(t *testing.T) {
			file := wheel(t, w.requirement, w.platform)
			cmd := exec.Command(python, "-I", "-c", "from delocate.cmd.delocate_listdeps import main; main()", "--all", file)
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(otool)+":"+os.Getenv("PATH"))
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v", cmd, err)
			}
			s := factsOf(t, file)
			ours := s.machineLibraries()
			for _, u := range s.units {
				for _, l := range u.loads {
					if l.unit != nil {
						ours = append(ours, l.unit.file.Path)
					}
				}
			}
			theirs := strings.Fields(string(out))
			slices.Sort(ours)
			slices.Sort(theirs)
			ours = slices.Compact(ours)
			if !slices.Equal(ours, theirs) {
				t.Errorf("libraries:\n  %v\ndelocate:\n  %v", ours, theirs)
			}
		})
	}
}
