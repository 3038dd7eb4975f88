package facts

import (
	"archive/zip"
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An entry larger than bombSize that shrank by more than bombRatio is not unpacked:
// real files do not, and archives that want to do harm do.
const (
	bombSize  = 64 << 20
	bombRatio = 200
)

func isBomb(size, packed uint64) bool { return size > bombSize && size/bombRatio > packed }

// openWheel lists a wheel. One that is no ZIP archive is a damaged wheel.
func openWheel(_ context.Context, name string) (*Container, error) {
	c := &Container{Path: name, Kind: Wheel}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	c.closers = []io.Closer{f}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	// Through a section, for which an offset that makes no sense is the end of the file; to
	// an os.File it is a mistake of the program.
	archive, err := zip.NewReader(io.NewSectionReader(f, 0, info.Size()), info.Size())
	if err != nil {
		c.damage("", "cannot be read: %v", err)
		return c, nil
	}
	for _, entry := range archive.File {
		c.takeEntry(entry)
	}
	c.finish()
	c.readWheelInfo()
	return c, nil
}

// takeEntry adds an entry of an archive.
func (c *Container) takeEntry(entry *zip.File) {
	name := entry.Name
	if strings.HasSuffix(name, "/") && entry.UncompressedSize64 == 0 {
		return
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		c.damage(quote(name), "is no path inside the archive")
		return
	}
	f := File{Path: name, Mode: entry.Mode(), Packed: true}
	switch {
	case isBomb(entry.UncompressedSize64, entry.CompressedSize64):
		c.damage(name, "claims to be %d bytes in %d: not read", entry.UncompressedSize64, entry.CompressedSize64)
		return
	case f.Mode&fs.ModeSymlink != 0:
		f.Target = c.linkTarget(entry)
	case f.Mode.IsRegular():
		f.Size, f.open = int64(entry.UncompressedSize64), entry.Open
	default:
		c.damage(name, "is neither a file nor a link: %v", f.Mode)
		return
	}
	c.Files = append(c.Files, f)
}

// linkTarget reads where a link leads, which is its content.
func (c *Container) linkTarget(entry *zip.File) string {
	const longest = 4096
	r, err := entry.Open()
	if err != nil {
		c.damage(entry.Name, "%v", err)
		return ""
	}
	defer r.Close()
	target, err := io.ReadAll(io.LimitReader(r, longest))
	if err != nil {
		c.damage(entry.Name, "%v", err)
	}
	return string(target)
}

// readWheelInfo reads the name of the file and WHEEL.
func (c *Container) readWheelInfo() {
	w := &WheelInfo{}
	c.Wheel = w
	parts := strings.Split(strings.TrimSuffix(filepath.Base(c.Path), ".whl"), "-")
	if len(parts) != 5 && len(parts) != 6 {
		c.damage("", "the name is not that of a wheel (PEP 427)")
	} else {
		w.Name, w.Version = parts[0], parts[1]
		w.NameTags = expandTag(parts[len(parts)-3:])
	}
	found := c.distInfos()
	if len(found) != 1 {
		c.damage("", "%d .dist-info directories, a wheel has one", len(found))
		return
	}
	w.DistInfo = found[0]
	head, err := c.headers(w.DistInfo + "/WHEEL")
	if err != nil {
		c.damage(w.DistInfo+"/WHEEL", "%v", err)
		return
	}
	w.Purelib = strings.EqualFold(head.Get("Root-Is-Purelib"), "true")
	w.Tags = slices.Clone(head["Tag"])
	slices.Sort(w.Tags)
}

// expandTag returns the tags that a compressed one stands for (PEP 425).
func expandTag(parts []string) []string {
	var tags []string
	for _, python := range strings.Split(parts[0], ".") {
		for _, abi := range strings.Split(parts[1], ".") {
			for _, platform := range strings.Split(parts[2], ".") {
				tags = append(tags, python+"-"+abi+"-"+platform)
			}
		}
	}
	slices.Sort(tags)
	return tags
}

// distInfos returns the .dist-info directories at the top of the site-packages
// directories of the container.
func (c *Container) distInfos() []string {
	var found []string
	for i := range c.Files {
		for dir := path.Dir(c.Files[i].Path); dir != "."; dir = path.Dir(dir) {
			if strings.HasSuffix(dir, ".dist-info") {
				found = append(found, dir)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
