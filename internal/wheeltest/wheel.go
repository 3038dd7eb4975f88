// Package wheeltest makes small wheels and serves them from an index on the
// loopback device, so that tests of what is installed need no registry.
package wheeltest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Wheel is a distribution that consists of a few files.
type Wheel struct {
	Name, Version string
	Tag           string            // "py3-none-any" if empty
	Files         map[string]string // path to content; without any, a module of the wheel's name
	Requires      []string          // PEP 508
}

func (w Wheel) underscored() string { return strings.NewReplacer("-", "_", ".", "_").Replace(w.Name) }

func (w Wheel) tag() string {
	if w.Tag == "" {
		return "py3-none-any"
	}
	return w.Tag
}

// FileName is the wheel's (PEP 427).
func (w Wheel) FileName() string {
	return fmt.Sprintf("%s-%s-%s.whl", w.underscored(), w.Version, w.tag())
}

// Bytes is the wheel itself, the same every time.
func (w Wheel) Bytes() []byte { return Archive(w.Contents()) }

// Archive is a wheel of the given files, RECORD among them, as they are.
func Archive(files map[string]string) []byte {
	var buf bytes.Buffer
	archive := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := archive.Create(name)
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// Contents are the files of the wheel, metadata and RECORD included: what an
// installer puts into site-packages.
func (w Wheel) Contents() map[string]string {
	files := maps.Clone(w.Files)
	if len(files) == 0 {
		files = map[string]string{w.underscored() + "/__init__.py": fmt.Sprintf("__version__ = %q\n", w.Version)}
	}
	info := fmt.Sprintf("%s-%s.dist-info/", w.underscored(), w.Version)
	var metadata strings.Builder
	fmt.Fprintf(&metadata, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", w.Name, w.Version)
	for _, r := range w.Requires {
		fmt.Fprintf(&metadata, "Requires-Dist: %s\n", r)
	}
	files[info+"METADATA"] = metadata.String()
	files[info+"WHEEL"] = fmt.Sprintf("Wheel-Version: 1.0\nGenerator: wheeltest\nRoot-Is-Purelib: %t\nTag: %s\n", strings.HasSuffix(w.tag(), "-any"), w.tag())
	var record strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256([]byte(files[name]))
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(files[name]))
	}
	files[info+"RECORD"] = record.String() + info + "RECORD,,\n"
	return files
}
