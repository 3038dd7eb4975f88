package assemble

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/discover"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// ErrNoPython says that a program has no Python side to look at.
var ErrNoPython = errors.New("the program uses no Python")

// Inspect does all of a build but the Go side and says what would be packaged.
func Inspect(ctx context.Context, opts Options) (*report.Report, error) {
	b, err := load(ctx, opts)
	if err != nil {
		return nil, err
	}
	if !discover.Needed(b.prog) {
		return nil, ErrNoPython
	}
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	b.looking = true
	s, err := b.once(ctx, b.look)
	if err != nil {
		return nil, err
	}
	return s.Report, nil
}

// look is the packer that writes nothing but a report.
func (b *builder) look(ctx context.Context, dist *pydist.Dist, h *helper.Helper) (*Summary, []string, error) {
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(work)
	files, tree, err := b.pythonTree(ctx, dist, h, work)
	if err != nil {
		return nil, nil, err
	}
	r := b.newReport(ctx, dist, report.Program{Kind: report.Analysis}, files, tree)
	return &Summary{Report: r}, files.machineSources(), nil
}

// checkReports refuses reports of no known format.
func checkReports(set *config.Settings) error {
	for _, v := range set.Report {
		if err := report.CheckName(v.Value); err != nil {
			return fmt.Errorf("%s: %w", v.From, err)
		}
	}
	return nil
}

// report writes the reports that were asked for, when the program is in its place.
func (b *builder) report(ctx context.Context, dist *pydist.Dist, s *Summary, f *files, tree *bundle.Result) error {
	names := b.set.Report.Values()
	if len(names) == 0 && !b.Sizes {
		return nil
	}
	program := report.Program{Kind: report.Onedir, Compiler: s.Compiler, Size: s.Size}
	if b.set.Onefile.Value {
		program.Kind = report.Onefile
	}
	r := b.newReport(ctx, dist, program, f, tree)
	for _, name := range names {
		if err := r.WriteFile(name); err != nil {
			return err
		}
	}
	if b.Sizes {
		s.Report = r
	}
	return nil
}

func (b *builder) newReport(ctx context.Context, dist *pydist.Dist, program report.Program, f *files, tree *bundle.Result) *report.Report {
	program.Name, program.Package = filepath.Base(b.out), b.prog.Main.ImportPath
	in := report.Input{
		Program: program, Manifest: tree.Manifest, Plan: f.plan, Linked: f.native, Asked: b.asked(), Added: b.added(),
		LeftOut: f.leftOut, Packages: systemPackages(ctx, f.system(dist)),
	}
	b.collected(&in)
	if b.set.Deps.Value == "all" {
		in.Everything = b.set.Deps.From.String()
	}
	if program.Kind != report.Analysis {
		b.recorded(&in, tree)
	}
	return report.New(in)
}

// system are the libraries of this machine that go along, at each of their places.
func (f *files) system(dist *pydist.Dist) []helper.LinkFile {
	list := slices.Clone(f.machine)
	for _, p := range f.plan.Files {
		if p.Kind == helper.KindLibrary && p.Distribution == "" && !dist.Contains(p.Source) {
			list = append(list, helper.LinkFile{Dest: p.Dest, Source: p.Source})
		}
	}
	for _, l := range list {
		if real := f.reals[l.Dest]; real != "" {
			list = append(list, helper.LinkFile{Dest: real, Source: l.Source})
		}
	}
	return list
}

// asked is what the program asks for, and where.
func (b *builder) asked() []report.Asked {
	var list []report.Asked
	need := discover.Find(b.prog)
	for _, m := range need.Modules {
		asked := report.Asked{Name: m.Name}
		for _, at := range m.At {
			at.Filename = b.portable(at.Filename)
			asked.By = append(asked.By, at.String())
		}
		slices.Sort(asked.By)
		list = append(list, report.Asked{Name: asked.Name, By: slices.Compact(asked.By)})
	}
	for _, s := range need.Snippets {
		s.At.Filename = b.portable(s.At.Filename)
		list = append(list, report.Asked{Name: helper.ImportedBySnippet(s.Code), By: []string{s.At.String()}})
	}
	for _, v := range b.set.HiddenImport {
		list = append(list, report.Asked{Name: v.Value, By: []string{v.From.String()}})
	}
	return list
}

// collected tells a report of what settings take more than is imported.
func (b *builder) collected(in *report.Input) {
	for _, c := range b.request.Options.Collect {
		asked := report.Asked{Name: c.Name, By: []string{c.Origin}}
		all := c.What == helper.CollectAll
		if all || c.What == helper.CollectSubmodules {
			in.Collected = append(in.Collected, asked)
		}
		if all || c.What == helper.CollectData || c.What == helper.CollectBinaries {
			in.CollectedFiles = append(in.CollectedFiles, asked)
		}
		if all || c.What == helper.CollectMetadata || c.What == helper.CollectMetadataOfAll {
			in.CollectedMetadata = append(in.CollectedMetadata, asked)
		}
	}
}

// added are the settings that add single files, by source.
func (b *builder) added() map[string]string {
	from := map[string]string{}
	for _, list := range []config.List{b.set.AddData, b.set.AddBinary} {
		for _, v := range list {
			files, _ := b.expand(v) // a mistake was told before
			for _, a := range files {
				from[a.Source] = v.From.String()
			}
		}
	}
	return from
}

// portable names a source file without a path of this machine: as it is if that
// is relative, else by its module.
func (b *builder) portable(name string) string {
	if !filepath.IsAbs(name) {
		return filepath.ToSlash(name)
	}
	for _, p := range b.prog.Packages {
		if p.Module == nil || p.Module.Dir == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(name, p.Module.Dir+string(filepath.Separator)); ok {
			version := ""
			if p.Module.Version != "" {
				version = "@" + p.Module.Version
			}
			return p.Module.Path + version + "/" + filepath.ToSlash(rest)
		}
	}
	return filepath.Base(name)
}
