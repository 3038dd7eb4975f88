package assemble

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	format "github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/deps"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/leftout"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/version"
)

// onedir builds and packages the program.
func (b *builder) onedir(ctx context.Context, dist *pydist.Dist, h *helper.Helper) (*Summary, []string, error) {
	if b.comp.Linked() {
		return b.packageFinished(ctx, dist, h, b.compiled(dist))
	}
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(work)

	exe := filepath.Join(work, "exe")
	var files *files
	both, ctx2 := errgroup.WithContext(ctx)
	both.Go(func() error { return b.compile(ctx2, dist, exe, "") })
	both.Go(func() (err error) { files, err = b.collect(ctx2, dist, h, nil, work); return err })
	if err := both.Wait(); err != nil {
		return nil, nil, err
	}
	tree, err := b.writeTree(ctx, dist, exe, files, filepath.Dir(b.out))
	if err != nil {
		return nil, nil, err
	}
	s := b.summary(dist, files, tree)
	return s, files.machineSources(), b.report(ctx, dist, s, files, tree)
}

// compile builds the Go side; payload is the archive to embed in it, "" for none.
func (b *builder) compile(ctx context.Context, dist *pydist.Dist, exe, payload string) error {
	task := b.Reporter.Phase("compile the Go program with compiler "+b.comp.Name(), 0)
	defer task.Done()
	return b.comp.Build(ctx, b.packagedJob(dist, exe, payload))
}

func (b *builder) packagedJob(dist *pydist.Dist, exe, payload string) compiler.Job {
	job := b.job()
	job.Output, job.Python, job.Packaged = exe, dist, true
	job.Onefile, job.Payload = b.set.Onefile.Value && !b.comp.Linked(), payload
	job.Mapped, job.Optimize, job.Farm = b.mapped(), b.optimize(), b.farm()
	return job
}

// optimize is the level of optimisation, of byte code and of interpreters.
func (b *builder) optimize() int {
	level, _ := strconv.Atoi(b.set.Optimize.Value)
	return level
}

// files is the Python side, ready to be put into the tree.
type files struct {
	plan      *helper.Plan
	leftOut   []leftout.Group   // what of the analysis stays behind
	unused    []string          // built-in modules that are to go
	bytecode  map[string]string // dest of a module → its compiled file
	linked    map[string]string // dest of a native file → the file to ship
	reals     map[string]string // dest of a native file → where it is, if there is a link at dest
	sums      map[string]string // SHA-256 of native files to ship, where they are known
	libPython string
	program   string            // a finished executable, its search path set
	machine   []helper.LinkFile // libraries of this machine that come along
	native    *helper.Linked    // what they say of themselves

	moduleFile string            // the file that the modules are in, "" where each is its own
	mapped     []bundle.Mapped   // what is in it
	inFile     map[string]bool   // the same, by dest
	boot       map[string]string // what it needs besides: name → compiled file
}

// machineSources are where the libraries of this machine lie.
func (f *files) machineSources() (paths []string) {
	for _, l := range f.machine {
		paths = append(paths, l.Source)
	}
	return paths
}

// collect asks which files the program needs and prepares those that are not
// shipped as they are: modules are compiled, native files made to find one another,
// and among them p, unless it is nil.
func (b *builder) collect(ctx context.Context, dist *pydist.Dist, h *helper.Helper, p *finished, work string) (*files, error) {
	plan, err := b.analyse(ctx, dist, h, filepath.Join(work, "analysis"))
	if err != nil {
		return nil, err
	}
	if err := b.examine(dist, plan); err != nil {
		return nil, err
	}
	if err := tellMissing(b.Reporter.Warn, plan, b.farm()); err != nil {
		return nil, err
	}
	f := &files{}
	if f.plan, f.leftOut, err = leftout.Apply(plan, b.wanted(), b.set.Keep.Values()); err != nil {
		return nil, err
	}
	if f.plan, f.unused, err = b.withoutUnused(dist, f.plan); err != nil {
		return nil, err
	}
	b.nameCaches(f.plan)
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		if err := b.bytecode(ctx, dist, h, f, filepath.Join(work, "bytecode")); err != nil || f.moduleFile == "" || !b.compresses() {
			return err
		}
		return b.compressAhead(ctx, h, []string{f.moduleFile}, nil, filepath.Join(work, "compressed modules"))
	})
	both.Go(func() error {
		if err := p.wait(ctx); err != nil {
			return err
		}
		if err := b.link(ctx, dist, h, f, p, filepath.Join(work, "native")); err != nil || !b.compresses() {
			return err
		}
		natives := f.natives()
		if !dist.Managed || b.comp.Linked() || b.cuts(dist) { // else beginAhead has it in work
			natives = append(natives, f.libPython)
		}
		return b.compressAhead(ctx, h, natives, f.sums, filepath.Join(work, "compressed"))
	})
	return f, both.Wait()
}

// nameCaches names byte code that lies beside its source as Python looks for it at the
// level of optimisation (PEP 488).
func (b *builder) nameCaches(plan *helper.Plan) {
	if b.optimize() == 0 {
		return
	}
	for i, file := range plan.Files {
		if base, ok := strings.CutSuffix(file.Dest, ".pyc"); ok && file.Kind == helper.KindModule && path.Base(path.Dir(base)) == "__pycache__" {
			plan.Files[i].Dest = fmt.Sprintf("%s.opt-%d.pyc", base, b.optimize())
		}
	}
}

// wanted are the modules that the program or its settings ask for by name.
func (b *builder) wanted() (names []string) {
	for _, m := range b.request.Modules {
		names = append(names, m.Name)
	}
	for _, c := range b.request.Options.Collect {
		names = append(names, c.Name)
	}
	return names
}

func (b *builder) analyse(ctx context.Context, dist *pydist.Dist, h *helper.Helper, dir string) (*helper.Plan, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	req := b.request
	if b.optimize() == 0 {
		req.Bytecode = dir + ".bytecode"
		if err := os.Mkdir(req.Bytecode, 0o755); err != nil {
			return nil, err
		}
	}
	plan, err := h.AnalyzeOnce(ctx, dist, req, dir)
	return plan, located(deps.Offer(err, dist))
}

// bytecode compiles the modules of the plan into dir, and puts them into one file
// there if the layout says so.
func (b *builder) bytecode(ctx context.Context, dist *pydist.Dist, h *helper.Helper, f *files, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	var jobs []helper.CompileJob
	var dests []string
	for i, file := range f.plan.Files {
		if file.Kind == helper.KindModule {
			// Tracebacks show the path below python/, as the user finds it there.
			name, out := strings.TrimSuffix(file.Dest, "c"), filepath.Join(dir, strconv.Itoa(i)+".pyc")
			jobs = append(jobs, helper.CompileJob{Source: file.Source, Name: name, Output: out})
			dests = append(dests, file.Dest)
		}
	}
	if b.mapped() {
		boot, err := bootJobs(dir)
		if err != nil {
			return err
		}
		jobs = append(jobs, boot...)
	}
	req := helper.CompileRequest{Jobs: jobs, Optimize: b.optimize()}
	codes, err := h.CompileOnce(ctx, dist, req, f.plan.Python.Neutral)
	if err != nil {
		return err
	}
	f.bytecode = map[string]string{}
	for i, dest := range dests {
		if why := codes[i].Failed; why != "" {
			// Some distributions carry files for other versions of Python, or
			// templates; importing one fails here as it does where it is installed.
			b.Reporter.Warn(fmt.Sprintf("%s is left out: %s", dest, why))
			continue
		}
		f.bytecode[dest] = codes[i].Path
	}
	if !b.mapped() {
		return nil
	}
	f.boot = map[string]string{}
	for i, name := range bootSources {
		f.boot[name] = codes[len(dests)+i].Path
	}
	return b.writeModules(dist, f, filepath.Join(dir, format.Name))
}

// linkRequest asks to link libpython, the native files of a plan (nil: none), and a
// finished program (nil: none).
func (b *builder) linkRequest(dist *pydist.Dist, plan *helper.Plan, p *finished, output string) helper.LinkRequest {
	libDest := libPythonDest(dist)
	req := helper.LinkRequest{
		Output: output, Neutral: []helper.Neutral{}, Files: []helper.LinkFile{{Dest: libDest, Source: dist.LibPython}},
		Farm: b.farm(), Strip: b.set.Strip.Value,
	}
	if plan != nil {
		req.Neutral = plan.Python.Neutral
		for _, p := range plan.Files {
			if p.Kind == helper.KindExtension || p.Kind == helper.KindLibrary {
				req.Files = append(req.Files, helper.LinkFile{Dest: p.Dest, Source: p.Source})
			}
		}
	}
	if p == nil && !b.farm() {
		req.Bind = libDest // the program opens it; a farm shares it with programs that are linked with it
	}
	if p != nil {
		req.Program = p.path
		if p.starter != nil {
			req.Files = append(req.Files, *p.starter)
			req.Starter, req.InsteadOf = path.Base(p.starter.Dest), dist.SONAME
		}
	}
	return req
}

// libPythonDest is where libpython goes in the tree.
func libPythonDest(dist *pydist.Dist) string { return "lib/" + dist.SONAME }

// link makes the native files of the tree find one another.
func (b *builder) link(ctx context.Context, dist *pydist.Dist, h *helper.Helper, f *files, p *finished, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	req := b.linkRequest(dist, f.plan, p, dir)
	if err := b.unused(ctx, dist, h, f.unused, &req); err != nil {
		return err
	}
	linked, err := h.LinkOnce(ctx, req)
	if err != nil {
		return err
	}
	for _, finding := range linked.Findings {
		if finding.Severity != "note" {
			path := finding.Path
			if strings.HasPrefix(path, "../") { // the program, beside python/
				path = filepath.Base(b.out)
			}
			b.Reporter.Warn(path + ": " + finding.Text)
		}
	}
	f.machine, f.native = linked.Added, linked
	f.linked, f.reals, f.sums = map[string]string{}, map[string]string{}, map[string]string{}
	for _, l := range linked.Files {
		f.linked[l.Dest], f.reals[l.Dest] = l.Source, l.Real
		if l.SHA256 != "" {
			f.sums[l.Source] = l.SHA256
		}
	}
	f.leftOut = append(f.leftOut, symbols(linked)...)
	if len(linked.Unused) > 0 {
		g, err := leftout.OfBuiltins(len(linked.Unused), linked.Emptied)
		if err != nil {
			return err
		}
		f.leftOut = append(f.leftOut, g)
	}
	libDest := libPythonDest(dist)
	f.libPython, f.program = f.linked[libDest], linked.Program
	delete(f.linked, libDest) // the bundle places it itself
	return nil
}

// symbols are what was stripped from native files, for people who ask for sizes.
func symbols(linked *helper.Linked) []leftout.Group {
	g := leftout.Group{Name: "symbols", Why: "symbols and debug information of native libraries: --py-strip"}
	for _, l := range linked.Files {
		if l.Stripped > 0 {
			g.Files, g.Size = g.Files+1, g.Size+l.Stripped
		}
	}
	if g.Files == 0 {
		return nil
	}
	return []leftout.Group{g}
}

// writeTree puts the tree into dir, in place of an older one of the same program;
// without an exe dir is a work directory, and the tree what a program of one file
// will carry.
func (b *builder) writeTree(ctx context.Context, dist *pydist.Dist, exe string, f *files, dir string) (*bundle.Result, error) {
	plan, err := b.planTree(dist, exe, f)
	if err != nil {
		return nil, err
	}
	return b.write(ctx, dist, plan, dir, exe == "")
}

// planTree says what is in the tree.
func (b *builder) planTree(dist *pydist.Dist, exe string, f *files) (*bundle.Plan, error) {
	in := bundle.Input{
		Name: filepath.Base(b.out), Exe: exe, NoProgram: exe == "", Tool: version.Tool, LibPython: f.libPython, NoInterpreter: b.set.NoInterpreter.Value,
		Python: bundle.Python{
			Version: dist.Version, SOABI: dist.SOABI, Platform: dist.Platform, LibDir: dist.LibDirName(),
			SONAME: dist.SONAME, OS: runtime.GOOS, Arch: runtime.GOARCH,
		},
		Optimize: b.optimize(),
		Files:    b.bundleFiles(dist, f), LibPythonDest: f.reals[libPythonDest(dist)], Sums: f.sums,
	}
	if b.farm() {
		in.Layout = bundle.Farm
	}
	if runtime.GOOS != "linux" {
		in.Interpreter = dist.BaseExecutable
	}
	if f.moduleFile != "" {
		in.ModuleFile, in.Modules = moduleFileDest(dist), f.mapped
	}
	for _, d := range f.plan.Distributions {
		in.Distributions = append(in.Distributions, bundle.Distribution{Name: d.Name, Version: d.Version, License: cmp.Or(d.SPDX, d.License)})
	}
	return bundle.NewPlan(in)
}

// write writes a tree as writeTree says.
func (b *builder) write(ctx context.Context, dist *pydist.Dist, plan *bundle.Plan, dir string, into bool) (*bundle.Result, error) {
	task := b.Reporter.Phase("write the tree", plan.Len())
	defer task.Done()
	opts := bundle.Options{
		Dir: dir, ModTime: sourceDateEpoch(),
		Progress: func(done, _ int, path string) { task.Step(done, path) },
		Inspect:  func(dir string) error { return b.inspect(ctx, dist, dir) },
	}
	if into {
		return plan.WriteInto(ctx, opts)
	}
	return plan.Write(ctx, opts)
}

// bundleFiles are the files below python/, with what became of them.
func (b *builder) bundleFiles(dist *pydist.Dist, f *files) []bundle.File {
	var list []bundle.File
	planned, there := map[string]bool{}, map[string]bool{} // by dest; reals
	if f.moduleFile != "" {
		list = f.moduleFiles(dist)
	}
	for _, p := range f.plan.Files {
		planned[p.Dest] = true
		if f.inFile[p.Dest] {
			continue
		}
		file := bundle.File{
			Dest: p.Dest, Source: p.Source, Kind: bundle.Kind(p.Kind), Target: p.Target,
			Module: p.Module, Distribution: p.Distribution,
		}
		switch p.Kind {
		case helper.KindModule:
			compiled, ok := f.bytecode[p.Dest]
			if !ok {
				continue
			}
			file.Source, file.Origin = compiled, b.origin(dist, f, p)
		case helper.KindSource, helper.KindData:
			file.Origin = b.origin(dist, f, p)
		case helper.KindExtension, helper.KindLibrary:
			file.Source = f.linked[p.Dest]
			if p.Distribution == "" && !dist.Contains(p.Source) {
				file.Origin = bundle.FromSystem
			}
		}
		list = append(list, f.farmed(file, there)...)
	}
	// What the plan does not have are libraries of this machine that joined.
	for dest, source := range f.linked {
		if !planned[dest] {
			file := bundle.File{Dest: dest, Source: source, Kind: bundle.Library, Origin: bundle.FromSystem}
			list = append(list, f.farmed(file, there)...)
		}
	}
	return append(list, names(f.native)...)
}

// origin is where a file that is not native comes from, "" for what the bundle
// itself says.
func (b *builder) origin(dist *pydist.Dist, f *files, p helper.PlanFile) bundle.Origin {
	switch {
	case p.Distribution != "" || dist.Contains(p.Source):
		return ""
	case b.own.has(p.Source):
		return bundle.FromApp
	case isBelow(p.Source, filepath.Dir(filepath.Dir(f.plan.TOC))): // made by the analysis
		return bundle.FromTool
	}
	return bundle.FromSystem
}

func isBelow(path, dir string) bool {
	return strings.HasPrefix(path, filepath.Clean(dir)+string(filepath.Separator))
}

// sourceDateEpoch is the time that reproducible builds agree on, if the user
// set one (https://reproducible-builds.org/specs/source-date-epoch/).
func sourceDateEpoch() time.Time {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func (b *builder) summary(dist *pydist.Dist, f *files, result *bundle.Result) *Summary {
	s := &Summary{
		Path: b.display(result.Program), Compiler: b.comp.Name(), Python: dist.Version,
		Size: result.Size, Files: result.Files, Modules: len(f.bytecode), Native: len(f.linked) + 1,
	}
	for _, d := range f.plan.Distributions {
		s.Distributions = append(s.Distributions, d.Name+" "+d.Version)
	}
	return s
}
