package trace

import (
	"debug/elf"
	"encoding/json"
	"path"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// policy is which libraries a machine is expected to have: pyhelper's policy.json,
// whose schema lies beside it.
type policy struct {
	System []struct {
		Platform string   `json:"platform"`
		Names    []string `json:"names"` // shell patterns
	} `json:"system"`
}

func readPolicy() (p policy, err error) {
	data, err := pyhelper.Files.ReadFile("binaries/policy.json")
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	return p, err
}

// isSystem reports whether a library belongs to every machine of the platform.
func (p policy) isSystem(name, platform string) bool {
	for _, group := range p.System {
		for _, pattern := range group.Names {
			if ok, _ := path.Match(pattern, name); ok && group.Platform == platform {
				return true
			}
		}
	}
	return false
}

// library is what an ELF file calls itself and asks for.
type library struct {
	soname string // its file name if it has none
	needed []string
}

// readLibrary describes a file; ok is false for one that is no ELF file.
func readLibrary(file string) (l library, ok bool) {
	f, err := elf.Open(file)
	if err != nil {
		return l, false
	}
	defer f.Close()
	l.soname = filepath.Base(file)
	if names, err := f.DynString(elf.DT_SONAME); err == nil && len(names) == 1 {
		l.soname = names[0]
	}
	l.needed, _ = f.ImportedLibraries()
	return l, true
}
