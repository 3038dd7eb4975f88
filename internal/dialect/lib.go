package dialect

import (
	"context"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/llgo-pypack/llgo-pypack/internal"
	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// libStandIn is the path of the module that replaces github.com/goplus/lib. The
// domain cannot exist (RFC 6761), so nobody else can serve it.
const libStandIn = StandIns + "goplus/lib"

// StandIns begins the path of every module that replaces one of the program's.
const StandIns = "llgopy.invalid/"

// shipped maps the packages of the run time to where programs find them.
var shipped = []struct {
	dir, pkg string
	onefile  bool // only in programs of one file
}{
	{"dialect/shim/py", "py", false},
	{"dialect/shim/c", "c", false},
	{"dialect/shim/bind", "py/bind", false},
	{"bootstrap", "internal/bootstrap", false},
	{"objects", "internal/objects", true},
	{"payload", "internal/payload", true},
	{"section", "internal/section", true},
	{"unpack", "internal/unpack", true},
}

// moves says the same as import paths.
func moves() (list []internal.Move) {
	for _, s := range shipped {
		list = append(list, internal.Move{Dir: s.dir, Import: gosource.LibPath + "/" + s.pkg})
	}
	return list
}

// The stand-in keeps the language version of the real module.
const libMod = "module " + gosource.LibPath + "\n\ngo 1.20\n\nrequire " + puregoPath + " " + puregoVersion + "\n"

// standIn publishes the module that replaces github.com/goplus/lib for prog and
// returns its version, its go.sum lines and the GOPROXY entry that serves it.
func standIn(ctx context.Context, prog *gosource.Program, opts *Options) (v module.Version, sums, proxy string, err error) {
	m := &virtualModule{libStandIn, map[string][]byte{"go.mod": []byte(libMod)}}
	for _, s := range shipped {
		if s.onefile && !opts.Onefile {
			continue
		}
		if err := internal.AddSources(m.files, s.pkg, s.dir, moves()); err != nil {
			return v, "", "", err
		}
	}
	if opts.Onefile {
		m.files["go.mod"] = append(m.files["go.mod"], onefileRequires...)
		m.files["internal/bootstrap/llgo_py_onefile.go"] = []byte(onefileSource(opts.Payload != ""))
	}
	for _, p := range prog.Packages {
		name, _, ok := p.PythonModule()
		if !ok || !p.InLib() {
			continue
		}
		files, err := translate(prog, p, name, func(f string) string { return f })
		if err != nil {
			return v, "", "", err
		}
		dir := strings.TrimPrefix(p.ImportPath, gosource.LibPath+"/")
		for name, src := range files {
			m.files[path.Join(dir, name)] = src
		}
	}
	root, err := cachedir.Root()
	if err != nil {
		return v, "", "", err
	}
	v = module.Version{Path: m.path, Version: m.version(LibVersion)}
	dir := filepath.Join(root, "goproxy", v.Version)
	sums, err = m.publish(ctx, dir, v)
	return v, sums, (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String(), err
}

// proxyEnv makes the go command ask proxy first. A GONOPROXY that covers every
// module is lifted: what it is meant for, the user's private modules, is in the
// module cache since `go list`.
func proxyEnv(env []string, proxy, goproxy, gonoproxy string) []string {
	env = append(env, "GOPROXY="+proxy+","+goproxy)
	if module.MatchPrefixPatterns(gonoproxy, libStandIn) {
		env = append(env, "GONOPROXY=none")
	}
	return env
}
