package modulefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
)

// small is the smallest input there is, with pretended byte code: every .pyc holds
// its own name.
func small(t *testing.T) Input {
	t.Helper()
	dir := t.TempDir()
	pyc := func(name string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("\x2b\x0e\r\n"+strings.Repeat("h", 12)+name), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	in := Input{Stdlib: "lib/python3.14", Finder: pyc("finder"), Start: pyc("start"), Handlers: pyc("handlers"), End: pyc("end")}
	for i, dest := range []string{"site-packages/pkg/mod.pyc", "encodings/__init__.pyc", "os.pyc", "site-packages/pkg/__init__.pyc", "encodings/größe.pyc"} {
		in.Modules = append(in.Modules, Module{Dest: in.Stdlib + "/" + dest, Bytecode: pyc(string(rune('a' + i)))})
	}
	in.Modules[0].Source = pyc("source")
	in.Files = []string{
		in.Stdlib + "/lib-dynload/_x.cpython-314.so", in.Stdlib + "/site-packages/pkg/loose.py", in.Stdlib + "/site-packages/elsewhere/a.py",
		in.Stdlib + "/site-packages/pkg/mod.abi3.so", in.Stdlib + "/site-packages/pkg/__pycache__/loose.pyc",
	}
	return in
}

func write(t *testing.T, in Input) ([]byte, []Placed, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), modules.Name)
	placed, err := Write(path, in)
	data, _ := os.ReadFile(path)
	return data, placed, err
}

func TestWrite(t *testing.T) {
	data, placed, err := write(t, small(t))
	if err != nil {
		t.Fatal(err)
	}
	head, err := modules.Decode(data)
	if err != nil || head.Python != [4]byte{0x2b, 0x0e, '\r', '\n'} {
		t.Fatalf("%+v, %v", head, err)
	}
	for want, part := range map[string]modules.Part{"finder": head.Finder, "start": head.Start, "handlers": head.Handlers, "end": head.End, "b": head.EncodingsCode} {
		if got := string(part.Of(data)); got != want {
			t.Errorf("%q in the place of %q", got, want)
		}
	}
	var found []string
	for _, p := range placed {
		code := data[p.Offset : p.Offset+p.Size]
		if sum := sha256.Sum256(code); hex.EncodeToString(sum[:]) != p.SHA256 {
			t.Errorf("%s: other bytes", p.Dest)
		}
		found = append(found, strings.TrimPrefix(p.Dest, "lib/python3.14/")+"="+string(code))
	}
	want := []string{"encodings/__init__.pyc=b", "encodings/größe.pyc=e", "os.pyc=c", "site-packages/pkg/__init__.pyc=d", "site-packages/pkg/mod.pyc=a"}
	if !slices.Equal(found, want) {
		t.Errorf("got %q", found)
	}
}

// TestIndex reads the index as text: names, the files that stay, nothing else.
func TestIndex(t *testing.T) {
	data, _, err := write(t, small(t))
	if err != nil {
		t.Fatal(err)
	}
	head, err := modules.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		part modules.Part
		want string
	}{
		{head.Zip, "{0"},
		{head.Dynload, "{z\x02_xz\x11_x.cpython-314.so0"},
		{head.EncodingsDir, "{u\x07\x00\x00\x00größe)\x02i"},
		{head.Stdlib, "{z\x09encodings)\x04i"},
	} {
		if got := string(test.part.Of(data)); !strings.HasPrefix(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	// Of a module and an extension of one name CPython takes the extension.
	if !bytes.Contains(data, []byte("z\x05looseFz\x03modz\x0bmod.abi3.so0")) {
		t.Error("the entries of pkg are others")
	}
	if bytes.Contains(data, []byte("elsewhere")) {
		t.Error("a directory without modules is in the index")
	}
}

// TestSameInput: the bytes depend on what goes in, not on its order or place.
func TestSameInput(t *testing.T) {
	first, _, err := write(t, small(t))
	if err != nil {
		t.Fatal(err)
	}
	in := small(t)
	slices.Reverse(in.Modules)
	slices.Reverse(in.Files)
	if second, _, err := write(t, in); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the order shows (%v)", err)
	}
}

func TestRefused(t *testing.T) {
	for want, spoil := range map[string]func(in *Input){
		"encodings is not among": func(in *Input) { in.Modules = in.Modules[2:3] },
		"no such file":           func(in *Input) { in.Finder += "x" },
		"place of a module":      func(in *Input) { in.Modules[0].Dest = "lib/other.pyc" },
		"is no byte code":        func(in *Input) { in.Modules[0].Bytecode = os.DevNull },
		"of another Python": func(in *Input) {
			in.End = filepath.Join(t.TempDir(), "old.pyc")
			if err := os.WriteFile(in.End, []byte(strings.Repeat("x", 17)), 0o644); err != nil {
				t.Fatal(err)
			}
		},
	} {
		in := small(t)
		spoil(&in)
		if _, _, err := write(t, in); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
