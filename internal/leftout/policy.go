package leftout

import (
	_ "embed" // for the policy
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed policy.json
var policyText []byte

// policy is the data of policy.json.
type policy struct {
	Version  int     `json:"version"`
	Groups   []group `json:"groups"`
	Builtins struct {
		Why     string    `json:"why"`
		Modules []builtin `json:"modules"`
		Weak    []struct {
			Importer string `json:"importer"`
			Module   string `json:"module"`
		} `json:"weak"`
	} `json:"builtins"`
	Needed []struct {
		Distribution string `json:"distribution"`
	} `json:"needed"`
}

type group struct {
	Name        string   `json:"name"`
	Why         string   `json:"why"`
	Directories []string `json:"directories"`
	Files       []string `json:"files"`
	Modules     bool     `json:"modules"`
	Unless      []string `json:"unless"`
}

// All keeps everything.
const All = "all"

func load() (*policy, error) {
	p := &policy{}
	if err := json.Unmarshal(policyText, p); err != nil {
		return nil, fmt.Errorf("policy of what is left out: %w", err)
	}
	return p, nil
}

// Check refuses names that are no groups.
func Check(keep []string) error {
	p, err := load()
	if err != nil {
		return err
	}
	names := []string{All, Builtins}
	for _, g := range p.Groups {
		names = append(names, g.Name)
	}
	for _, name := range keep {
		if !slices.Contains(names, name) {
			return fmt.Errorf("nothing called %s is left out; there are %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

// active are the groups that are left out of a program with these distributions.
func (p *policy) active(keep, distributions []string) (groups []group) {
	for _, g := range p.Groups {
		used := slices.ContainsFunc(g.Unless, func(name string) bool { return slices.Contains(distributions, name) })
		if !used && !slices.Contains(keep, g.Name) && !slices.Contains(keep, All) {
			groups = append(groups, g)
		}
	}
	return groups
}

// needs reports whether a distribution needs all of its files.
func (p *policy) needs(distribution string) bool {
	for _, n := range p.Needed {
		if ok, _ := path.Match(n.Distribution, distribution); ok {
			return true
		}
	}
	return false
}

// has reports whether a file of site-packages, by its path there, is of the group.
func (g *group) has(inside string) bool {
	parts := strings.Split(inside, "/")
	name := parts[len(parts)-1]
	// A top-level directory is a package of that name: "import test" is asked for.
	inDirectory := len(parts) > 2 && slices.ContainsFunc(parts[1:len(parts)-1], func(dir string) bool {
		return slices.Contains(g.Directories, dir)
	})
	return inDirectory || slices.ContainsFunc(g.Files, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}

var separators = regexp.MustCompile(`[-_.]+`)

// normalized is a name as the index of packages compares it (PEP 503).
func normalized(name string) string { return strings.ToLower(separators.ReplaceAllString(name, "-")) }
