package assemble

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal"
	format "github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/modulefile"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// mapped reports whether modules go into one file.
func (b *builder) mapped() bool { return b.set.Layout.Value == "mapped" }

// The Python of the bootstrap, and the modules of ours that programs may import.
var bootSources = []string{"start", "finder", "resources", "handlers", "end"}

const resources = "_llgo_resources"

// bootJobs writes the sources that the module file needs besides the program's
// modules into dir, and returns the jobs that compile them, in the order of bootSources.
func bootJobs(dir string) (jobs []helper.CompileJob, err error) {
	bootstrap, err := internal.Sources("bootstrap", nil)
	if err != nil {
		return nil, err
	}
	for _, name := range bootSources {
		text, ok := bootstrap[name+".py"]
		if name == "end" {
			text, ok = []byte(settings.EndSource), true
		}
		if !ok {
			if text, err = pyhelper.Files.ReadFile("mapped/" + name + ".py"); err != nil {
				return nil, err
			}
		}
		source := filepath.Join(dir, name+".py")
		if err := os.WriteFile(source, text, 0o644); err != nil {
			return nil, err
		}
		jobs = append(jobs, helper.CompileJob{Source: source, Name: codeName(name), Output: source + "c"})
	}
	return jobs, nil
}

// codeName is what tracebacks call a piece of ours. CPython leaves importlib's own
// frames out of the traceback of a failed import, by this name, and with it the
// finder's.
func codeName(name string) string {
	if name == "finder" {
		return "<frozen importlib._bootstrap_external>"
	}
	return "<llgo>/" + name + ".py"
}

// writeModules puts what is compiled into one file at path, all but what CPython
// looks for itself.
func (b *builder) writeModules(dist *pydist.Dist, f *files, path string) error {
	stdlib := "lib/" + dist.LibDirName()
	in := modulefile.Input{
		Stdlib: stdlib, Start: f.boot["start"], Finder: f.boot["finder"], Handlers: f.boot["handlers"], End: f.boot["end"],
	}
	own := bundle.Mapped{Path: stdlib + "/" + resources + ".pyc", Module: resources, Origin: bundle.FromTool}
	in.Modules = append(in.Modules, modulefile.Module{Dest: own.Path, Bytecode: f.boot["resources"]})
	entries := map[string]bundle.Mapped{own.Path: own}
	for _, p := range f.plan.Files {
		compiled, ok := f.bytecode[p.Dest]
		switch {
		case ok && goesIntoFile(p.Dest, stdlib):
			m := modulefile.Module{Dest: p.Dest, Bytecode: compiled}
			if b.set.WithSources.Value {
				m.Source = p.Source
			}
			in.Modules = append(in.Modules, m)
			entries[p.Dest] = bundle.Mapped{Path: p.Dest, Module: p.Module, Distribution: p.Distribution, Origin: b.origin(dist, f, p)}
		case ok || p.Kind != helper.KindModule && p.Module != "":
			in.Files = append(in.Files, p.Dest)
		}
	}
	placed, err := modulefile.Write(path, in)
	if err != nil {
		return err
	}
	f.moduleFile, f.inFile = path, map[string]bool{}
	for _, at := range placed {
		m := entries[at.Dest]
		m.Offset, m.Size, m.SHA256 = at.Offset, at.Size, at.SHA256
		f.mapped, f.inFile[at.Dest] = append(f.mapped, m), true
	}
	return nil
}

// goesIntoFile reports whether a module need not be a file. Byte code in
// __pycache__ belongs to a source that a hook wants beside it; os.pyc is the mark
// by which getpath knows the standard library.
func goesIntoFile(dest, stdlib string) bool {
	return !strings.Contains(dest, "/__pycache__/") && dest != stdlib+"/os.pyc"
}

func moduleFileDest(dist *pydist.Dist) string { return "lib/" + dist.LibDirName() + "/" + format.Name }

// moduleFiles are the files of the tree that replace those in the module file: the
// file itself and the package that CPython imports before it can know of it.
func (f *files) moduleFiles(dist *pydist.Dist) []bundle.File {
	return []bundle.File{
		{Dest: moduleFileDest(dist), Source: f.moduleFile, Kind: bundle.ModuleFile, Origin: bundle.FromTool},
		{Dest: "lib/" + dist.LibDirName() + "/encodings/__init__.pyc", Source: f.boot["start"], Kind: bundle.Module,
			Module: "encodings", Origin: bundle.FromTool},
	}
}
