package deps

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// RequirementsFile is the requirements file that counts.
const RequirementsFile = "requirements.txt"

// Sources are what is listed beside one go.mod.
type Sources struct {
	Dir      string   // of go.mod, absolute
	Tool     []string // [tool.llgo-py] dependencies, with markers
	Project  []string // [project] dependencies
	Lines    []reqs.Line
	Pins     []Pin  // of llpkg.cfg
	settings string // of uv, as the record has it

	hasFile bool // there is a requirements file
}

// Read returns the sources in a directory. The pins of Go packages are added by
// its caller, who knows the packages.
func Read(dir string) (*Sources, error) {
	s := &Sources{Dir: dir}
	doc, err := readProject(filepath.Join(dir, config.FileName))
	if err != nil {
		return nil, err
	}
	s.Project = doc.Project.Dependencies
	listed, err := config.Dependencies(config.Place{Dir: dir, Module: dir})
	if err != nil {
		return nil, err
	}
	for _, d := range listed {
		s.Tool = append(s.Tool, onSystem(d.Spec, d.OS))
	}
	file := filepath.Join(dir, RequirementsFile)
	if _, err := os.Stat(file); err == nil {
		s.hasFile = true
		if s.Lines, err = reqs.File(file); err != nil {
			return nil, err
		}
	}
	s.settings, err = uvSettings(dir, doc)
	return s, err
}

// project is what a pyproject.toml says of dependencies.
type project struct {
	Project struct {
		Dependencies []string
	}
	Tool struct {
		UV map[string]any `toml:"uv"`
	}
}

func readProject(path string) (doc project, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return doc, nil
	}
	if err != nil {
		return doc, err
	}
	if err := toml.Unmarshal(data, &doc); err != nil {
		return doc, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// platforms are the values of sys_platform by GOOS.
var platforms = map[string]string{"linux": "linux", "darwin": "darwin", "windows": "win32"}

// onSystem limits a requirement to one operating system, with a marker (PEP 508).
func onSystem(spec, goos string) string {
	if goos == "" {
		return spec
	}
	marker := fmt.Sprintf("sys_platform == '%s'", platforms[goos])
	// The URL of a direct reference may contain semicolons; there the one that
	// begins a marker follows a blank.
	separator := ";"
	if strings.Contains(spec, " @ ") {
		separator = " ;"
	}
	what, own, found := strings.Cut(spec, separator)
	if !found {
		return spec + " ; " + marker
	}
	return fmt.Sprintf("%s ; (%s) and %s", strings.TrimSpace(what), strings.TrimSpace(own), marker)
}

// uvSettings stands for the settings of uv that lie beside go.mod: they decide
// what a requirement resolves to. What the environment sets is the business of
// each machine.
func uvSettings(dir string, doc project) (string, error) {
	var own map[string]any
	data, err := os.ReadFile(filepath.Join(dir, "uv.toml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := toml.Unmarshal(data, &own); err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Join(dir, "uv.toml"), err)
	}
	if len(own) == 0 && len(doc.Tool.UV) == 0 {
		return "", nil
	}
	text, err := json.Marshal([]any{own, doc.Tool.UV})
	sum := sha256.Sum256([]byte(reqs.HideCredentials(string(text))))
	return "sha256:" + hex.EncodeToString(sum[:]), err
}

// Empty tells whether nothing is asked for.
func (s *Sources) Empty() bool {
	return len(s.Tool) == 0 && len(s.Project) == 0 && len(s.Lines) == 0 && len(s.Pins) == 0
}

// Names are the normalised names of what is asked for, as far as it has names.
func (s *Sources) Names() []string { return s.names(func(string) bool { return true }) }

// names are those of the requirements that which selects.
func (s *Sources) names(which func(spec string) bool) []string {
	var names []string
	for _, spec := range s.specs() {
		if name := reqs.Name(spec); name != "" && which(spec) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// specs are all requirements, constraints apart.
func (s *Sources) specs() []string {
	specs := slices.Concat(s.Tool, s.Project)
	for _, line := range s.Lines {
		if !line.Constraint {
			specs = append(specs, line.Text)
		}
	}
	for _, pin := range s.Pins {
		specs = append(specs, pin.String())
	}
	return specs
}

// Requirements are the sources as uv gets them, with what is asked for besides;
// versions of the lock prefer, a text or "", stay where they fit.
func (s *Sources) Requirements(besides []string, prefer string) helper.Requirements {
	r := helper.Requirements{Dir: s.Dir, Prefer: prefer, Specs: slices.Clone(s.Tool)}
	for _, pin := range s.Pins {
		r.Specs = append(r.Specs, pin.String())
	}
	r.Specs = append(r.Specs, besides...)
	if s.hasFile {
		r.Files = []string{filepath.Join(s.Dir, RequirementsFile)}
	}
	if len(s.Project) > 0 {
		r.Project = filepath.Join(s.Dir, config.FileName)
	}
	return r
}

// Record is what a lock of the sources says about them.
func (s *Sources) Record(python string) pylock.Record {
	r := pylock.Record{Python: python, Settings: s.settings}
	for _, spec := range slices.Concat(s.Tool, s.Project) {
		r.Requirements = append(r.Requirements, reqs.Line{Text: strings.Join(strings.Fields(spec), " ")}.Canonical())
	}
	for _, line := range s.Lines {
		r.Requirements = append(r.Requirements, line.Canonical())
	}
	for _, pin := range s.Pins {
		r.LLPkg = append(r.LLPkg, pin.String())
	}
	for _, list := range []*[]string{&r.Requirements, &r.LLPkg} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return r
}
