package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

const (
	module  = "llgo_trace"
	records = "records"
)

// Prepare makes, in the directory dir, an environment over dist whose processes
// record what they use. It returns the environment, to build the program for.
func Prepare(dir string, dist *pydist.Dist) (*pydist.Dist, error) {
	recorder, err := pyhelper.Files.ReadFile("tracing/record.py")
	if err != nil {
		return nil, err
	}
	venv := filepath.Join(dir, "venv")
	site := filepath.Join(venv, "lib", dist.LibDirName(), "site-packages")
	python := filepath.Join(venv, "bin", "python3")
	for _, d := range []string{site, filepath.Dir(python), filepath.Join(dir, records)} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	home := "home = " + filepath.Dir(dist.BaseExecutable) + "\ninclude-system-site-packages = false\n"
	for path, content := range map[string]string{
		filepath.Join(venv, "pyvenv.cfg"):  home,
		filepath.Join(site, module+".py"):  string(recorder),
		filepath.Join(site, module+".pth"): startup(dist.SitePackages, filepath.Join(dir, records)),
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink(dist.BaseExecutable, python); err != nil {
		return nil, err
	}
	traced := *dist
	traced.Executable = python
	traced.SitePackages = append([]string{site}, dist.SitePackages...)
	return &traced, nil
}

// startup is a .pth file (https://docs.python.org/3/library/site.html): what dist
// has besides the standard library becomes importable, then recording starts, so
// that what .pth files of dist import is no part of the record.
func startup(sites []string, records string) string {
	var code strings.Builder
	for _, dir := range sites {
		// Go's quoting of everything outside of ASCII is Python's as well.
		fmt.Fprintf(&code, "import site; site.addsitedir(%s)\n", strconv.QuoteToASCII(dir))
	}
	fmt.Fprintf(&code, "import %s; %[1]s.start(%s)\n", module, strconv.QuoteToASCII(records))
	return code.String()
}
