package launcher

import (
	"bytes"
	"context"
	_ "embed" // for mainSource
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"text/template"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal"
	"github.com/llgo-pypack/llgo-pypack/internal/frames"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/onefile"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// Options say what becomes one file, and where. Paths are absolute.
type Options struct {
	Program string // the finished executable
	Python  string // directory that it finds beside itself as python/
	Name    string // of the executable in the tree: a file name, not "python"
	Output  string // the file to write; an older one is replaced
	Origin  bool   // the program knows LLGO_PY_ORIGIN: see the package comment

	Encoder *frames.Encoder // nil: a quicker one of Go, and a larger file

	Stderr io.Writer // for the Go compiler's own messages
	Env    []string  // of the go command
}

// Build writes the program of one file. The same program, tree, name and
// toolchain give the same bytes, which name no path of this machine.
func Build(ctx context.Context, opts Options) error {
	if err := opts.check(); err != nil {
		return err
	}
	sources, err := opts.tree()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "llgo-py-launcher-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := opts.writeModule(work); err != nil {
		return err
	}
	archive, exe := filepath.Join(work, archiveName), filepath.Join(work, "exe")
	group, groupCtx := errgroup.WithContext(ctx)
	if !onefile.Attaches {
		group.SetLimit(1) // in order
	}
	group.Go(func() error { return onefile.Pack(groupCtx, archive, sources, opts.Encoder) })
	group.Go(func() error { return opts.compile(groupCtx, work, exe) })
	if err := group.Wait(); err != nil {
		return err
	}
	return onefile.Write(opts.Output, exe, archive)
}

func (o *Options) check() error {
	if o.Name != filepath.Base(o.Name) || o.Name == "." || o.Name == ".." || o.Name == pythonDir {
		return fmt.Errorf("a program of one file cannot be named %q", o.Name)
	}
	return nil
}

const pythonDir = "python"

// tree lists what the program of one file carries.
func (o *Options) tree() ([]payload.Source, error) {
	sources, err := payload.FromDir(o.Python)
	if err != nil {
		return nil, err
	}
	for i := range sources {
		sources[i].Path = path.Join(pythonDir, sources[i].Path)
	}
	fi, err := os.Stat(o.Program)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Mode()&0o100 == 0 {
		return nil, fmt.Errorf("%s is not an executable file", o.Program)
	}
	return append(sources, payload.Source{
		Path: o.Name, Mode: fs.FileMode(0o755),
		Open: func() (io.ReadCloser, error) { return os.Open(o.Program) },
	}), nil
}

// The module of a launcher. The domain cannot exist (RFC 6761).
const (
	modulePath  = "llgopy.invalid/launcher"
	moduleFile  = "module " + modulePath + "\n\ngo 1.20\n\nrequire " + internal.ZstdPath + " " + internal.ZstdVersion + "\n"
	archiveName = "payload.zip" // as main.go.tmpl names it
)

//go:embed main.go.tmpl
var mainSource string

// travels are the packages of this repository that a launcher consists of.
var travels = []internal.Move{
	{Dir: "bootstrap/origin", Import: modulePath + "/origin"},
	{Dir: "launcher/start", Import: modulePath + "/start"},
	{Dir: "objects", Import: modulePath + "/objects"},
	{Dir: "payload", Import: modulePath + "/payload"},
	{Dir: "section", Import: modulePath + "/section"},
	{Dir: "unpack", Import: modulePath + "/unpack"},
}

// writeModule writes the launcher's sources into dir, all but the archive.
func (o *Options) writeModule(dir string) error {
	files := map[string][]byte{"go.mod": []byte(moduleFile), "go.sum": []byte(internal.ZstdSums)}
	for _, m := range travels {
		if err := internal.AddSources(files, path.Base(m.Dir), m.Dir, travels); err != nil {
			return err
		}
	}
	var err error
	if files["main.go"], err = o.mainFile(!onefile.Attaches); err != nil {
		return err
	}
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// mainFile is main.go of a launcher that embeds its archive, or has it in a section.
func (o *Options) mainFile(embeds bool) ([]byte, error) {
	main, err := template.New("main.go").Parse(mainSource)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = main.Execute(&text, struct {
		*Options
		Embeds bool
	}{o, embeds})
	return text.Bytes(), err
}

// compile builds the module in dir. GOFLAGS and the like of the user are meant
// for his program and do not change the launcher.
func (o *Options) compile(ctx context.Context, dir, exe string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+linkFlags, "-o", exe, ".")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, o.Stderr, o.Stderr
	cmd.Env = append(slices.Clone(o.Env), "CGO_ENABLED=0", "GO111MODULE=on", "GOWORK=off", "GOFLAGS=-mod=mod")
	return gosource.Run(ctx, cmd)
}

// linkFlags leave out what only debuggers read, and let package start read, by
// linkname, what the Go runtime was started with; the linker refuses that otherwise.
const linkFlags = "-s -w -checklinkname=0"
