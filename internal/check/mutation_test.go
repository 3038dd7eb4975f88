package check

import (
	"bytes"
	"cmp"
	"debug/elf"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// Files of the good bundle.
const (
	lib       = "python/lib/python3.14/"
	site      = lib + "site-packages/"
	extension = site + "markupsafe/_speedups.cpython-314-x86_64-linux-gnu.so"
	psycopg   = site + "psycopg2/_psycopg.cpython-314-x86_64-linux-gnu.so" // DT_RPATH to libs, needs libpq
	libs      = site + "psycopg2_binary.libs/"
	libpq     = libs + "libpq-a17e3caa.so.5.17" // DT_RPATH $ORIGIN
	libssl    = libs + "libssl-8bd944e8.so.3"   // DT_RUNPATH, needs libz.so.1 and versions of libcrypto
	libkrb5   = libs + "libkrb5-fcafa220.so.3.3"
	libz      = "python/lib/libz.so.1"
	libpython = "python/lib/libpython3.14.so.1.0"
	child     = "python/bin/python3.14" // DT_RPATH, needs libpython
	program   = "hello"
)

// mutation makes one thing wrong in a bundle. Rule is what has to be found; want are
// the rules and files of everything that is found and was not in the good bundle.
type mutation struct {
	rule   string
	name   string
	form   string // of the good program; "" for "tree"
	target string // --target; "" for none
	broken bool   // the manifest is left as it was
	make   func(*tree)
	want   []string
}

// edit is a mutation of one file.
func edit(file string, change func(t *tree, data []byte) []byte) func(*tree) {
	return func(t *tree) { t.write(file, change(t, t.read(file))) }
}

func swapIn(file, old, new string) func(*tree) {
	return edit(file, func(t *tree, data []byte) []byte { return swap(t, data, old, new) })
}

func retagIn(file string, from, to elf.DynTag) func(*tree) {
	return edit(file, func(t *tree, data []byte) []byte { return retag(t, data, from, to) })
}

func segmentIn(file string, kind elf.ProgType, flags elf.ProgFlag, change func(kind, flags *uint32)) func(*tree) {
	return edit(file, func(t *tree, data []byte) []byte { return segment(t, data, kind, flags, change) })
}

func asNull(kind, _ *uint32)      { *kind = uint32(elf.PT_NULL) }
func executable(_, flags *uint32) { *flags |= uint32(elf.PF_X) }
func writable(_, flags *uint32)   { *flags |= uint32(elf.PF_W) }

func mutations() []mutation {
	return slices.Concat(libraryMutations(), symbolMutations(), platformMutations(), libpythonMutations(),
		hardeningMutations(), fileMutations(), integrityMutations(), placeMutations(), farmMutations())
}

func libraryMutations() []mutation {
	return []mutation{
		{rule: "library-not-found", name: "another name", make: swapIn(extension, "libpthread.so.0", "libpthraad.so.0"),
			want: []string{"library-not-found " + extension}},
		{rule: "library-not-found", name: "removed", make: func(t *tree) { t.remove(libpq) },
			want: []string{"library-not-found " + psycopg}},
		{rule: "library-outside", name: "absolute search path",
			make: swapIn(psycopg, "$ORIGIN/../psycopg2_binary.libs", "/opt/ab/psycopg2_binary.libs"),
			want: []string{"library-outside " + psycopg, "search-path-outside " + psycopg}},
		{rule: "library-outside", name: "absolute name",
			make: swapIn(psycopg, "libpq-a17e3caa.so.5.17", "/home/me/lib/libpq.so"),
			want: []string{"library-outside " + psycopg, "build-path " + psycopg}},
		{rule: "library-out-of-reach", name: "another search path",
			make: swapIn(psycopg, "$ORIGIN/../psycopg2_binary.libs", "$ORIGIN/../psycopg2_binary.lib"),
			want: []string{"library-out-of-reach " + psycopg}},
		{rule: "library-out-of-reach", name: "moved", make: func(t *tree) { t.rename(libssl, site+"elsewhere/libssl-8bd944e8.so.3") },
			want: []string{"library-out-of-reach " + libpq, "library-out-of-reach " + libs + "libldap-d3931cbf.so.2.0.200",
				"library-out-of-reach " + site + "elsewhere/libssl-8bd944e8.so.3"}},
		{rule: "library-twice", name: "two versions", make: func(t *tree) {
			t.write("python/lib/libz.so.2", swap(t, t.read(libz), "libz.so.1", "libz.so.2"))
		}, want: []string{"library-twice python/lib/libz.so.2"}},
		{rule: "library-twice", name: "two contents", make: func(t *tree) {
			t.write(site+"other/libz.so.1", append(bytes.Clone(t.read(libz)), 0))
		}, want: []string{"library-twice " + site + "other/libz.so.1"}},
		{rule: "search-path-outside", name: "absolute",
			make: swapIn(libssl, "$ORIGIN:$ORIGIN/../../..", "$ORIGIN/../../..:/lib:"),
			want: []string{"search-path-outside " + libssl}},
		{rule: "search-path-outside", name: "working directory",
			make: swapIn(libssl, "$ORIGIN:$ORIGIN/../../..", "$ORIGIN/../../..:lib"),
			want: []string{"search-path-outside " + libssl}},
		{rule: "runpath-not-inherited", name: "a library's need", make: func(t *tree) {
			retagIn(psycopg, elf.DT_RPATH, elf.DT_RUNPATH)(t)
			retagIn(libpq, elf.DT_RPATH, elf.DT_DEBUG)(t)
		}, want: []string{"runpath-not-inherited " + psycopg}},
		{rule: "runpath-not-inherited", name: "libpython", make: retagIn(child, elf.DT_RPATH, elf.DT_RUNPATH),
			want: []string{"runpath-not-inherited " + child}},
	}
}

func symbolMutations() []mutation {
	return []mutation{
		{rule: "symbol-undefined", name: "of CPython", make: swapIn(extension, "PyModuleDef_Init", "PyModuleDef_Exit"),
			want: []string{"symbol-undefined " + extension}},
		{rule: "symbol-undefined", name: "with a version", make: swapIn(libssl, "EVP_MD_CTX_copy_ex", "EVP_MD_CTX_copy_ez"),
			want: []string{"symbol-undefined " + libssl}},
		{rule: "symbol-version-missing", name: "needed", make: swapIn(libpq, "gssapi_krb5_2_MIT", "gssapi_krb5_9_MIT"),
			want: []string{"symbol-version-missing " + libpq}},
		{rule: "symbol-version-missing", name: "defined and needed", make: swapIn(libssl, "OPENSSL_3.0.0", "OPENSSL_9.0.0"),
			want: []string{"symbol-version-missing " + libpq, "symbol-version-missing " + libssl, "symbol-version-missing " + libs + "libldap-d3931cbf.so.2.0.200"}},
		{rule: "glibc-floor", name: "a new one", target: "glibc:2.31", make: swapIn(extension, "GLIBC_2.14", "GLIBC_2.99"),
			want: []string{"glibc-floor " + extension}},
		{rule: "glibc-floor", name: "three parts", target: "manylinux_2_17_x86_64", make: swapIn(libkrb5, "GLIBC_2.2.5", "GLIBC_2.231"),
			want: []string{"glibc-floor " + libkrb5}},
		{rule: "libstdcxx-floor", name: "libstdc++", target: "manylinux2014", make: swapIn(extension, "GLIBC_2.2.5", "ZLIB_1.99"),
			want: []string{"libstdcxx-floor " + extension}},
		{rule: "libstdcxx-floor", name: "libgcc", target: "glibc:2.31", make: swapIn(extension, "GLIBC_2.2.5", "GCC_99.0"),
			want: []string{"libstdcxx-floor " + extension}},
	}
}

func platformMutations() []mutation {
	return []mutation{
		{rule: "architecture", name: "arm64", make: edit(extension, func(_ *tree, data []byte) []byte { return header16(data, 18, uint16(elf.EM_AARCH64)) }),
			want: []string{"architecture " + extension}},
		{rule: "architecture", name: "Mach-O", make: func(t *tree) {
			t.write(site+"mac/native.so", member(t.T, wheel(t.T, "markupsafe==3.0.3", macARM), ".so"))
		}, want: []string{"architecture " + site + "mac/native.so", "build-path " + site + "mac/native.so"}},
		{rule: "libc-other", name: "libc of musl", target: "glibc:2.31", make: swapIn(extension, "libc.so.6", "libc.so"),
			want: []string{"libc-other " + extension}},
		{rule: "libc-other", name: "loader of musl", target: "glibc:2.31", make: swapIn(extension, "libpthread.so.0", "ld-musl-x86.so1"),
			want: []string{"libc-other " + extension}},
		{rule: "extension-abi", name: "of 3.11", make: func(t *tree) {
			t.rename(extension, strings.Replace(extension, "cpython-314", "cpython-311", 1))
		}, want: []string{"extension-abi " + strings.Replace(extension, "cpython-314", "cpython-311", 1)}},
		{rule: "extension-abi", name: "free-threaded", make: func(t *tree) {
			t.rename(extension, strings.Replace(extension, "cpython-314", "cpython-314t", 1))
		}, want: []string{"extension-abi " + strings.Replace(extension, "cpython-314", "cpython-314t", 1)}},
		{rule: "extension-abi", name: "no init function", make: swapIn(extension, "PyInit__speedups", "PyExit__speedups"),
			want: []string{"extension-abi " + extension}},
	}
}

func libpythonMutations() []mutation {
	return []mutation{
		{rule: "libpython-missing", name: "removed", make: func(t *tree) { t.remove(libpython) },
			want: []string{"libpython-missing ", "libpython-missing " + child}},
		{rule: "libpython-missing", name: "under another name", make: func(t *tree) { t.rename(libpython, libpython+".bak") },
			want: []string{"libpython-missing " + child, "libpython-static " + libpython + ".bak", "build-path " + libpython + ".bak"}},
		{rule: "libpython-static", name: "in an extension", make: swapIn(extension, "PyInit__speedups", "Py_Initialize"),
			want: []string{"libpython-static " + extension, "extension-abi " + extension}},
		{rule: "libpython-static", name: "a copy", make: func(t *tree) { t.write("python/lib/libembed.so.1", t.read(libpython)) },
			want: []string{"libpython-static python/lib/libembed.so.1", "build-path python/lib/libembed.so.1"}},
		{rule: "libpython-other", name: "needed", make: swapIn(child, "libpython3.14.so.1.0", "libpython3.13.so.1.0"),
			want: []string{"libpython-other " + child}},
		{rule: "libpython-other", name: "of the manifest", make: func(t *tree) {
			t.change = func(m *bundle.Manifest) { m.Python.SONAME = "libpython3.13.so.1.0" }
		}, want: []string{"libpython-other " + libpython}},
	}
}

func hardeningMutations() []mutation {
	return []mutation{
		{rule: "build-path", name: "of the program", make: edit(program, func(_ *tree, data []byte) []byte {
			return append(data, "\x00/home/alice/src/app/main.go\x00"...)
		}), want: []string{"build-path " + program}},
		{rule: "build-path", name: "in data", make: func(t *tree) { t.write(lib+"data.txt", []byte("see /Users/bob/work/app/notes.txt\n")) },
			want: []string{"build-path " + lib + "data.txt"}},
		{rule: "stack-executable", name: "asked for", make: segmentIn(extension, elf.PT_GNU_STACK, 0, executable),
			want: []string{"stack-executable " + extension}},
		{rule: "stack-executable", name: "not declined", make: segmentIn(libz, elf.PT_GNU_STACK, 0, asNull),
			want: []string{"stack-executable " + libz}},
		{rule: "segment-writable-executable", name: "segment", make: segmentIn(extension, elf.PT_LOAD, elf.PF_X, writable),
			want: []string{"segment-writable-executable " + extension}},
		{rule: "segment-writable-executable", name: "relocations", make: retagIn(extension, elf.DT_RELACOUNT, elf.DT_TEXTREL),
			want: []string{"segment-writable-executable " + extension}},
		{rule: "relro-missing", name: "extension", make: segmentIn(extension, elf.PT_GNU_RELRO, 0, asNull),
			want: []string{"relro-missing " + extension}},
		{rule: "relro-missing", name: "library", make: segmentIn(libz, elf.PT_GNU_RELRO, 0, asNull),
			want: []string{"relro-missing " + libz}},
		{rule: "pie-missing", name: "interpreter", make: edit(child, func(_ *tree, data []byte) []byte { return header16(data, 16, uint16(elf.ET_EXEC)) }),
			want: []string{"pie-missing " + child}},
		{rule: "pie-missing", name: "extension", make: edit(extension, func(_ *tree, data []byte) []byte { return header16(data, 16, uint16(elf.ET_EXEC)) }),
			want: []string{"pie-missing " + extension}},
	}
}

func fileMutations() []mutation {
	return []mutation{
		{rule: "file-setuid", name: "setuid", make: func(t *tree) { t.chmod(extension, 0o755|os.ModeSetuid) },
			want: []string{"file-setuid " + extension, "file-changed " + extension}},
		{rule: "file-setuid", name: "setgid", make: func(t *tree) { t.chmod(program, 0o755|os.ModeSetgid) },
			want: []string{"file-setuid " + program, "file-changed " + program}},
		{rule: "file-world-writable", name: "program", make: func(t *tree) { t.chmod(program, 0o777) },
			want: []string{"file-world-writable " + program}},
		{rule: "file-world-writable", name: "module", make: func(t *tree) { t.chmod(lib+"os.pyc", 0o666) },
			want: []string{"file-world-writable " + lib + "os.pyc"}},
		{rule: "link-dangling", name: "new", make: func(t *tree) { t.symlink("libnowhere.so.1", "python/lib/libx.so") },
			want: []string{"link-dangling python/lib/libx.so"}},
		{rule: "link-dangling", name: "target removed", make: func(t *tree) { t.remove(child) },
			want: []string{"link-dangling python/bin/python", "link-dangling python/bin/python3"}},
		{rule: "link-escapes", name: "absolute", make: func(t *tree) { t.symlink("/etc/hostname", lib+"hostname") },
			want: []string{"link-escapes " + lib + "hostname"}},
		{rule: "link-escapes", name: "upwards", make: func(t *tree) { t.symlink("../../../../../x", lib+"x") },
			want: []string{"link-escapes " + lib + "x"}},
	}
}

func integrityMutations() []mutation {
	return []mutation{
		{rule: "file-missing", name: "module", broken: true, make: func(t *tree) { t.remove(lib + "os.pyc") },
			want: []string{"file-missing " + lib + "os.pyc"}},
		{rule: "file-missing", name: "extension", broken: true, make: func(t *tree) { t.remove(extension) },
			want: []string{"file-missing " + extension}},
		{rule: "file-changed", name: "content", broken: true, make: edit(lib+"os.pyc", func(_ *tree, data []byte) []byte {
			data[len(data)-1] ^= 1
			return data
		}), want: []string{"file-changed " + lib + "os.pyc"}},
		{rule: "file-changed", name: "mode", broken: true, make: func(t *tree) { t.chmod(program, 0o644) },
			want: []string{"file-changed " + program}},
		{rule: "file-added", name: "module", broken: true, make: func(t *tree) { t.write(lib+"sitecustomize.py", []byte("import os\n")) },
			want: []string{"file-added " + lib + "sitecustomize.py"}},
		{rule: "file-added", name: "link", broken: true, make: func(t *tree) { t.symlink("libz.so.1", "python/lib/libz.so") },
			want: []string{"file-added python/lib/libz.so"}},
		{rule: "file-damaged", name: "cut", make: edit(extension, func(_ *tree, data []byte) []byte { return data[:100] }),
			want: []string{"file-damaged " + extension}},
		{rule: "file-damaged", name: "no program headers", make: edit(extension, func(_ *tree, data []byte) []byte {
			return append(data[:0x20:0x20], bytes.Repeat([]byte{0xff}, len(data)-0x20)...)
		}), want: []string{"file-damaged " + extension}},
		// What CPython's own zipimport says in its documentation is an example; in a module of the user's it is not.
		{rule: "build-path", name: "module of the user's", make: func(t *tree) {
			t.change = func(m *bundle.Manifest) {
				for i := range m.Modules {
					if m.Modules[i].Module == "zipimport" {
						m.Modules[i].Origin, m.Modules[i].Path = bundle.FromApp, lib+"own.pyc"
					}
				}
			}
		}, want: []string{"build-path " + lib + "own.pyc"}},
		{rule: "licence-unknown", name: "not in the manifest", make: func(t *tree) {
			t.change = func(m *bundle.Manifest) {
				m.Distributions = append(m.Distributions, bundle.Distribution{Name: "secret", Version: "1"})
			}
		}, want: []string{"licence-unknown "}},
		{rule: "licence-unknown", name: "not in its metadata", make: func(t *tree) {
			t.write(site+"other-1.dist-info/METADATA", []byte("Metadata-Version: 2.4\nName: other\nVersion: 1\n"))
		}, want: []string{"licence-unknown " + site + "other-1.dist-info"}},
	}
}

func placeMutations() []mutation {
	return []mutation{
		{rule: "name-encoding", name: "latin-1", broken: true, make: func(t *tree) { t.write(lib+"caf\xe9.txt", []byte("x")) },
			want: []string{"name-encoding " + lib + "caf\uFFFD.txt", "file-added " + lib + "caf\xe9.txt"}},
		{rule: "name-encoding", name: "decomposed", make: func(t *tree) { t.write(lib+"cafe\u0301.txt", []byte("x")) },
			want: []string{"name-encoding " + lib + "cafe\u0301.txt"}},
		{rule: "source-encoding", name: "latin-1", make: func(t *tree) { t.write(lib+"names.py", []byte("x = 1\n\nname = 'caf\xe9'\n")) },
			want: []string{"source-encoding " + lib + "names.py"}},
		{rule: "source-encoding", name: "declared too late", make: func(t *tree) {
			t.write(lib+"names.py", []byte("#\n\n# coding: latin-1\nname = 'caf\xe9'\n"))
		}, want: []string{"source-encoding " + lib + "names.py"}},
		{rule: "source-encoding", name: "declared", make: func(t *tree) {
			t.write(lib+"names.py", []byte("#!/usr/bin/python\n# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n"))
		}, want: nil},
	}
}

// TestMutations: what is wrong is found, under the right rule, and nothing else is
// said that was not said of the good bundle.
func TestMutations(t *testing.T) {
	quiet := map[string]map[string]bool{} // what is said of the good bundle, by target
	said := func(form, target string) map[string]bool {
		key := form + " " + target
		if quiet[key] == nil {
			quiet[key] = map[string]bool{}
			for _, line := range check(t, built(t, form), target) {
				quiet[key][line] = true
			}
		}
		return quiet[key]
	}
	for _, m := range mutations() {
		t.Run(fmt.Sprintf("%s/%s", m.rule, m.name), func(t *testing.T) {
			form := cmp.Or(m.form, "tree")
			tree := newTree(t, form)
			m.make(tree)
			if !m.broken {
				tree.seal(tree.change)
			}
			var got []string
			for _, line := range check(t, tree.dir, m.target) {
				if !said(form, m.target)[line] {
					got = append(got, line)
				}
			}
			want := slices.Clone(m.want)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

// check returns rules and files of all findings, sorted, each once.
func check(t *testing.T, path, target string) []string {
	t.Helper()
	opts := options(t, false, path)
	if target != "" {
		var err error
		if opts.Target, err = opts.Policy.ParseTarget(target); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, f := range run(t, opts).findings {
		lines = append(lines, f.Rule+" "+f.Path)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
