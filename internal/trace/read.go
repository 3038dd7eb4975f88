package trace

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Uses are what the processes of a program used, each thing once.
type Uses struct {
	Modules   []Module
	Files     []string // opened for reading; they may not exist
	Libraries []string // mapped into memory
	Opened    []Opened // asked for through ctypes, in the order of the records
}

// Opened is a library that a module asked ctypes for.
type Opened struct{ Name, By string }

// Module is a module that was executed, or loaded as an extension.
type Module struct {
	Name     string // dotted
	File     string // absolute
	Importer string // the module that imports it; "" for the program's C API calls
	Called   bool   // imported by importlib.import_module or the C API, so by a value and not by a statement
}

// Read returns what was recorded in the directory given to Prepare.
func Read(dir string) (*Uses, error) {
	files, err := filepath.Glob(filepath.Join(dir, records, "*.trace"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("nothing was recorded: the program started no Python")
	}
	uses := &reader{modules: map[string]Module{}, seen: map[string]bool{}}
	slices.Sort(files)
	for _, file := range files {
		if err := uses.read(file); err != nil {
			return nil, err
		}
	}
	for _, m := range uses.modules {
		uses.Modules = append(uses.Modules, m)
	}
	slices.SortFunc(uses.Modules, func(a, b Module) int { return strings.Compare(a.Name+"\x00"+a.File, b.Name+"\x00"+b.File) })
	slices.Sort(uses.Files)
	slices.Sort(uses.Libraries)
	return &uses.Uses, nil
}

type reader struct {
	Uses
	modules map[string]Module // by name and file
	seen    map[string]bool
}

func (r *reader) read(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r.line(strings.Split(lines.Text(), "\t"))
	}
	return lines.Err()
}

// line takes a line as pyhelper/tracing/record.py describes it. The last line of a
// killed process may be cut off.
func (r *reader) line(fields []string) {
	switch {
	case fields[0] == "module" && len(fields) == 5:
		m := Module{Name: fields[1], File: fields[2], Importer: fields[3], Called: fields[4] == "call"}
		key := m.Name + "\x00" + m.File
		// A statement in one process does not explain the call in another.
		if known, ok := r.modules[key]; !ok || m.Called && !known.Called {
			r.modules[key] = m
		}
	case fields[0] == "file" && len(fields) == 2:
		r.once(&r.Files, fields)
	case fields[0] == "library" && len(fields) == 2:
		r.once(&r.Libraries, fields)
	case fields[0] == "dlopen" && len(fields) == 3:
		r.Opened = append(r.Opened, Opened{fields[1], fields[2]})
	}
}

func (r *reader) once(list *[]string, fields []string) {
	if key := fields[0] + fields[1]; !r.seen[key] {
		r.seen[key] = true
		*list = append(*list, fields[1])
	}
}
