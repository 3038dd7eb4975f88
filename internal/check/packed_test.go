package check

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
)

// mutant is something broken that is not an onedir read by Go alone: one-file
// programs, Mach-O files, wheels; or it takes all readers and the Python modules (all).
type mutant struct {
	rule, name string
	all        bool
	target     string
	cache      string
	make       func(t *testing.T) (path string)
	want       []string // rules and files, all of them but notes
}

func mutants() []mutant {
	return slices.Concat(onefileMutants(), machoMutants(), wheelMutants(), allReaderMutants())
}

// flipped is a copy of the one-file program with a byte changed in its payload.
func flipped(from func(p *facts.Payload, data []byte) int64) func(*testing.T) string {
	return func(t *testing.T) string {
		found, err := facts.Open(t.Context(), built(t, "one"))
		if err != nil || len(found) != 1 || found[0].Payload == nil {
			t.Fatal(found, err)
		}
		defer found[0].Close()
		data, err := os.ReadFile(built(t, "one"))
		if err != nil {
			t.Fatal(err)
		}
		data[from(found[0].Payload, data)] ^= 0x40
		return save(t, "one", data)
	}
}

// frameOfLibPython is where libpython's frame begins, which nothing can be decompressed
// of without its first bytes. A byte inside may spoil the frame or only its sum.
func frameOfLibPython(p *facts.Payload, data []byte) int64 {
	entry := p.Offset + int64(bytes.Index(data[p.Offset:], []byte(path.Base(libPythonFile))))
	return entry + int64(bytes.Index(data[entry:], []byte{0x28, 0xb5, 0x2f, 0xfd})) // RFC 8878, 3.1.1
}

func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func onefileMutants() []mutant {
	one := func(t *testing.T) string { return built(t, "one") }
	return []mutant{
		{rule: "payload-damaged", name: "data", make: flipped(frameOfLibPython),
			want: []string{"payload-damaged " + libPythonFile, "libpython-missing *"}},
		{rule: "payload-damaged", name: "directory", make: flipped(func(p *facts.Payload, _ []byte) int64 { return p.Offset + p.Size - 300 }), want: []string{"payload-damaged *"}},
		{rule: "cache-location", name: "relative", cache: "cache", make: one, want: []string{"cache-location "}},
		{rule: "cache-location", name: "no files there", cache: "/proc/self", make: one, want: []string{"cache-location "}},
		{rule: "cache-location", name: "too long", cache: "/" + strings.Repeat("long/", 800), make: one, want: []string{"cache-location *"}},
	}
}

// Load commands (mach-o/loader.h).
const (
	lcCodeSignature = 0x1d
	lcBuildVersion  = 0x32
	lcSourceVersion = 0x2a // as long as LC_CODE_SIGNATURE
)

// command changes the load command of a kind in a thin 64-bit Mach-O file.
func command(t *testing.T, data []byte, kind uint32, change func(command []byte)) []byte {
	t.Helper()
	data = bytes.Clone(data)
	at := 32
	for range binary.LittleEndian.Uint32(data[16:]) {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		if binary.LittleEndian.Uint32(data[at:]) == kind {
			change(data[at : at+size])
			return data
		}
		at += size
	}
	t.Fatalf("no load command %#x", kind)
	return nil
}

// macho is a file of a macOS wheel in a directory of its own, changed.
func macho(requirement, suffix string, change func(*testing.T, []byte) []byte) func(*testing.T) string {
	return func(t *testing.T) string {
		data := member(t, wheel(t, requirement, macARM), suffix)
		if change != nil {
			data = change(t, data)
		}
		return filepath.Dir(save(t, filepath.Base(suffix), data))
	}
}

func machoMutants() []mutant {
	const markupsafe, speedups = "markupsafe==3.0.3", "_speedups.cpython-314-darwin.so"
	minos := func(version uint32) func(*testing.T, []byte) []byte {
		return func(t *testing.T, data []byte) []byte {
			return command(t, data, lcBuildVersion, func(c []byte) { binary.LittleEndian.PutUint32(c[12:], version) })
		}
	}
	return []mutant{
		{rule: "macos-floor", name: "14.0", target: "macos:11.0", make: macho(markupsafe, speedups, minos(14<<16)),
			want: []string{"macos-floor " + speedups, "signature " + speedups, "build-path *"}},
		{rule: "macos-floor", name: "11.3", target: "macosx_11_2_arm64", make: macho(markupsafe, speedups, minos(11<<16|3<<8)),
			want: []string{"macos-floor " + speedups, "signature " + speedups, "build-path *"}},
		{rule: "signature", name: "changed", make: macho(markupsafe, speedups, func(_ *testing.T, data []byte) []byte {
			data[len(data)/3] ^= 1
			return data
		}), want: []string{"signature " + speedups, "build-path *"}},
		{rule: "signature", name: "removed", make: macho(markupsafe, speedups, func(t *testing.T, data []byte) []byte {
			return command(t, data, lcCodeSignature, func(c []byte) { binary.LittleEndian.PutUint32(c, lcSourceVersion) })
		}), want: []string{"signature " + speedups, "build-path *"}},
		{rule: "install-name", name: "libpq", make: macho("psycopg2-binary==2.9.13", ".dylibs/libpq.5.dylib", nil),
			want: []string{"install-name libpq.5.dylib", "*"}},
		{rule: "install-name", name: "libcrypto", make: macho("psycopg2-binary==2.9.13", ".dylibs/libcrypto.3.dylib", nil),
			want: []string{"install-name libcrypto.3.dylib", "*"}},
	}
}

func wheelMutants() []mutant {
	markupsafe := func(t *testing.T) string { return wheel(t, "markupsafe==3.0.3", linuxX86) }
	return []mutant{
		{rule: "file-damaged", name: "wheel that is cut", make: func(t *testing.T) string {
			data, err := os.ReadFile(markupsafe(t))
			if err != nil {
				t.Fatal(err)
			}
			return save(t, filepath.Base(markupsafe(t)), data[:len(data)*2/3])
		}, want: []string{"file-damaged "}},
		{rule: "glibc-floor", name: "wheel that promises too much", make: func(t *testing.T) string {
			name := strings.NewReplacer("manylinux2014", "manylinux_2_5", "manylinux_2_17", "manylinux_2_12").Replace(filepath.Base(markupsafe(t)))
			return rezip(t, unzip(t, markupsafe(t)), name)
		}, want: []string{"glibc-floor markupsafe/_speedups.cpython-314-x86_64-linux-gnu.so"}},
		{rule: "file-missing", name: "of RECORD", make: func(t *testing.T) string {
			dir := unzip(t, markupsafe(t))
			if err := os.Remove(filepath.Join(dir, "markupsafe", "_native.py")); err != nil {
				t.Fatal(err)
			}
			return rezip(t, dir, markupsafe(t))
		}, want: []string{"file-missing markupsafe/_native.py"}},
	}
}

func allReaderMutants() []mutant {
	speedups := func(change func([]byte)) func(*testing.T) string {
		return func(t *testing.T) string {
			data := member(t, wheel(t, "markupsafe==3.0.3", linuxX86), ".so")
			change(data)
			return filepath.Dir(save(t, "speedups.so", data))
		}
	}
	without := func(name string) func(*testing.T) string {
		return func(t *testing.T) string {
			tree := newTree(t, "tree")
			tree.seal(func(m *bundle.Manifest) {
				there := len(m.Modules)
				m.Modules = slices.DeleteFunc(m.Modules, func(in bundle.Mapped) bool { return in.Path == lib+name })
				if len(m.Modules) != there-1 {
					t.Errorf("%s is not there", name)
				}
			})
			return tree.dir
		}
	}
	return []mutant{
		{rule: "readers-disagree", name: "section headers elsewhere", all: true,
			make: speedups(func(data []byte) { binary.LittleEndian.PutUint64(data[0x28:], 1<<40) }), want: []string{"readers-disagree speedups.so", "*"}},
		{rule: "readers-disagree", name: "names of sections elsewhere", all: true,
			make: speedups(func(data []byte) { binary.LittleEndian.PutUint16(data[0x3e:], 0x7fff) }), want: []string{"readers-disagree speedups.so", "*"}},
		{rule: "module-missing", name: "of a package", all: true, make: without("site-packages/psycopg2/_range.pyc"),
			want: []string{"module-missing " + site + "psycopg2/*"}},
		{rule: "module-missing", name: "at the top", all: true, make: without("keyword.pyc"),
			want: []string{"module-missing " + lib + "collections/__init__.pyc", "module-missing *"}},
	}
}

// libPythonFile is the largest file of the good program.
const libPythonFile = "python/lib/libpython3.14.so.1.0"

// TestMutants is TestMutations for what is not an onedir. In want a star stands for
// anything.
func TestMutants(t *testing.T) {
	for _, m := range mutants() {
		t.Run(fmt.Sprintf("%s/%s", m.rule, m.name), func(t *testing.T) {
			opts := options(t, m.all, m.make(t))
			opts.Cache = m.cache
			if m.target != "" {
				var err error
				if opts.Target, err = opts.Policy.ParseTarget(m.target); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, f := range run(t, opts).findings {
				if f.Severity != "note" {
					got = append(got, f.Rule+" "+f.Path)
				}
			}
			slices.Sort(got)
			got = slices.Compact(got)
			if !likeAll(got, m.want) {
				t.Errorf("found:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(m.want, "\n  "))
			}
		})
	}
}

// likeAll tells whether each of want is met by one of got, and each of got by one of
// want.
func likeAll(got, want []string) bool {
	like := func(line, pattern string) bool {
		head, star := strings.CutSuffix(pattern, "*")
		return line == pattern || star && strings.HasPrefix(line, head)
	}
	for _, w := range want {
		if w != "*" && !slices.ContainsFunc(got, func(g string) bool { return like(g, w) }) {
			return false
		}
	}
	for _, g := range got {
		if !slices.ContainsFunc(want, func(w string) bool { return like(g, w) }) {
			return false
		}
	}
	return true
}

// TestEveryRuleIsMutated: no rule is without two things that it has to find. What
// --run finds is tested where it is found.
func TestEveryRuleIsMutated(t *testing.T) {
	count := map[string]int{}
	for _, m := range mutations() {
		if m.want != nil {
			count[m.rule]++
		}
	}
	for _, m := range mutants() {
		count[m.rule]++
	}
	for _, r := range rules() {
		if r.check != nil && count[r.ID] < 2 {
			t.Errorf("%s: %d mutations", r.ID, count[r.ID])
		}
	}
}
