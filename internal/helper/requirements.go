package helper

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Requirements are the Python distributions that a program asks for, as uv and
// pip understand them.
type Requirements struct {
	Specs   []string // PEP 508: "numpy>=2", "requests[socks]"
	Files   []string // paths of requirements files; relative ones from the working directory
	Project string   // path of a pyproject.toml with [project] dependencies, or ""
}

// Empty tells whether nothing is asked for.
func (r Requirements) Empty() bool {
	return len(r.Specs) == 0 && len(r.Files) == 0 && r.Project == ""
}

// sources are the files that uv reads, the specs apart.
func (r Requirements) sources() ([]string, error) {
	files := slices.Clone(r.Files)
	if r.Project != "" {
		files = append(files, r.Project)
	}
	for i, file := range files {
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		files[i] = abs
	}
	return files, nil
}

// key stands for everything that the outcome of a resolution depends on and that
// can be looked at cheaply: the requirements, the files with what they include,
// the interpreter, and the user's settings of uv in the environment.
func (r Requirements) key(dist *pydist.Dist) (string, error) {
	files, err := r.sources()
	if err != nil {
		return "", err
	}
	parts := append([]string{dist.Identity, fmt.Sprint(len(r.Specs))}, r.Specs...)
	seen := make(map[string]bool)
	for _, file := range files {
		included, err := readIncluded(file, seen)
		if err != nil {
			return "", err
		}
		parts = append(parts, included...)
	}
	settings := slices.DeleteFunc(os.Environ(), func(e string) bool { return !strings.HasPrefix(e, "UV_") })
	slices.Sort(settings)
	return digest(append(parts, settings...)...), nil
}

// readIncluded returns the path and content of a requirements file and of those
// it includes with -r and -c.
func readIncluded(path string, seen map[string]bool) ([]string, error) {
	if seen[path] {
		return nil, nil
	}
	seen[path] = true
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the requirements: %w", err)
	}
	parts := []string{path, string(data)}
	for line := range strings.Lines(string(data)) {
		name := includes(line)
		if name == "" || strings.Contains(name, "://") {
			continue // what lies behind a URL is uv's to read
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		more, err := readIncluded(name, seen)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

// includes returns the file that a line of a requirements file includes: "-r F",
// "-rF", "--requirement F", "--requirement=F", and the same with -c and
// --constraint.
func includes(line string) string {
	line = strings.TrimSpace(line)
	for _, option := range []string{"--requirement", "--constraint", "-r", "-c"} {
		if rest, ok := strings.CutPrefix(line, option); ok {
			name, _, _ := strings.Cut(strings.TrimLeft(rest, "= \t"), " #")
			return strings.Trim(strings.TrimSpace(name), `"'`)
		}
	}
	return ""
}
