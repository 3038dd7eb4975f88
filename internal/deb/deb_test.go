package deb

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/deb/debtest"
)

var sample = debtest.Package{
	Name: "hello", Version: "1:2.10-3+deb12u1", Fields: "Source: hello-src (2.10)\nDepends: libc6 (>= 2.34), libfoo1:any | libbar1,\n libbaz-dev [amd64]\n",
	Files: []debtest.File{
		{Path: "usr", Type: tar.TypeDir, Mode: 0o755},
		{Path: "usr/bin/hello", Data: []byte("program"), Mode: 0o4755},
		{Path: "usr/bin/hi", Link: "hello"},
		{Path: "usr/bin/again", Type: tar.TypeLink, Link: "./usr/bin/hello"},
		{Path: "usr/share/doc/hello/naïve name", Data: bytes.Repeat([]byte("x"), 100_001)},
	},
}

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.deb")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	for _, compression := range []string{"gz", "zst", "none"} {
		p := sample
		p.Compression = compression
		data := debtest.Bytes(t, p)
		checkSample(t, write(t, data), hexSum(data))
	}
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func checkSample(t *testing.T, path, sum string) {
	t.Helper()
	got, err := Read(context.Background(), path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := Control{"hello", "1:2.10-3+deb12u1", "amd64", "hello-src", []string{"libc6", "libfoo1", "libbaz-dev"}}
	if !reflect.DeepEqual(got.Control, want) || got.SHA256 != sum {
		t.Errorf("%+v, %s", got.Control, got.SHA256)
	}
	if len(got.Members) != 4 {
		t.Fatalf("%+v", got.Members)
	}
	hello, hi, again, doc := got.Members[0], got.Members[1], got.Members[2], got.Members[3]
	if hello.Path != "usr/bin/hello" || !hello.Executable || hi.Link != "hello" || again.File != hello.File || doc.Executable || doc.Size != 100_001 {
		t.Errorf("%+v", got.Members)
	}
	if data, err := os.ReadFile(hello.File); err != nil || string(data) != "program" {
		t.Errorf("%q, %v", data, err)
	}
	if info, err := os.Stat(hello.File); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Debian's own tool writes packages that are read like ours, xz included.
func TestPackagesOfDpkg(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("no dpkg-deb here")
	}
	for _, compression := range []string{"xz", "gzip", "zstd", "none"} {
		tree := t.TempDir()
		for name, data := range map[string]string{
			"DEBIAN/control": "Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: y\n",
			"usr/bin/hello":  strings.Repeat("program", 10_000),
		} {
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(tree, name)), 0o755))
			must(t, os.WriteFile(filepath.Join(tree, name), []byte(data), 0o755))
		}
		must(t, os.Chmod(tree, 0o755))
		must(t, os.Chmod(filepath.Join(tree, "DEBIAN"), 0o755))
		file := filepath.Join(t.TempDir(), "x.deb")
		if out, err := exec.Command("dpkg-deb", "--root-owner-group", "-Z"+compression, "-b", tree, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", compression, err, out)
			continue
		}
		got, err := Read(context.Background(), file, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", compression, err)
			continue
		}
		if len(got.Members) != 1 || got.Members[0].Path != "usr/bin/hello" || got.Members[0].Size != 70_000 {
			t.Errorf("%s: %+v", compression, got)
		}
	}
}

func TestHostileMembers(t *testing.T) {
	for name, file := range map[string]debtest.File{
		"absolute":        {Path: "/etc/passwd", Literal: true},
		"climbs":          {Path: "usr/../../etc/passwd"},
		"climbs at once":  {Path: "../x", Literal: true},
		"not clean":       {Path: "usr//bin/x"},
		"device":          {Path: "dev/sda", Type: tar.TypeBlock},
		"pipe":            {Path: "run/fifo", Type: tar.TypeFifo},
		"twice":           {Path: "usr/bin/hello"},
		"empty link":      {Path: "usr/bin/y", Type: tar.TypeSymlink},
		"hard link out":   {Path: "usr/bin/z", Type: tar.TypeLink, Link: "/etc/passwd"},
		"hard link later": {Path: "usr/bin/z", Type: tar.TypeLink, Link: "./usr/bin/zz"},
		"through a link":  {Path: "usr/bin/z", Type: tar.TypeLink, Link: "./usr/bin/hi"},
		"long":            {Path: strings.Repeat("x/", 3000) + "y"},
	} {
		p := sample
		p.Files = append(p.Files[:len(p.Files):len(p.Files)], file)
		dir := t.TempDir()
		_, err := Read(context.Background(), write(t, debtest.Bytes(t, p)), dir)
		var e *Error
		if !errors.As(err, &e) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > len(p.Files) {
			t.Errorf("%s: %v", name, left)
		}
	}
}

func TestHostileArchives(t *testing.T) {
	version := debtest.Part{Name: "debian-binary", Data: []byte("2.0\n")}
	for name, parts := range map[string][]debtest.Part{
		"newer format": {{Name: "debian-binary", Data: []byte("3.0\n")}},
		"no data":      {version},
		"data first":   {version, {Name: "data.tar", Data: make([]byte, 1024)}},
		"no control":   {version, {Name: "control.tar", Data: make([]byte, 1024)}, {Name: "data.tar", Data: make([]byte, 1024)}},
		"unknown":      {version, {Name: "control.tar.lz4", Data: []byte("x")}},
		"not gzip":     {version, {Name: "control.tar.gz", Data: []byte("xxxx")}},
		"not xz":       {version, {Name: "control.tar.xz", Data: []byte("xxxx")}},
		"strange":      {version, {Name: "strange", Data: []byte("xxxx")}},
	} {
		if p, err := Read(context.Background(), write(t, debtest.Archive(t, parts...)), t.TempDir()); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, err := Read(context.Background(), write(t, []byte("PK\x03\x04")), t.TempDir()); err == nil {
		t.Error("a zip is read")
	}
}

func TestLimits(t *testing.T) {
	path := write(t, debtest.Bytes(t, sample)) // 5 members, 100 kB
	for _, c := range []struct {
		limits limits
		ok     bool
	}{{limits{200_000, 6}, true}, {limits{100_000, 6}, false}, {limits{200_000, 5}, false}} {
		p, err := read(t.Context(), path, t.TempDir(), func(int64) limits { return c.limits })
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "more than") {
			t.Errorf("%+v: %v, %v", c.limits, p, err)
		}
	}
	if l := limitsOf(1 << 20); l.contents < 100<<20 || l.contents > 2<<30 {
		t.Errorf("%+v", l)
	}
}

// Damaged packages are errors, or are read as they are; nothing panics, and no file
// appears but in the directory.
func TestDamaged(t *testing.T) {
	data := debtest.Bytes(t, sample)
	random := rand.New(rand.NewSource(1))
	for range 500 {
		bad := bytes.Clone(data)
		for range 1 + random.Intn(4) {
			at := random.Intn(len(bad))
			if random.Intn(2) == 0 {
				at = random.Intn(200) // the headers
			}
			bad[at] = byte(random.Intn(256))
		}
		if random.Intn(4) == 0 {
			bad = bad[:random.Intn(len(bad))]
		}
		_, _ = Read(context.Background(), write(t, bad), t.TempDir())
	}
}

func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, write(t, debtest.Bytes(t, sample)), t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestLicence(t *testing.T) {
	const format = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n"
	for text, want := range map[string]string{
		format + "\nFiles: *\nCopyright: 1\nLicense: Expat\n\nFiles: debian/*\nLicense: GPL-2+\n":          "Expat",
		format + "License: GPL-2+ or Artistic\n The text.\n .\n More.\n":                                   "GPL-2+ or Artistic",
		format + "\nFiles: a\nLicense: BSD\n\nFiles: *\nCopyright: 1\n 2\nLicense: MIT\n Text and text.\n": "MIT",
		"This package was debianized by hand.\n\nLicense: none\n":                                          "",
		"": "",
	} {
		if got := Licence(strings.NewReader(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
