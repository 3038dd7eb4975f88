package helper

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// Requirements are the Python distributions that a program asks for, as uv and
// pip understand them.
type Requirements struct {
	Specs   []string // PEP 508: "numpy>=2", "requests[socks]"
	Files   []string // paths of requirements files; relative ones from the working directory
	Project string   // path of a pyproject.toml with [project] dependencies, or ""

	Dir    string // where uv's settings are found and what paths are relative to; "": beside the first file
	Prefer string // the text of a lock whose versions are kept where they fulfil the requirements
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

// directory is Dir, or where the first of the files is, or elsewhere.
func (r Requirements) directory(elsewhere string) (string, error) {
	if r.Dir != "" {
		return filepath.Abs(r.Dir)
	}
	files, err := r.sources()
	if err != nil || len(files) == 0 {
		return elsewhere, err
	}
	return filepath.Dir(files[0]), nil
}

// key stands for everything that the outcome of a resolution depends on and that
// can be looked at cheaply: the requirements, the files with what they include,
// the interpreter, and the user's settings of uv in the environment.
func (r Requirements) key(dist *pydist.Dist) (string, error) {
	parts := append([]string{dist.Identity, r.Dir, r.Prefer, r.Project, fmt.Sprint(len(r.Specs))}, r.Specs...)
	if r.Project != "" {
		data, err := os.ReadFile(r.Project)
		if err != nil {
			return "", fmt.Errorf("cannot read the requirements: %w", err)
		}
		parts = append(parts, string(data))
	}
	for _, file := range r.Files {
		lines, err := reqs.File(file)
		if err != nil {
			return "", err
		}
		parts = append(parts, file)
		for _, line := range lines {
			parts = append(parts, line.Text, fmt.Sprint(line.Constraint))
		}
	}
	settings := slices.DeleteFunc(os.Environ(), func(e string) bool { return !strings.HasPrefix(e, "UV_") })
	slices.Sort(settings)
	return digest(append(parts, settings...)...), nil
}

// Access are the credentials that the requirements have in their URLs.
func (r Requirements) Access() (reqs.Access, error) {
	access := reqs.Access{}
	for _, spec := range r.Specs {
		access.Learn(spec)
	}
	for _, file := range r.Files {
		lines, err := reqs.File(file)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			access.Learn(line.Text)
		}
	}
	if r.Project != "" {
		data, err := os.ReadFile(r.Project)
		if err != nil {
			return nil, err
		}
		access.Learn(string(data))
	}
	return access, nil
}
