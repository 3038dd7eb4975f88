package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The ends of file names that say what a report is written as.
const (
	endSBOM = ".cdx.json"
	endJSON = ".json"
	endHTML = ".html"
)

// NameError is a file name that does not say what to write.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%s: the name of a report must end in .json, .html or .cdx.json (CycloneDX)", e.Name)
}

// CheckName tells whether WriteFile can write a file of that name.
func CheckName(name string) error {
	if renderer(name) == nil {
		return &NameError{name}
	}
	return nil
}

func renderer(name string) func(*Report) ([]byte, error) {
	switch {
	case strings.HasSuffix(name, endSBOM):
		return (*Report).SBOM
	case strings.HasSuffix(name, endJSON):
		return (*Report).Encode
	case strings.HasSuffix(name, endHTML):
		return (*Report).HTML
	}
	return nil
}

// WriteFile writes the report in the form that the name ends in, in place of an
// older one as a whole.
func (r *Report) WriteFile(name string) error {
	render := renderer(name)
	if render == nil {
		return &NameError{name}
	}
	data, err := render(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".llgo-py-report-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Chmod(0o644)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
