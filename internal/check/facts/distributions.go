package facts

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"net/textproto"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxMetadata bounds METADATA and WHEEL; some have a whole README in them.
const maxMetadata = 16 << 20

// headers reads a file of mail headers (PEP 566 metadata, WHEEL).
func (c *Container) headers(name string) (textproto.MIMEHeader, error) {
	data, err := c.read(name, maxMetadata)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	if at := bytes.Index(data, []byte("\n\n")); at >= 0 {
		data = data[:at+2] // the description is no header
	} else {
		data = append(data, "\n\n"...)
	}
	head, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(data))).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("malformed headers: %w", err)
	}
	return head, nil
}

// describeDistributions fills Distributions from the .dist-info directories and the
// manifest. The manifest's licence is that of the build, which may know better.
func (c *Container) describeDistributions() {
	var found []Distribution
	for _, dir := range c.distInfos() {
		if path.Base(path.Dir(dir)) == "_vendor" || strings.Contains(dir, "/_vendor/") {
			continue // described, but no distribution that is installed
		}
		head, err := c.headers(dir + "/METADATA")
		if err != nil {
			c.damage(dir+"/METADATA", "%v", err)
			continue
		}
		found = append(found, Distribution{
			Name: head.Get("Name"), Version: head.Get("Version"), Path: dir,
			License: license(head), LicenseFiles: c.licenseFiles(dir),
		})
	}
	if c.Manifest != nil {
		for _, d := range c.Manifest.Distributions {
			found = mergeDistribution(found, Distribution{Name: d.Name, Version: d.Version, License: d.License})
		}
	}
	slices.SortStableFunc(found, func(a, b Distribution) int { return cmp.Compare(normal(a.Name), normal(b.Name)) })
	c.Distributions = found
}

func mergeDistribution(found []Distribution, d Distribution) []Distribution {
	for i := range found {
		if normal(found[i].Name) == normal(d.Name) && found[i].Version == d.Version {
			found[i].License = cmp.Or(d.License, found[i].License)
			return found
		}
	}
	return append(found, d)
}

// normal is the name that two spellings of a distribution's have in common (PEP 503).
func normal(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return r == '-' || r == '_' || r == '.'
	}), "-"))
}

// license returns what the metadata says: the SPDX expression (PEP 639), else the
// field if it is a name and not a whole text, else the classifiers.
func license(head textproto.MIMEHeader) string {
	const longest = 100
	if text := head.Get("License-Expression"); text != "" {
		return text
	}
	if text := strings.TrimSpace(head.Get("License")); text != "" && text != "UNKNOWN" && len(text) <= longest {
		return text
	}
	var names []string
	for _, text := range head["Classifier"] {
		if name, ok := strings.CutPrefix(text, "License :: "); ok {
			parts := strings.Split(name, " :: ")
			names = append(names, parts[len(parts)-1])
		}
	}
	return strings.Join(names, "; ")
}

// licenseFiles returns the files of a .dist-info that are licences by name or place.
func (c *Container) licenseFiles(dir string) []string {
	var found []string
	for i := range c.Files {
		name, ok := strings.CutPrefix(c.Files[i].Path, dir+"/")
		if !ok {
			continue
		}
		upper := strings.ToUpper(path.Base(name))
		byName := slices.ContainsFunc([]string{"LICEN", "COPYING", "NOTICE", "AUTHORS"}, func(s string) bool { return strings.HasPrefix(upper, s) })
		if strings.HasPrefix(name, "licenses/") || byName {
			found = append(found, c.Files[i].Path)
		}
	}
	return found
}

// quote makes a name from an archive fit for a line of text.
func quote(name string) string {
	const longest = 200
	if len(name) > longest {
		name = name[:longest] + "…"
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
