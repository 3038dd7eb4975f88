// Package wheel lays Python distributions out as the store keeps them: those of
// wheels (PEP 427, "Binary distribution format" of the packaging specifications)
// and those that an installer has installed already.
//
//	site-packages/…   purelib and platlib, the .dist-info directory among them
//	bin/…             scripts and entry points
//	include/<name>/…  headers
//	share/…, etc/…    whatever else lies in the scheme "data"
//
// A distribution looks the same whichever way it came: an entry point has the
// script that is made here, whoever installed it before, and what installers note
// down about one installation (REQUESTED, direct_url.json) is left out. RECORD is
// not part of the layout, because it has to be written when the files have got
// their final content; Record does that.
package wheel

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// SitePackages is the directory of modules in a layout.
const SitePackages = "site-packages"

// Distribution is a distribution laid out.
type Distribution struct {
	Name, Version string
	Licence       string   // an SPDX expression where METADATA has one
	Tags          []string // PEP 425: "cp314-cp314-manylinux_2_28_x86_64"
	Info          string   // "numpy-2.1.0.dist-info"
	Files         []File   // sorted by path, without RECORD
}

// File is a file of a distribution.
type File struct {
	Path       string // in the layout: "site-packages/numpy/__init__.py"
	Source     string // where it is on this machine
	Executable bool
}

// Unpack lays the wheel at path out below the directory dir, which is made. Every
// file is checked against RECORD, and nothing else may be in the archive.
func Unpack(ctx context.Context, name, dir string) (*Distribution, error) {
	d, err := unpack(ctx, name, dir)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return d, err
}

func unpack(ctx context.Context, name, dir string) (*Distribution, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("not a wheel: %w", err)
	}
	defer archive.Close()
	w, err := open(&archive.Reader, filepath.Base(name))
	if err != nil {
		return nil, err
	}
	if err := w.checkRecord(); err != nil {
		return nil, err
	}
	for _, f := range w.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.place(f, dir); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return w.finish(dir)
}

// archived is a wheel that is being unpacked.
type archived struct {
	project string // as in the file name, escaped: "My_Lib"
	info    string // "My_Lib-1.0.dist-info"
	data    string // "My_Lib-1.0.data"
	files   []*zip.File
	record  map[string]claim // what RECORD says
	laid    []File
}

// open finds the parts of a wheel and reads its RECORD.
func open(archive *zip.Reader, base string) (*archived, error) {
	parts := strings.Split(strings.TrimSuffix(base, ".whl"), "-")
	if !strings.HasSuffix(base, ".whl") || len(parts) < 5 || len(parts) > 6 {
		return nil, fmt.Errorf("not the name of a wheel (name-version-python-abi-platform.whl)")
	}
	w := &archived{project: parts[0]}
	for _, f := range archive.File {
		top, rest, _ := strings.Cut(f.Name, "/")
		switch {
		case !filepath.IsLocal(f.Name) || path.Clean(f.Name) != strings.TrimSuffix(f.Name, "/") || strings.Contains(f.Name, `\`):
			return nil, fmt.Errorf("a path that leads elsewhere: %q", f.Name)
		case !f.Mode().IsRegular() && !f.Mode().IsDir():
			return nil, fmt.Errorf("%s: neither a file nor a directory", f.Name)
		case f.Mode().IsDir():
			continue
		case strings.HasSuffix(top, ".dist-info") && rest == recordName && w.info != "":
			return nil, fmt.Errorf("two distributions: %s and %s", w.info, top)
		case strings.HasSuffix(top, ".dist-info") && rest == recordName:
			w.info = top
		}
		w.files = append(w.files, f)
	}
	if w.info == "" {
		return nil, fmt.Errorf("not a wheel: it has no .dist-info/RECORD")
	}
	w.data = strings.TrimSuffix(w.info, ".dist-info") + ".data"
	if err := w.checkVersion(); err != nil {
		return nil, err
	}
	return w, w.readRecord()
}

// checkVersion refuses a wheel of a version of the format that is not known, as the
// specification asks.
func (w *archived) checkVersion() error {
	text, err := w.read("WHEEL")
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		if version, ok := strings.CutPrefix(line, "Wheel-Version:"); ok {
			version = strings.TrimSpace(version)
			if major, _, _ := strings.Cut(version, "."); major != "1" {
				return fmt.Errorf("a wheel of version %s of the format, and only 1 is known", version)
			}
			return nil
		}
	}
	return fmt.Errorf("%s/WHEEL says no Wheel-Version", w.info)
}

// read returns the text of a file of the .dist-info directory.
func (w *archived) read(name string) (string, error) {
	name = w.info + "/" + name
	i := slices.IndexFunc(w.files, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return "", fmt.Errorf("not a wheel: it has no %s", name)
	}
	in, err := w.files[i].Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	const limit = 64 << 20 // of a text that is read at once
	data, err := io.ReadAll(io.LimitReader(in, limit))
	return string(data), err
}

// place writes one file where it belongs and compares it with RECORD.
func (w *archived) place(f *zip.File, dir string) error {
	target, script, err := w.target(f.Name)
	if err != nil || target == "" {
		return err
	}
	out := filepath.Join(dir, filepath.FromSlash(target))
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	executable := script || f.Mode()&0o111 != 0
	if err := w.copy(out, in, f.Name, executable); err != nil {
		return err
	}
	if script {
		if err := relocateFile(out); err != nil {
			return err
		}
	}
	w.laid = append(w.laid, File{target, out, executable})
	return nil
}

// copy writes a file, which must not exist yet, and hashes it on its way.
func (w *archived) copy(out string, in io.Reader, name string, executable bool) error {
	mode := os.FileMode(0o644)
	if executable {
		mode = 0o755
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer file.Close()
	claimed := w.record[name]
	sum, err := claimed.newHash()
	if err != nil {
		return err
	}
	size, err := io.Copy(io.MultiWriter(file, sum), in)
	if err != nil {
		return err
	}
	if err := claimed.compare(sum.Sum(nil), size); err != nil {
		return err
	}
	return file.Close()
}

// target is where a file of the archive belongs in the layout, "" for what is not
// installed; script tells that it belongs to the scheme of scripts.
func (w *archived) target(name string) (target string, script bool, err error) {
	top, rest, _ := strings.Cut(name, "/")
	switch {
	case top == w.info && slices.Contains(notKept, rest):
		return "", false, nil
	case top != w.data:
		return path.Join(SitePackages, name), false, nil
	}
	scheme, rest, _ := strings.Cut(rest, "/")
	switch scheme {
	case "purelib", "platlib":
		return path.Join(SitePackages, rest), false, nil
	case "scripts":
		return path.Join("bin", rest), true, nil
	case "headers":
		return path.Join("include", w.project, rest), false, nil
	case "data":
		return rest, false, nil
	}
	return "", false, fmt.Errorf("unknown scheme %q", scheme)
}

// notKept is what an installer writes about an installation, and what signs a
// RECORD that is written anew.
var notKept = []string{recordName, "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}

// installer is what INSTALLER says (PEP 376): how to get rid of it again.
const installer = "llgo-py\n"

// finish adds what every installation has: the scripts of entry points, and
// INSTALLER.
func (w *archived) finish(dir string) (*Distribution, error) {
	l := &layout{dir: dir, files: w.laid}
	d, err := l.distribution(filepath.Join(dir, SitePackages, w.info))
	if err == nil && pylock.Normalise(d.Name) != pylock.Normalise(w.project) {
		err = fmt.Errorf("it is called %s, and METADATA says %s", w.project, d.Name)
	}
	return d, err
}

// Hash is the SHA-256 of the wheel at path, in hexadecimal.
func Hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
