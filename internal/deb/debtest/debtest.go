// Package debtest writes .deb files for tests.
package debtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/blakesmith/ar"
	"github.com/klauspost/compress/zstd"
)

// Package is what to write. Files come in this order.
type Package struct {
	Name, Version string
	Architecture  string // "amd64" if empty
	Fields        string // more lines of the control file
	Files         []File
	Compression   string // "gz" (if empty), "zst" or "none"
}

// File is a member of data.tar. Link makes it a symbolic link; Type, if set, says
// what else it is.
type File struct {
	Path    string // "usr/bin/x": a leading "./" is added
	Data    []byte
	Link    string
	Mode    int64 // 0644 if zero
	Type    byte
	Literal bool // Path is written as it is
}

// Write makes the .deb at path.
func Write(t testing.TB, path string, p Package) {
	t.Helper()
	if err := os.WriteFile(path, Bytes(t, p), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Bytes is the .deb.
func Bytes(t testing.TB, p Package) []byte {
	t.Helper()
	if p.Architecture == "" {
		p.Architecture = "amd64"
	}
	control := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: nobody <nobody@example.org>\n%sDescription: a test\n more of it\n",
		p.Name, p.Version, p.Architecture, p.Fields)
	suffix := "." + p.Compression
	switch p.Compression {
	case "":
		suffix = ".gz"
	case "none":
		suffix = ""
	}
	return Archive(t,
		Part{"debian-binary", []byte("2.0\n")},
		Part{"control.tar" + suffix, compress(t, suffix, tarball(t, []File{{Path: "postinst", Data: []byte("#!/bin/sh\nexit 9\n"), Mode: 0o755}, {Path: "control", Data: []byte(control)}}))},
		Part{"data.tar" + suffix, compress(t, suffix, tarball(t, p.Files))},
	)
}

// Part is a member of the outer archive.
type Part struct {
	Name string
	Data []byte
}

// Archive writes an ar archive.
func Archive(t testing.TB, parts ...Part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := ar.NewWriter(&out)
	check(t, w.WriteGlobalHeader())
	for _, p := range parts {
		check(t, w.WriteHeader(&ar.Header{Name: p.Name, Mode: 0o100644, Size: int64(len(p.Data)), ModTime: time.Unix(1, 0)}))
		_, err := w.Write(p.Data)
		check(t, err)
	}
	return out.Bytes()
}

func tarball(t testing.TB, files []File) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	check(t, w.WriteHeader(&tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}))
	for _, f := range files {
		h := &tar.Header{Name: "./" + f.Path, Typeflag: tar.TypeReg, Size: int64(len(f.Data)), Mode: f.Mode, Linkname: f.Link}
		if f.Literal {
			h.Name = f.Path
		}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		if f.Link != "" {
			h.Typeflag = tar.TypeSymlink
		}
		if f.Type != 0 {
			h.Typeflag = f.Type
		}
		check(t, w.WriteHeader(h))
		_, err := w.Write(f.Data)
		check(t, err)
	}
	check(t, w.Close())
	return out.Bytes()
}

func compress(t testing.TB, suffix string, data []byte) []byte {
	var out bytes.Buffer
	var w io.WriteCloser
	switch suffix {
	case "":
		return data
	case ".gz":
		w = gzip.NewWriter(&out)
	case ".zst":
		z, err := zstd.NewWriter(&out)
		check(t, err)
		w = z
	default:
		t.Fatalf("no compression %q", suffix)
	}
	_, err := w.Write(data)
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
