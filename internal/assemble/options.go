package assemble

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/discover"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// analyzeRequest is what analysis is asked: what the Go code asks for, and the
// settings.
func (b *builder) analyzeRequest() (helper.AnalyzeRequest, error) {
	need := discover.Find(b.prog)
	var req helper.AnalyzeRequest
	for _, m := range need.Modules {
		module := helper.Module{Name: m.Name}
		for _, at := range m.At {
			module.Positions = append(module.Positions, at.String())
		}
		req.Modules = append(req.Modules, module)
	}
	for _, s := range need.Snippets {
		req.Snippets = append(req.Snippets, helper.Snippet{Name: s.At.String(), Code: s.Code})
	}
	req.Modules = merge(req.Modules, modules(b.set.HiddenImport))
	var err error
	req.Options, err = b.options()
	return req, err
}

// modules are the names of a list, with where they were set.
func modules(list config.List) []helper.Module {
	var all []helper.Module
	for _, v := range list {
		all = merge(all, []helper.Module{{Name: v.Value, Positions: []string{v.From.String()}}})
	}
	return all
}

// merge adds modules to a list that has each name once.
func merge(list, more []helper.Module) []helper.Module {
next:
	for _, m := range more {
		for i := range list {
			if list[i].Name == m.Name {
				list[i].Positions = append(list[i].Positions, m.Positions...)
				continue next
			}
		}
		list = append(list, m)
	}
	return list
}

// options are the settings of an analysis, with the files they name found.
func (b *builder) options() (helper.AnalyzeOptions, error) {
	s := b.set
	o := helper.AnalyzeOptions{
		Paths: s.Path.Values(), Excludes: modules(s.ExcludeModule), HookDirs: s.AdditionalHooksDir.Values(),
		RuntimeHooks: s.RuntimeHook.Values(), Everything: s.Deps.Value == "all", Farm: b.farm(),
	}
	for _, c := range []struct {
		what helper.CollectKind
		list config.List
	}{
		{helper.CollectSubmodules, s.CollectSubmodules}, {helper.CollectData, s.CollectData}, {helper.CollectBinaries, s.CollectBinaries},
		{helper.CollectAll, s.CollectAll}, {helper.CollectMetadata, s.CopyMetadata}, {helper.CollectMetadataOfAll, s.RecursiveCopyMetadata},
	} {
		for _, v := range c.list {
			o.Collect = append(o.Collect, helper.Collect{What: c.what, Name: v.Value, Origin: v.From.String()})
		}
	}
	if err := b.mustBe("a directory", fs.FileMode.IsDir, s.Path, s.AdditionalHooksDir); err != nil {
		return o, err
	}
	if err := b.mustBe("a file", fs.FileMode.IsRegular, s.RuntimeHook); err != nil {
		return o, err
	}
	var err error
	o.Additions, err = b.additions()
	return o, err
}

// mustBe checks that the paths of lists are what they have to be.
func (b *builder) mustBe(what string, is func(fs.FileMode) bool, lists ...config.List) error {
	for _, list := range lists {
		for _, v := range list {
			if fi, err := os.Stat(v.Value); err != nil || !is(fi.Mode()) {
				return fmt.Errorf("%s: %s is not %s", v.From, b.display(v.Value), what)
			}
		}
	}
	return nil
}

// additions are the single files of --py-add-data and --py-add-binary. As with
// PyInstaller, a directory that is named gives what is in it, one that a pattern
// matches gives itself.
func (b *builder) additions() ([]helper.Addition, error) {
	var all []helper.Addition
	from := map[string]string{} // dest of a file → its source
	for i, list := range []config.List{b.set.AddData, b.set.AddBinary} {
		for _, v := range list {
			files, err := b.expand(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.From, err)
			}
			for _, a := range files {
				a.Binary = i == 1
				dest := path.Join(a.Dest, filepath.Base(a.Source))
				if other, ok := from[dest]; ok && other != a.Source {
					return nil, fmt.Errorf("%s: %s is there already, from %s", v.From, dest, b.display(other))
				}
				from[dest] = a.Source
				all = append(all, a)
			}
		}
	}
	return all, nil
}

// expand returns the files that one SRC:DST stands for.
func (b *builder) expand(v config.String) ([]helper.Addition, error) {
	src, dst := config.SplitPair(v.Value)
	dst = path.Clean(filepath.ToSlash(dst))
	if !filepath.IsLocal(filepath.FromSlash(dst)) {
		return nil, fmt.Errorf("destination %s must be a relative path without \"..\"", dst)
	}
	found, pattern := config.Matches(src)
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no such file, directory or match of a pattern", b.display(src))
	}
	var all []helper.Addition
	for _, match := range found {
		fi, err := os.Stat(match)
		if err != nil {
			return nil, err
		}
		into := dst
		if pattern && fi.IsDir() {
			into = path.Join(dst, filepath.Base(match))
		}
		files, err := below(match, fi, into)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// below lists a file, or the files of a directory and of those in it. A link to a
// directory counts as one, unless it leads back to where it is.
func below(src string, fi fs.FileInfo, dst string, above ...fs.FileInfo) ([]helper.Addition, error) {
	if !fi.IsDir() {
		if !fi.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is neither a file nor a directory", src)
		}
		return []helper.Addition{{Source: src, Dest: dst}}, nil
	}
	for _, a := range above {
		if os.SameFile(a, fi) {
			return nil, nil
		}
	}
	entries, err := os.ReadDir(src)
	if err != nil {
		return nil, err
	}
	var all []helper.Addition
	for _, e := range entries {
		name := filepath.Join(src, e.Name())
		inner, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		into := dst
		if inner.IsDir() {
			into = path.Join(dst, e.Name())
		}
		files, err := below(name, inner, into, append(above, fi)...)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// own are the files that the settings name.
type own struct {
	files map[string]bool // named one by one
	dirs  []string        // with all that is below
}

func ownOf(o helper.AnalyzeOptions) own {
	all := own{files: make(map[string]bool, len(o.Additions)), dirs: slices.Concat(o.Paths, o.HookDirs)}
	for _, hook := range o.RuntimeHooks {
		all.files[hook] = true
	}
	for _, a := range o.Additions {
		all.files[a.Source] = true
	}
	return all
}

func (o *own) has(source string) bool {
	return o.files[source] || slices.ContainsFunc(o.dirs, func(dir string) bool { return isBelow(source, dir) })
}
