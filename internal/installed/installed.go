// Package installed reads what installers leave beside the distributions that they
// install (the *.dist-info directories of the packaging specifications), and
// judges whether what is installed can be packaged (Check).
package installed

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Distribution is an installed distribution.
type Distribution struct {
	Name, Version string
	Licence       string   // as METADATA has it: an SPDX expression, or what people write; "" if it says nothing
	Info          string   // its .dist-info directory
	Tags          []string // of the wheel: "cp314-cp314-manylinux_2_28_x86_64"; none if it says nothing
	Editable      string   // the directory that it is installed from as editable, or ""
}

// Site is the directory that it is installed in.
func (d *Distribution) Site() string { return filepath.Dir(d.Info) }

// In returns the distributions in a site directory, in the order of their names.
// Damaged ones are left out: so does Python's own importlib.metadata.
func In(site string) []*Distribution {
	infos, _ := filepath.Glob(filepath.Join(site, "*.dist-info"))
	var all []*Distribution
	for _, info := range infos {
		if d := Read(info); d != nil {
			all = append(all, d)
		}
	}
	return all
}

// Read returns the distribution of a .dist-info directory, nil if it says no name.
func Read(info string) *Distribution {
	metadata := header(filepath.Join(info, "METADATA"))
	if len(metadata["Name"]) == 0 {
		return nil
	}
	d := &Distribution{Name: metadata["Name"][0], Info: info, Tags: header(filepath.Join(info, "WHEEL"))["Tag"]}
	if v := metadata["Version"]; len(v) > 0 {
		d.Version = v[0]
	}
	for _, field := range []string{"License-Expression", "License"} {
		if text := metadata[field]; d.Licence == "" && len(text) > 0 && text[0] != "UNKNOWN" {
			d.Licence = text[0]
		}
	}
	d.Editable = editable(filepath.Join(info, "direct_url.json"))
	return d
}

// header returns the fields of a file like METADATA, up to its first empty line.
func header(path string) map[string][]string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	fields := make(map[string][]string)
	for lines := bufio.NewScanner(f); lines.Scan() && lines.Text() != ""; {
		if name, value, ok := strings.Cut(lines.Text(), ": "); ok {
			fields[name] = append(fields[name], strings.TrimSpace(value))
		}
	}
	return fields
}

// editable reads direct_url.json (PEP 610).
func editable(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	var direct struct {
		URL string
		Dir struct{ Editable bool } `json:"dir_info"`
	}
	if json.Unmarshal(data, &direct) != nil || !direct.Dir.Editable {
		return ""
	}
	u, err := url.Parse(direct.URL)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return filepath.FromSlash(u.Path)
}

// File is a line of RECORD.
type File struct {
	Path string // relative to the site directory, with slashes
	Hash string // "sha256=…", or "" where none is recorded
}

// Files are what RECORD lists, none if it cannot be read.
func (d *Distribution) Files() []File {
	f, err := os.Open(filepath.Join(d.Info, "RECORD"))
	if err != nil {
		return nil
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = -1
	records, err := rows.ReadAll()
	if err != nil {
		return nil
	}
	var files []File
	for _, row := range records {
		file := File{Path: row[0]}
		if len(row) > 1 {
			file.Hash = row[1]
		}
		files = append(files, file)
	}
	return files
}

// Modules are the packages and modules that a distribution provides, down to the
// first level that has code: "google.protobuf", not "google".
func (d *Distribution) Modules() []string {
	found := make(map[string]bool)
	for _, file := range d.Files() {
		if name := moduleOf(file.Path); name != "" {
			found[name] = true
		}
	}
	var tops []string
	for module := range found {
		outermost := true
		for up := Parent(module); up != ""; up = Parent(up) {
			outermost = outermost && !found[up]
		}
		if outermost {
			tops = append(tops, module)
		}
	}
	slices.Sort(tops)
	return tops
}

// moduleOf is the package whose __init__.py a path is, or the module at the top.
func moduleOf(path string) string {
	dir, file := filepath.Split(path)
	packages := strings.Split(strings.TrimSuffix(dir, "/"), "/")
	name, _, _ := strings.Cut(file, ".")
	switch {
	case strings.HasPrefix(path, "..") || strings.HasSuffix(packages[0], "-info") || slices.Contains(packages, "__pycache__"):
		return ""
	case file == "__init__.py":
		return strings.Join(packages, ".")
	case dir == "" && (strings.HasSuffix(file, ".py") || strings.HasSuffix(file, ".so")):
		return name
	}
	return ""
}

// Parent is the package that a module is in, "" for one at the top.
func Parent(module string) string {
	i := strings.LastIndexByte(module, '.')
	return module[:max(i, 0)]
}
