package installed

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// OtherPython returns an error if one of the named distributions (all, if used is
// nil) was installed for another Python or another platform than dist: its native
// modules cannot be imported, and packaged they would fail on the user's machine.
func OtherPython(dist *pydist.Dist, used []string) error {
	for _, site := range dist.SitePackages {
		for _, d := range In(site) {
			if used != nil && !slices.Contains(used, d.Name) || Fits(d.Tags, dist) {
				continue
			}
			return &helper.Error{
				Text: fmt.Sprintf("%s %s in %s was installed for another Python (%s) than CPython %s on %s",
					d.Name, d.Version, site, strings.Join(d.Tags, ", "), dist.Minor, dist.Platform),
				Next: fmt.Sprintf("%s -m pip install --force-reinstall %s==%s", dist.Executable, d.Name, d.Version),
			}
		}
	}
	return nil
}

// Overwritten says which of the files, absolute paths, belong to more than one
// distribution that do not agree on their content: one line for each pair. What
// was installed last has replaced the other's, which is then broken.
func Overwritten(dist *pydist.Dist, files []string) []string {
	var told []string
	for _, site := range dist.SitePackages {
		told = append(told, overwrittenIn(site, files)...)
	}
	return told
}

// claim is what a distribution says of a file.
type claim struct {
	by   *Distribution
	hash string
}

func overwrittenIn(site string, files []string) []string {
	claims := make(map[string][]claim)
	for _, d := range In(site) {
		for _, f := range d.Files() {
			if f.Hash != "" {
				path := filepath.Join(site, filepath.FromSlash(f.Path))
				claims[path] = append(claims[path], claim{d, f.Hash})
			}
		}
	}
	type pair struct{ lost, won *Distribution }
	var pairs []pair
	found := make(map[pair][]string)
	for _, path := range files {
		owners := claims[path]
		lost, won := contradict(path, owners)
		if lost == nil {
			continue
		}
		p := pair{lost, won}
		if found[p] == nil {
			pairs = append(pairs, p)
		}
		found[p] = append(found[p], path)
	}
	var told []string
	for _, p := range pairs {
		rel, _ := filepath.Rel(site, found[p][0])
		more := ""
		if n := len(found[p]) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		told = append(told, fmt.Sprintf("%s %s was overwritten by %s %s in %s (%s%s): install only one of them",
			p.lost.Name, p.lost.Version, p.won.Name, p.won.Version, site, rel, more))
	}
	return told
}

// contradict finds two owners that recorded different contents of a file: one whose
// content is not there, and the one whose is, or any other.
func contradict(path string, owners []claim) (lost, won *Distribution) {
	differ := func(a claim) bool { return len(owners) > 1 && a.hash != owners[0].hash }
	if !slices.ContainsFunc(owners, differ) {
		return nil, nil
	}
	actual := hash(path)
	i := slices.IndexFunc(owners, func(c claim) bool { return c.hash != actual })
	j := slices.IndexFunc(owners, func(c claim) bool { return c.hash == actual })
	if j < 0 { // changed by hand since
		j = (i + 1) % len(owners)
	}
	return owners[i].by, owners[j].by
}

// hash is the hash of a file as RECORD has it.
func hash(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// Unfollowed returns an error if a module belongs to an editable installation
// that analysis cannot follow, because code finds its files and no path does.
func Unfollowed(dist *pydist.Dist, module string) error {
	top, _, _ := strings.Cut(module, ".")
	for _, site := range dist.SitePackages {
		for _, d := range In(site) {
			if d.Editable == "" || !d.finds(top) {
				continue
			}
			return &helper.Error{
				Text: fmt.Sprintf("%s is an editable installation of %s from %s that analysis cannot follow", module, d.Name, d.Editable),
				Next: fmt.Sprintf("%s -m pip install --no-deps '%s'   # without -e, or: --py-path <the directory that has %s>", dist.Executable, d.Editable, top),
			}
		}
	}
	return nil
}

// finds tells whether one of the modules that the installer added to make an
// editable distribution importable mentions a module.
func (d *Distribution) finds(module string) bool {
	for _, f := range d.Files() {
		if filepath.Dir(f.Path) != "." || !strings.HasPrefix(f.Path, "__editable__") || !strings.HasSuffix(f.Path, ".py") {
			continue
		}
		code, err := os.ReadFile(filepath.Join(d.Site(), f.Path))
		if err == nil && (strings.Contains(string(code), "'"+module+"'") || strings.Contains(string(code), `"`+module+`"`)) {
			return true
		}
	}
	return false
}
