package install

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Other is a program on PATH with the name of one in WHERE.
type Other struct {
	Name    string // jq
	Path    string // /usr/bin/jq
	Order   Order
	Same    bool       // the content is equal
	Version string     // "" if nothing knows it
	Hash    store.Hash // of the content
	Entries []string   // IDs of entries of the store that have it
}

// Order is which of two programs a shell finds.
type Order int

// Of the other's directory and WHERE, one comes first on PATH, or WHERE is not on it.
const (
	NotOnPath Order = iota
	Shadowed        // the other one is not found any more
	Shadows         // the one in WHERE is not found
)

// OnPath tells whether a directory is on a PATH.
func OnPath(pathVar, dir string) bool {
	for _, d := range filepath.SplitList(pathVar) {
		if sameDir(d, dir) {
			return true
		}
	}
	return false
}

func sameDir(a, b string) bool {
	if a == "" {
		a = "."
	}
	ai, errA := os.Stat(a)
	bi, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return os.SameFile(ai, bi)
}

// Others finds programs on PATH with the names of those in WHERE, in the order of
// PATH. A plan that was not carried out is compared by what it would place.
func (in *Installer) Others(ctx context.Context, r *Record, pathVar string) ([]Other, error) {
	var list []Other
	onPath := OnPath(pathVar, in.where)
	for _, a := range r.Aliases {
		if filepath.Dir(a.Path) != "." {
			continue
		}
		order := NotOnPath
		if onPath {
			order = Shadows
		}
		var seen []os.FileInfo
		for _, dir := range filepath.SplitList(pathVar) {
			if sameDir(dir, in.where) {
				order = Shadowed
				continue
			}
			path, info := executable(dir, a.Path)
			if info == nil || contains(seen, info) {
				continue
			}
			seen = append(seen, info) // /bin and /usr/bin may be one directory
			o, err := in.other(ctx, r, a, path)
			if err != nil {
				return nil, err
			}
			o.Order = order
			list = append(list, o)
		}
	}
	return list, nil
}

// executable is the program of that name in a directory, nil if there is none.
func executable(dir, name string) (string, os.FileInfo) {
	if !filepath.IsAbs(dir) {
		return "", nil // means another directory in every other
	}
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return "", nil
	}
	return path, info
}

func contains(seen []os.FileInfo, info os.FileInfo) bool {
	for _, s := range seen {
		if os.SameFile(s, info) {
			return true
		}
	}
	return false
}

// other says what is known of a program.
func (in *Installer) other(ctx context.Context, r *Record, a Alias, path string) (Other, error) {
	o := Other{Name: a.Path, Path: path}
	sum, err := store.HashOfFile(path)
	if os.IsPermission(err) {
		return o, nil // may be run, but not read
	}
	if err != nil {
		return o, err
	}
	o.Hash = sum
	o.Same = r.Program(a.Path).Object == sum
	refs, err := in.store.Which(sum)
	if err != nil {
		return o, err
	}
	for _, ref := range refs {
		o.Entries = append(o.Entries, ref.Entry.ID())
		if ref.Entry.Version != source.Unversioned {
			o.Version = ref.Entry.Version
		}
		if f := ref.Entry.File(ref.Path); f != nil && f.Original == sum {
			o.Same = o.Same || ref.Entry.ID() == r.Entry
		}
	}
	if o.Version == "" {
		o.Version = packageVersion(ctx, path)
	}
	return o, nil
}

// packageVersion asks the machine's package manager, "" if that does not know. The
// program itself is not started.
func packageVersion(ctx context.Context, path string) string {
	names := []string{path}
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		names = append(names, real)
	}
	if rest, ok := strings.CutPrefix(path, "/usr"); ok {
		names = append(names, rest) // packages from before /bin became /usr/bin
	}
	for _, name := range names {
		if owner, _, ok := strings.Cut(output(ctx, "dpkg-query", "--search", name), ": "); ok {
			return output(ctx, "dpkg-query", "--show", "--showformat=${Package} ${Version}", owner)
		}
		if version := output(ctx, "rpm", "-q", "--file", "--queryformat", "%{NAME} %{VERSION}-%{RELEASE}", name); version != "" {
			return version
		}
	}
	return ""
}

// output is what a program prints, "" if it fails or is not there.
func output(ctx context.Context, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
