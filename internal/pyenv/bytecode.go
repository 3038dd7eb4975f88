package pyenv

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// bytecodeOrigin marks the entries that Bytecode makes. Their origin names the entry
// whose modules were compiled, and the tag of the interpreters that read it.
const bytecodeOrigin = "bytecode"

// findBytecode returns the byte code of an entry for a CPython, nil if there is none.
func findBytecode(heads []*store.Entry, python, of *store.Entry) *store.Entry {
	want := bytecodeEntry(python, of)
	for _, e := range heads {
		if e.Kind == want.Kind && e.Origin == want.Origin {
			return e
		}
	}
	return nil
}

// bytecodeEntry is the head of the entry with the byte code of another one.
func bytecodeEntry(python, of *store.Entry) store.Entry {
	e := store.Entry{
		Name: of.Name + "." + tag(python), Version: of.Version, Kind: store.KindBytecode, Licence: of.Licence,
		Origin: store.Origin{Kind: "build", Name: of.ID(), Version: python.Version, Source: bytecodeOrigin},
	}
	if of.Kind == store.KindPython {
		e.Origin.Source += " " + digest(Files(source.PythonOf(of)))
	}
	return e
}

// tag is sys.implementation.cache_tag: "cpython-314". That of free-threaded builds is
// the same, and so is their byte code.
func tag(python *store.Entry) string {
	return "cpython-" + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(source.PythonOf(python), "python"), "t"), ".", "")
}

// Bytecode returns the entry with the byte code of an entry's modules, those of its
// standard library if it is a CPython, and makes it if it is not among heads: the
// entries of the store, without their files. Modules that cannot be compiled have
// none; neither have tests, which nobody imports. With that of a CPython come the
// Files of an environment.
//
// The interpreter that compiles writes its own byte code elsewhere, and imports nothing
// but its standard library.
func Bytecode(ctx context.Context, s *store.Store, h *helper.Helper, heads []*store.Entry, python, of *store.Entry) (*store.Entry, error) {
	if have := findBytecode(heads, python, of); have != nil {
		if err := s.Hold(have.ID()); err != nil {
			return nil, err
		}
		return s.Find(have.ID())
	}
	work, err := os.MkdirTemp("", "llgo-py-bytecode-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	draft := store.Draft{Entry: bytecodeEntry(python, of), Sources: map[string]string{}}
	jobs := compileJobs(s, python, of, work)
	if len(jobs) == 0 {
		return nil, nil
	}
	if of.Kind == store.KindPython {
		if err := write(Files(source.PythonOf(of)), work, &draft); err != nil {
			return nil, err
		}
	}
	dist, err := Describe(ctx, s, python)
	if err != nil {
		return nil, err
	}
	if _, err := h.Compile(ctx, dist, helper.CompileRequest{Jobs: jobs}); err != nil {
		return nil, err
	}
	for _, job := range jobs {
		if _, err := os.Stat(job.Output); err != nil {
			continue // it could not be compiled
		}
		rel, err := filepath.Rel(work, job.Output)
		if err != nil {
			return nil, err
		}
		draft.Sources[filepath.ToSlash(rel)] = job.Output
	}
	return s.Add(ctx, draft)
}

// Describe describes the interpreter of an entry: the managed one that it was made of,
// which other work shares, or else the one in the store, where it lies.
func Describe(ctx context.Context, s *store.Store, python *store.Entry) (*pydist.Dist, error) {
	managed, err := pydist.Managed(ctx, progress.Discard, "")
	if err == nil && store.Hash(managed.Identity) == python.Origin.SHA256 {
		return managed, nil
	}
	return pydist.FromInterpreter(ctx, filepath.Join(s.Tree(python), source.PythonDir, "bin", source.PythonOf(python)))
}

// compileJobs lists the modules of an entry. The byte code of a module is placed where
// the interpreter looks for it (PEP 3147), and has a file name without a directory of
// any machine; the interpreter puts in its own when it loads the module.
func compileJobs(s *store.Store, python, of *store.Entry, work string) (jobs []helper.CompileJob) {
	for i := range of.Files {
		f := &of.Files[i]
		name, ok := strings.CutSuffix(f.Path, ".py")
		if !ok || f.Link != "" || !isModule(f.Path, python) {
			continue
		}
		output := path.Join(path.Dir(name), "__pycache__", path.Base(name)+"."+tag(python)+".pyc")
		jobs = append(jobs, helper.CompileJob{
			Source: s.Object(f.Object, f.Executable), Output: filepath.Join(work, filepath.FromSlash(output)), Name: moduleFile(f.Path, python),
		})
	}
	return jobs
}

// isModule tells whether a file is found by import, and worth it.
func isModule(name string, python *store.Entry) bool {
	if strings.HasPrefix(name, wheel.SitePackages+"/") {
		return true
	}
	rest, ok := strings.CutPrefix(name, stdlib(python)+"/")
	first, _, _ := strings.Cut(rest, "/")
	return ok && first != "test" && first != "idlelib" && first != "turtledemo" && !strings.Contains(rest, "/tests/") && !strings.HasPrefix(rest, "config-")
}

func stdlib(python *store.Entry) string {
	return path.Join(source.PythonDir, "lib", source.PythonOf(python))
}

// moduleFile is the name in the byte code.
func moduleFile(name string, python *store.Entry) string {
	name = strings.TrimPrefix(name, wheel.SitePackages+"/")
	return strings.TrimPrefix(name, stdlib(python)+"/")
}
