package store

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

// Native files of an entry are changed in one thing: where they look for libraries.
// That is, in this order, the directory they lie in, the directory <file name>_deps in
// it, the directory common_libs in it, and those of their own search paths that were
// relative to the file and lead to a directory of the entry (a wheel's numpy.libs).
// Libraries that they need by a path they need by its last element. So they work
// wherever they are copied or linked together, and directories of the machine where
// they were built have no say.
//
// Those of a bundle stay as they are: it has an order of its own, and a manifest. So do
// one-file programs, see hasArchive.

// The directories beside a file in which it finds libraries.
const (
	depsSuffix = "_deps"
	commonLibs = "common_libs"
)

// Relocator writes native files again with another search path.
type Relocator interface {
	// Relocate writes those to their outputs; all but the search path and names of
	// libraries stays as it was. It returns those that cannot be changed.
	Relocate(ctx context.Context, jobs []helper.RelocateJob) (failed []helper.RelocateFailed, err error)
}

// WithRelocator has native files changed by r: by a *helper.Helper that reports what
// it does, say.
func WithRelocator(r Relocator) Option { return func(s *Store) { s.relocator = r } }

// byHelper starts a silent pyhelper when it is needed.
type byHelper struct{}

func (byHelper) Relocate(ctx context.Context, jobs []helper.RelocateJob) ([]helper.RelocateFailed, error) {
	h, err := helper.Open(ctx, progress.Discard)
	if err != nil {
		return nil, err
	}
	return h.Relocate(ctx, jobs)
}

// relocate has the native files changed that must be, in work, and returns where the
// content of each file now is. What the store has from an earlier change of the same
// file is not made again.
func (s *Store) relocate(ctx context.Context, e *Entry, sources map[string]string, work string) (map[string]string, error) {
	p, err := policy.Load()
	if err != nil || e.Kind == KindBundle {
		return sources, err
	}
	r := relocation{entry: e, policy: p}
	if err := r.plan(sources, work); err != nil || len(r.jobs) == 0 {
		return sources, err
	}
	sources = maps.Clone(sources)
	if err := s.reuse(&r, sources); err != nil || len(r.jobs) == 0 {
		return sources, err
	}
	failed, err := s.relocator.Relocate(ctx, r.jobs)
	if err != nil {
		return nil, err
	}
	for i, f := range r.files {
		job := r.jobs[i]
		if at := slices.IndexFunc(failed, func(f helper.RelocateFailed) bool { return f.Source == job.Source }); at >= 0 {
			if err := r.unchanged(f, failed[at].Text); err != nil {
				return nil, err
			}
			continue
		}
		if err := f.adopt(job, r.originals[i]); err != nil {
			return nil, err
		}
		sources[f.Path] = job.Output
	}
	return sources, nil
}

// relocation is what of an entry must change: files, how, and their contents before.
type relocation struct {
	entry     *Entry
	policy    *policy.Policy
	files     []*File
	jobs      []helper.RelocateJob
	originals []Hash
}

func (r *relocation) plan(sources map[string]string, work string) error {
	for i := range r.entry.Files {
		f := &r.entry.Files[i]
		job, ok := r.entry.relocateJob(f, r.policy)
		if !ok || hasArchive(sources[f.Path]) {
			continue
		}
		job.Source, job.Output = sources[f.Path], filepath.Join(work, "relocated", strconv.Itoa(i), path.Base(f.Path))
		r.files, r.jobs = append(r.files, f), append(r.jobs, job)
	}
	r.originals = make([]Hash, len(r.jobs))
	return objects.Parallel(len(r.jobs), func(i int) (err error) {
		r.originals[i], err = HashOfFile(r.jobs[i].Source)
		return err
	})
}

// hasArchive tells whether a file is a one-file program. It brings what it needs, and is
// not changed: who writes it anew moves its archive.
func hasArchive(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	_, _, err = section.Find(f)
	return err == nil
}

// unchanged decides on a file that cannot be changed. A program or library that needs
// others is of no use then; those of a distribution find each other where they lie.
func (r *relocation) unchanged(f *File, why string) error {
	alone := r.entry.Kind == KindProgram || r.entry.Kind == KindLibrary
	if alone && f.Native.needsOthers(r.policy) {
		return &InvalidError{f.Path, why}
	}
	return nil
}

// adopt takes down what a changed file says now, which must be what it was to say.
func (f *File) adopt(job helper.RelocateJob, original Hash) error {
	n, err := ReadNative(job.Output)
	if err != nil {
		return err
	}
	if n == nil || n.Machine != f.Native.Machine || len(n.Needed) != len(f.Native.Needed) || !slices.Equal(n.Runpath, job.Search) {
		return &InvalidError{f.Path, "its search path was set but does not read back"}
	}
	f.Original, f.Native = original, n
	return nil
}

// relocateJob says what of a file must change; ok is false if nothing must.
func (e *Entry) relocateJob(f *File, p *policy.Policy) (job helper.RelocateJob, ok bool) {
	n := f.Native
	if n == nil {
		return job, false
	}
	job.Search, job.Names = e.search(f), map[string]string{}
	for _, name := range n.Needed {
		if instead := n.plainName(name, p); instead != name {
			job.Names[name] = instead
		}
	}
	if n.Format == "mach-o" && n.SONAME != "" {
		job.InstallName = "@rpath/" + n.SONAME
	}
	return job, len(job.Names) > 0 || !slices.Equal(n.Runpath, job.Search)
}

// plainName is the name by which a library is to be needed: one that is searched for.
func (n *Native) plainName(name string, p *policy.Policy) string {
	switch {
	case p.IsSystem(name, n.goos()):
		return name
	case n.Format == "mach-o":
		return "@rpath/" + path.Base(name)
	}
	return path.Base(name)
}

// needsOthers tells whether the file needs a library that not every machine has.
func (n *Native) needsOthers(p *policy.Policy) bool {
	return slices.ContainsFunc(n.Needed, func(name string) bool { return !p.IsSystem(name, n.goos()) })
}

// search is the search path that a file gets.
func (e *Entry) search(f *File) []string {
	origin := f.Native.origin()
	search := []string{origin, origin + "/" + path.Base(f.Path) + depsSuffix, origin + "/" + commonLibs}
	own := slices.Clone(f.Native.Runpath)
	for _, name := range f.Native.Needed {
		// Not path.Dir, to which $ORIGIN/.. is nothing.
		if at := strings.LastIndexByte(name, '/'); at >= 0 {
			own = append(own, name[:at])
		}
	}
	for _, dir := range own {
		if rest, ok := e.ownDirectory(f, dir); ok {
			search = addOnce(search, origin+rest)
		}
	}
	return e.reachOwn(f, search)
}

// reachOwn adds the directories of libraries that the file needs, that the entry has,
// and that no search path leads to any more: it named them by an absolute path, as an
// interpreter does that was built for one place.
func (e *Entry) reachOwn(f *File, search []string) []string {
	own := e.libraries()
	for _, name := range f.Native.Needed {
		at, ok := own[path.Base(name)]
		if !ok || at == f.Path {
			continue
		}
		dir := path.Dir(f.Path)
		reached := slices.ContainsFunc(search, func(s string) bool {
			return path.Join(dir, strings.TrimPrefix(s, f.Native.origin()), path.Base(name)) == at
		})
		if up, err := filepath.Rel(dir, path.Dir(at)); !reached && err == nil {
			search = addOnce(search, f.Native.origin()+"/"+filepath.ToSlash(up))
		}
	}
	return search
}

func (n *Native) origin() string {
	if n.Format == "mach-o" {
		return "@loader_path"
	}
	return "$ORIGIN"
}

// ownDirectory returns what follows the origin in a directory of a file's search path,
// "" or "/…"; ok is false if that is no directory of the entry, or only the loader
// knows which ($LIB, $PLATFORM).
func (e *Entry) ownDirectory(f *File, dir string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(strings.Replace(dir, "${ORIGIN}", "$ORIGIN", 1), f.Native.origin())
	if !ok || rest != "" && rest[0] != '/' || strings.ContainsAny(rest, "$@") {
		return "", false
	}
	relative := path.Clean(strings.TrimLeft(rest, "/"))
	if relative == "." {
		return "", true
	}
	means := path.Join(path.Dir(f.Path), relative)
	has := func(other File) bool { return strings.HasPrefix(other.Path, means+"/") }
	return "/" + relative, slices.ContainsFunc(e.Files, has)
}

// readNatives describes the native files among the sources.
func (e *Entry) readNatives(sources map[string]string) error {
	return objects.Parallel(len(e.Files), func(i int) (err error) {
		if f := &e.Files[i]; f.Link == "" {
			f.Native, err = ReadNative(sources[f.Path])
		}
		return err
	})
}

// namePrograms gives the programs of an entry their version: bin/foo is bin/foo-1.2 and
// a link of the old name to it. So several versions can lie in one directory, each with
// a directory <file name>_deps of its own, whatever is copied how. It returns the
// sources by the new names.
func (e *Entry) namePrograms(sources map[string]string) (map[string]string, error) {
	if e.Kind != KindProgram {
		return sources, nil
	}
	version := fileVersion(e.Version)
	sources = maps.Clone(sources)
	for i := range e.Files {
		f := &e.Files[i]
		name := path.Base(f.Path)
		if f.Native == nil || f.Native.Interpreter == "" || path.Dir(f.Path) != "bin" || strings.HasSuffix(name, "-"+version) {
			continue
		}
		old := f.Path
		f.Path = fmt.Sprintf("bin/%s-%s", name, version)
		if _, taken := sources[f.Path]; taken {
			return nil, e.invalid("%s and %s would have one name", old, f.Path)
		}
		sources[f.Path] = sources[old]
		delete(sources, old)
		e.Files = append(e.Files, File{Path: old, Link: path.Base(f.Path)})
	}
	e.sort()
	return sources, nil
}

// fileVersion is a version as part of a file name: a colon would end a directory of a
// search path, and what stands before it, Debian's epoch, nobody calls a program by.
func fileVersion(version string) string {
	if epoch, rest, ok := strings.Cut(version, ":"); ok && strings.Trim(epoch, "0123456789") == "" {
		version = rest
	}
	return strings.ReplaceAll(version, ":", "_")
}
