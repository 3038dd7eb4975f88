package facts

import (
	"cmp"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// compareManifest notes the differences between the files and the manifest: the same
// that bundle.Verify finds on the disk, here for payloads as well.
func (c *Container) compareManifest() {
	if c.Manifest == nil {
		return
	}
	known := map[string]bool{manifestPath: true}
	for i := range c.Manifest.Files {
		e := &c.Manifest.Files[i]
		known[e.Path] = true
		// A onefile that starts in one process has the program around its payload,
		// and another one than the manifest was written for.
		if c.Kind == Onefile && !c.Payload.Launcher && e.Kind == bundle.Program {
			continue
		}
		f := c.File(e.Path)
		if f == nil {
			c.change(e.Path, bundle.Missing, "")
			continue
		}
		if detail := compareEntry(f, e); detail != "" {
			c.change(e.Path, bundle.Changed, detail)
		}
	}
	for i := range c.Files {
		f := &c.Files[i]
		if strings.HasPrefix(f.Path, pythonDir+"/") && !known[f.Path] && !f.Mode.IsDir() {
			c.change(f.Path, bundle.Added, "")
		}
	}
	c.sortChanges()
}

// compareEntry says how a file differs from its entry, "" if it does not.
func compareEntry(f *File, e *bundle.Entry) string {
	switch {
	case e.Kind == bundle.Symlink && f.Mode&fs.ModeSymlink == 0:
		return "not a link"
	case e.Kind == bundle.Symlink && f.Target != e.Link:
		return fmt.Sprintf("link to %q, not %q", f.Target, e.Link)
	case e.Kind == bundle.Symlink:
		return ""
	case !f.Mode.IsRegular():
		return "not a regular file"
	case f.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0:
		return "runs with the rights of its owner or group"
	case (f.Mode&0o100 != 0) != (e.Mode == "0755"):
		return fmt.Sprintf("mode %04o, not %s", f.Mode.Perm(), e.Mode)
	case f.Size != e.Size:
		return fmt.Sprintf("size %d, not %d", f.Size, e.Size)
	case f.SHA256 != "" && f.SHA256 != e.SHA256:
		return "other content"
	}
	return ""
}

// compareRecord notes the differences between the files of a wheel and its RECORD.
func (c *Container) compareRecord() {
	if c.Wheel == nil || c.Wheel.DistInfo == "" {
		return
	}
	name := c.Wheel.DistInfo + "/RECORD"
	data, err := c.read(name, maxManifest)
	if err != nil {
		c.damage(name, "cannot be read: %v", err)
		return
	}
	rows := csv.NewReader(strings.NewReader(string(data)))
	rows.FieldsPerRecord = 3
	// The record does not hash itself, nor what signs it (PEP 427).
	known := map[string]bool{name: true, name + ".jws": true, name + ".p7s": true}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			c.damage(name, "%v", err)
			return
		}
		c.compareRow(row, known)
	}
	for i := range c.Files {
		if f := &c.Files[i]; !known[f.Path] && !f.Mode.IsDir() {
			c.change(f.Path, bundle.Added, "")
		}
	}
	c.sortChanges()
}

// compareRow compares one line of a RECORD: path, hash and size.
func (c *Container) compareRow(row []string, known map[string]bool) {
	if known[row[0]] {
		return
	}
	known[row[0]] = true
	f := c.File(row[0])
	if f == nil {
		c.change(row[0], bundle.Missing, "")
		return
	}
	sum, isSHA256 := strings.CutPrefix(row[1], "sha256=")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(sum, "="))
	switch {
	case row[2] != "" && row[2] != strconv.FormatInt(f.Size, 10):
		c.change(row[0], bundle.Changed, fmt.Sprintf("size %d, not %s", f.Size, quote(row[2])))
	case !isSHA256:
		c.Notes = append(c.Notes, quote(row[0])+": its hash in RECORD is not a SHA-256 and was not compared")
	case err != nil || f.SHA256 != "" && hex.EncodeToString(raw) != f.SHA256:
		c.change(row[0], bundle.Changed, "other content")
	}
}

func (c *Container) change(path string, change bundle.Change, detail string) {
	c.Changes = append(c.Changes, Change{path, change, detail})
}

func (c *Container) sortChanges() {
	slices.SortFunc(c.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
}
