package buildcache

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// ofTools names a group of tools: "analysis", "native", "pyhelper".
func ofTools(dir string) string {
	name, _, _ := strings.Cut(filepath.Base(dir), "-")
	return name
}

// ofEnvironment names the distributions of a lock.
func ofEnvironment(dir string) string {
	data, err := os.ReadFile(filepath.Join(dir, pylock.FileName))
	if err != nil {
		return ""
	}
	lock, err := pylock.Parse(string(data))
	if err != nil {
		return ""
	}
	var names []string
	for _, p := range lock.Packages {
		names = append(names, strings.TrimSpace(p.Name+" "+p.Version))
	}
	return some(names)
}

// ofAnalysis names the distributions of a plan.
func ofAnalysis(dir string) string {
	plan, err := readPlan(dir)
	if err != nil {
		return ""
	}
	names := []string{"CPython " + plan.Python.Version}
	for _, d := range plan.Distributions {
		names = append(names, d.Name+" "+d.Version)
	}
	return fmt.Sprintf("%d files; %s", len(plan.Files), some(names))
}

func readPlan(dir string) (*helper.Plan, error) {
	data, err := os.ReadFile(filepath.Join(dir, helper.AnalysisFile))
	if err != nil {
		return nil, err
	}
	var k struct{ Plan *helper.Plan }
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, err
	}
	if k.Plan == nil {
		return nil, fmt.Errorf("%s has no plan", dir)
	}
	return k.Plan, nil
}

func ofSteps(string) string { return "byte code, libraries, compressed contents, builds" }

// some joins names, as many as fit a line.
func some(names []string) string {
	const shown = 4
	if more := len(names) - shown; more > 0 {
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// planned verifies an analysis: there is a plan.
func planned(dir string) ([]string, error) {
	if _, err := readPlan(dir); err != nil {
		return []string{fmt.Sprintf("%s is damaged (%v)", dir, err)}, nil
	}
	return nil, nil
}

// recorded verifies distributions by what their installer recorded.
func recorded(dir string) (problems []string, err error) {
	sites, err := filepath.Glob(filepath.Join(dir, "lib", "python*", "site-packages"))
	if err != nil {
		return nil, err
	}
	for _, site := range append(slices.Clone(sites), dir) {
		for _, d := range installed.In(site) {
			for _, f := range d.Files() {
				path := filepath.Join(site, filepath.FromSlash(f.Path))
				if why := differs(path, f.Hash); why != "" {
					problems = append(problems, path+" "+why)
				}
			}
		}
	}
	return problems, nil
}

// differs says how a file differs from what a RECORD says of it, "" if it does not. What
// uv writes anew for a relocatable environment is recorded as it came.
func differs(path, hash string) string {
	want, ok := strings.CutPrefix(hash, "sha256=")
	if !ok || strings.Contains(path, "/../") || filepath.Base(filepath.Dir(path)) == "bin" {
		return ""
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "is missing"
	}
	if sum := sha256.Sum256(data); base64.RawURLEncoding.EncodeToString(sum[:]) != want {
		return "is not as it was installed"
	}
	return ""
}
