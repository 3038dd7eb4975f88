package report

import (
	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// sample is the report of a small program, as real ones are made: main.go:6
// imports fast, which tries to import slow; fast has an extension that is linked
// with a library of the machine; certs brings a data file.
func sample() *Report { return New(sampleInput()) }

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func sampleInput() Input {
	const site = "lib/python3.14/site-packages/"
	imports := []helper.Imported{
		{Name: "<program>"},
		{Name: helper.ImportedBySnippet("import certs")},
		{Name: "<startup>"},
		{Name: "certs", Importers: []int{1, 7}, How: "id"},
		{Name: "fast", Importers: []int{0, 5, 6}, How: "ipp"},
		{Name: "fast._c", Importers: []int{4}, How: "i"},
		{Name: "fast.lazy", Importers: []int{4}, How: "d"},
		{Name: "slow", Importers: []int{4, 6}, How: "ti"},
		{Name: "os", Importers: []int{2, 4}, How: "ii"},
		{Name: "winreg", Importers: []int{8}, How: "c", State: "missing"},
		{Name: "yaml", Importers: []int{4}, How: "i", State: "missing"},
	}
	entry := func(path string, kind bundle.Kind, dist, module string, size int64) bundle.Entry {
		origin := bundle.FromCPython
		if dist != "" {
			origin = bundle.FromDistribution
		}
		return bundle.Entry{Path: "python/" + path, Kind: kind, Origin: origin, Distribution: dist, Module: module, Size: size, SHA256: sum}
	}
	system := entry("lib/libz.so.1", bundle.Library, "", "", 50)
	system.Origin = bundle.FromSystem
	return Input{
		Program: Program{Name: "app", Package: "example.com/app", Kind: Onedir, Compiler: "go", Go: "go1.26.0"},
		Manifest: &bundle.Manifest{
			Tool: "llgo-py 0.1.0", Program: "app", Python: bundle.Python{Version: "3.14.6", OS: "linux", Arch: "amd64", SONAME: "libpython3.14.so.1.0", LibDir: "python3.14"},
			Files: []bundle.Entry{
				{Path: "app", Kind: bundle.Program, Origin: bundle.FromApp, Size: 1000, SHA256: sum},
				entry("lib/libpython3.14.so.1.0", bundle.Library, "", "", 2000),
				system,
				entry("lib/python3.14/os.pyc", bundle.Module, "", "os", 300),
				entry(site+"certs/__init__.pyc", bundle.Module, "Certs", "certs", 10),
				entry(site+"certs/ca.pem", bundle.Data, "Certs", "", 400),
				entry(site+"fast-1.0.dist-info/METADATA", bundle.Data, "fast", "", 20),
				entry(site+"fast/__init__.pyc", bundle.Module, "fast", "fast", 30),
				entry(site+"fast/_c.so", bundle.Extension, "fast", "fast._c", 500),
				entry(site+"fast/lazy.pyc", bundle.Module, "fast", "fast.lazy", 40),
				entry(site+"slow.pyc", bundle.Module, "slow", "slow", 60),
				{Path: "python/lib/link.so", Kind: bundle.Symlink, Origin: bundle.FromTool, Link: "libz.so.1"},
			},
		},
		Plan: &helper.Plan{
			Imports: imports,
			Files:   []helper.PlanFile{{Dest: site + "certs/ca.pem", AskedBy: "certs"}},
			Distributions: []helper.Distribution{
				{Name: "Certs", Version: "2026.1", License: "Mozilla <Public> License"},
				{Name: "fast", Version: "1.0+local", License: "MIT", SPDX: "MIT"},
				{Name: "slow", Version: "2"},
			},
			Missing: []helper.Missing{
				{Module: "winreg", Importers: []string{"os"}, Reason: helper.MissingPlatform},
				{Module: "yaml", Importers: []string{"fast"}, Reason: helper.MissingRequired},
			},
		},
		Linked: &helper.Linked{Files: []helper.LinkedFile{
			{Dest: site + "fast/_c.so", Needed: []string{"libz.so.1", "libc.so.6"}, RunPath: []string{"$ORIGIN/../../.."}},
			{Dest: "lib/libz.so.1", SONAME: "libz.so.1"},
		}},
		Asked: []Asked{
			{Name: "fast", By: []string{"main.go:6:2", "other.go:9:1"}},
			{Name: helper.ImportedBySnippet("import certs"), By: []string{"main.go:20:3"}},
		},
		GoModules: []GoModule{{Path: "example.com/app"}, {Path: "github.com/Some/Lib", Version: "v1.2.3"}},
		Packages:  map[string]SystemPackage{"lib/libz.so.1": {Name: "zlib1g", Version: "1:1.2.13+b1", Arch: "amd64"}},
	}
}
