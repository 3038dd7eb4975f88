package compiler

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/pyinit"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// How llgo is told what to link. The package goplus/lib/py says
//
//	link: $LLGO_LIB_PYTHON; $(pkg-config --libs python3-embed)
//
// and llgo keeps what that became in its cache, without regard to the variable: a
// program could be linked with the Python of another build. So the variable says
// the same in all of our builds, nothing of any Python, and the cache is one that
// nobody else fills. What differs from build to build goes through LDFLAGS, which
// llgo reads whenever it links. (Measured with llgo v0.13.0.)
const (
	linkVariable = "LLGO_LIB_PYTHON"
	// Folding identical functions, which llgo asks for before this, makes lld warn
	// about every archive that was made by objcopy: Debian's libunwind.a.
	linkConstant = "-Wl,--icf=none"
)

// linkVariables writes a response file with what is to be linked and returns the
// variables that lead llgo's linker to it.
func (t toolchain) linkVariables(ctx context.Context, work, object string, job Job) ([]string, error) {
	flags := []string{}
	if runtime.GOOS == "linux" {
		static := filepath.Join(work, "static")
		if err := t.linkArchives(ctx, static); err != nil {
			return nil, err
		}
		flags = append(flags, "-L"+static)
	}
	response := filepath.Join(work, "link.rsp")
	if err := os.WriteFile(response, []byte(quoteAll(linkLine(runtime.GOOS, object, job))), 0o644); err != nil {
		return nil, err
	}
	// Not -Wl with the arguments themselves: paths may hold commas.
	flags = append(flags, "-Wl,@"+response)
	for i, f := range flags {
		flags[i] = strings.ReplaceAll(f, " ", `\ `) // as llgo splits LDFLAGS
	}
	if users := lookup(t.env, "LDFLAGS"); users != "" {
		flags = append(flags, users)
	}
	return []string{"LDFLAGS=" + strings.Join(flags, " "), linkVariable + "=" + linkConstant}, nil
}

// linkLine are the linker's arguments: the object that starts Python, libpython by
// its path, for -l would find another, and where the program finds it at run time.
func linkLine(goos, object string, job Job) []string {
	place := filepath.Dir(job.Python.LibPython)
	if job.Packaged {
		place = map[string]string{"linux": "$ORIGIN", "darwin": "@executable_path"}[goos] +
			"/" + settings.PythonDir + "/" + settings.LibSubdir
	}
	line := []string{"-rpath", place}
	if goos == "linux" {
		// DT_RPATH, because LD_LIBRARY_PATH comes before DT_RUNPATH.
		line = append(line, "--disable-new-dtags", "--as-needed", "--exclude-libs=ALL")
		line = append(line, pyinit.LinkArgs...)
		if job.Packaged && !keepsSymbols(job.Flags) {
			line = append(line, "--strip-all")
		}
	}
	return append(line, object, job.Python.LibPython)
}

// keepsSymbols: the user takes back what is the rule for programs that travel.
func keepsSymbols(flags Flags) bool {
	return slices.ContainsFunc(flags.LinkArgs, func(l string) bool { return slices.Contains(strings.Fields(l), "-s=0") })
}

// quoteAll writes arguments for a response file, as lld reads it on Unix.
func quoteAll(args []string) string {
	var b strings.Builder
	for _, arg := range args {
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(arg) + "\"\n")
	}
	return b.String()
}

// makeWorkDir makes a directory for one build. Its name holds no comma: the one
// argument that clang passes to the linker names a file in it.
func makeWorkDir() (string, error) {
	parent := os.TempDir()
	if strings.Contains(parent, ",") {
		parent = "/tmp"
	}
	return os.MkdirTemp(parent, "llgo-py-build-")
}

// cacheVariables give llgo a cache of our own, see above. GOCACHE would follow
// XDG_CACHE_HOME, so it is said where it is.
func (c *llgo) cacheVariables(ctx context.Context, env []string) ([]string, error) {
	if runtime.GOOS == "darwin" { // where no variable moves os.UserCacheDir alone
		return []string{"LLGO_BUILD_CACHE=off"}, nil
	}
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "llgo", c.cacheKey(env))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	values, err := gosource.Env(ctx, env, "GOCACHE")
	if err != nil {
		return nil, err
	}
	return []string{"XDG_CACHE_HOME=" + dir, "GOCACHE=" + values[0]}, nil
}

// cacheKey stands for what llgo's own key leaves out: variables that `link:` lines
// of packages expand, and pkg-config's.
func (c *llgo) cacheKey(env []string) string {
	var relevant []string
	for _, entry := range env {
		if strings.HasPrefix(entry, "LLGO_") || strings.HasPrefix(entry, "PKG_CONFIG") {
			relevant = append(relevant, entry)
		}
	}
	slices.Sort(relevant)
	sum := sha256.Sum256([]byte(strings.Join(append(relevant, c.version, c.path, linkConstant), "\x00")))
	return fmt.Sprintf("%x", sum[:16])
}
