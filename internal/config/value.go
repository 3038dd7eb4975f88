package config

import (
	"fmt"
	"os"
	"path/filepath"
)

// Origin says where a value came from; the zero Origin is the default.
type Origin struct {
	Flag string // "--py-python"
	File string // as people know it: relative to the working directory if beneath it
	Line int    // of File, from 1
}

// String is "--py-python", "pyproject.toml:12" or "default".
func (o Origin) String() string {
	switch {
	case o.Flag != "":
		return o.Flag
	case o.File != "":
		return fmt.Sprintf("%s:%d", o.File, o.Line)
	}
	return "default"
}

// String is a setting with one value.
type String struct {
	Value string
	From  Origin
}

// Bool is a setting that is on or off.
type Bool struct {
	Value bool
	From  Origin
}

// List is a setting with any number of values, in the order given.
type List []String

// Values are the values alone.
func (l List) Values() []string {
	values := make([]string, len(l))
	for i, v := range l {
		values[i] = v.Value
	}
	return values
}

// Setting is one of Settings, to be shown.
type Setting struct {
	Name   string // "hidden-import"
	List   bool   // it can have any number of values
	Values []String
}

// All are the settings that a file can have, in the order of Settings. A value that is on or off is
// "true" or "false"; without a value there is none.
func (s *Settings) All() []Setting {
	var all []Setting
	for _, k := range keys {
		if !k.settable("file") {
			continue
		}
		shown := Setting{Name: k.name}
		switch v := k.of(s).(type) {
		case *List:
			shown.List, shown.Values = true, *v
		case *Bool:
			shown.Values = []String{{fmt.Sprint(v.Value), v.From}}
		case *String:
			if v.Value != "" {
				shown.Values = []String{*v}
			}
		}
		all = append(all, shown)
	}
	return all
}

// Sources are the files and directories that the settings name, patterns replaced by
// what they match now. Absolute paths.
func (s *Settings) Sources() []string {
	var all []string
	for _, k := range keys {
		field, ok := k.of(s).(*List)
		if !ok || k.path != "all" && k.path != "source" {
			continue
		}
		for _, v := range *field {
			path := v.Value
			if k.path == "source" {
				path, _ = SplitPair(path)
			}
			matches, _ := Matches(path)
			all = append(all, matches...)
		}
	}
	return all
}

// Matches is what a path stands for that may be a pattern (path/filepath.Match): a
// file or directory of that very name, else all that match. pattern says which.
func Matches(path string) (found []string, pattern bool) {
	if _, err := os.Lstat(path); err == nil {
		return []string{path}, false
	}
	found, _ = filepath.Glob(path) // a bad pattern matches nothing
	return found, true
}
