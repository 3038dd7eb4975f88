package pyenv

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// Error says why entries cannot be in one environment.
type Error struct{ Text, Next string }

func (e *Error) Error() string { return e.Text }

// Hint is what to type next.
func (e *Error) Hint() string { return e.Next }

// Interpreter returns the one CPython among the entries of an environment, nil if
// there is neither one nor a distribution that would need it.
func Interpreter(entries []*store.Entry) (*store.Entry, error) {
	var python, distribution *store.Entry
	for _, e := range entries {
		switch {
		case e.Kind == store.KindDistribution:
			distribution = e
		case e.Kind != store.KindPython:
		case source.PythonOf(e) == "":
			return nil, &Error{Text: fmt.Sprintf("%s has no standard library: it is no CPython", e.ID())}
		case python != nil:
			return nil, &Error{
				Text: fmt.Sprintf("an environment belongs to one interpreter, and there are %s and %s", python.ID(), e.ID()),
				Next: "llgo py env create ENV " + e.ID() + "   # another one for the other",
			}
		default:
			python = e
		}
	}
	if python == nil && distribution != nil {
		return nil, &Error{
			Text: fmt.Sprintf("%s is for Python, and the environment has no interpreter", distribution.ID()),
			Next: "llgo py store add python@" + pydist.Default + ", and then llgo py env install ENV python",
		}
	}
	return python, nil
}

// Fits refuses a distribution whose tags (PEP 425) are for another interpreter.
func Fits(s *store.Store, python, distribution *store.Entry) error {
	tags := tagsOf(s, distribution)
	dist := asDist(python)
	if installed.Fits(tags, dist) {
		return nil
	}
	return &Error{
		Text: fmt.Sprintf("%s is for %s, and %s is %s on %s", distribution.ID(), strings.Join(tags, ", "), python.ID(), source.PythonOf(python), dist.Platform),
		Next: "llgo py store add " + distribution.Name + "==" + distribution.Version + "   # fetches the one that fits",
	}
}

// asDist describes an entry as far as tags are concerned.
func asDist(python *store.Entry) *pydist.Dist {
	d := &pydist.Dist{Version: strings.TrimSuffix(python.Version, "t")}
	d.Minor = strings.TrimPrefix(source.PythonOf(python), "python")
	if minor, threaded := strings.CutSuffix(d.Minor, "t"); threaded {
		d.Minor, d.ABIFlags = minor, "t"
	}
	goos, arch, _ := strings.Cut(python.Platform, "/")
	arch, _, _ = strings.Cut(arch, "/")
	switch {
	case goos == "darwin":
		d.Platform = "macosx-11.0-" + map[string]string{"amd64": "x86_64", "arm64": "arm64", "universal": "universal2"}[arch]
	default:
		d.Platform = goos + "-" + map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]
	}
	return d
}

// tagsOf reads WHEEL of a distribution.
func tagsOf(s *store.Store, e *store.Entry) (tags []string) {
	f := e.File(path.Join(wheel.SitePackages, infoDir(e), "WHEEL"))
	if f == nil {
		return nil
	}
	file, err := os.Open(s.Object(f.Object, f.Executable))
	if err != nil {
		return nil
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if tag, ok := strings.CutPrefix(lines.Text(), "Tag: "); ok {
			tags = append(tags, strings.TrimSpace(tag))
		}
	}
	return tags
}

// infoDir is the .dist-info directory of a distribution, "" if it has none.
func infoDir(e *store.Entry) string {
	for i := range e.Files {
		rest, ok := strings.CutPrefix(e.Files[i].Path, wheel.SitePackages+"/")
		if dir, name, _ := strings.Cut(rest, "/"); ok && name == "METADATA" && strings.HasSuffix(dir, ".dist-info") {
			return dir
		}
	}
	return ""
}
