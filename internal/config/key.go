package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// key is a field of Settings.
type key struct {
	name  string
	index int
	def   string   // the value if none is given
	one   []string // the values there are; nil: any
	path  string   // which part is a path: "", "all", "source" or "name"
	from  string   // where it can be set: "", "flag" or "file"
	list  bool
	bool  bool
}

// keys are all of them, read once from the tags.
var keys = readKeys(reflect.TypeFor[Settings]())

func readKeys(settings reflect.Type) []key {
	var all []key
	for i := range settings.NumField() {
		f := settings.Field(i)
		k := key{
			name: f.Tag.Get("py"), index: i, def: f.Tag.Get("default"), path: f.Tag.Get("path"), from: f.Tag.Get("from"),
			list: f.Type == reflect.TypeFor[List](), bool: f.Type == reflect.TypeFor[Bool](),
		}
		if one := f.Tag.Get("one"); one != "" {
			k.one = strings.Split(one, ",")
		}
		all = append(all, k)
	}
	return all
}

// find returns the key of a name that can be set from there: "flag" or "file".
func find(name, from string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name && k.settable(from) })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

func (k key) settable(from string) bool { return k.from == "" || k.from == from }

// names are those that can be set from there.
func names(from string) []string {
	var all []string
	for _, k := range keys {
		if k.settable(from) {
			all = append(all, k.name)
		}
	}
	return all
}

// of is a pointer to the field of s.
func (k key) of(s *Settings) any { return reflect.ValueOf(s).Elem().Field(k.index).Addr().Interface() }

// check says what is wrong with a value, "" if nothing is.
func (k key) check(value string) string {
	switch {
	case k.bool:
		if _, err := strconv.ParseBool(value); err != nil {
			return "must be true or false"
		}
	case value == "":
		return "must not be empty"
	case k.one != nil && !slices.Contains(k.one, value):
		last := len(k.one) - 1
		return fmt.Sprintf("must be %s or %s", strings.Join(k.one[:last], ", "), k.one[last])
	case k.path == "source":
		if src, dst := SplitPair(value); src == "" || dst == "" {
			return "must be SRC:DST, a file, directory or pattern and the directory it goes to"
		}
	}
	return ""
}

// set gives a field of s a value that was checked; dir is what its path is relative to.
func (k key) set(s *Settings, value, dir string, from Origin) {
	value = k.absolute(value, dir)
	switch field := k.of(s).(type) {
	case *List:
		*field = append(*field, String{value, from})
	case *String:
		*field = String{value, from}
	case *Bool:
		on, _ := strconv.ParseBool(value)
		*field = Bool{on, from}
	}
}

// absolute makes the path in a value absolute, beneath dir.
func (k key) absolute(value, dir string) string {
	switch k.path {
	case "all":
		return join(dir, value)
	case "source":
		src, dst := SplitPair(value)
		return join(dir, src) + ":" + dst
	case "name":
		if isName(dir, value) {
			return value
		}
		return join(dir, value)
	}
	return value
}

func join(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// SplitPair takes SRC:DST apart, at the last colon: a source may have one.
func SplitPair(pair string) (src, dst string) {
	i := strings.LastIndexByte(pair, ':')
	if i < 0 {
		return pair, ""
	}
	return pair[:i], pair[i+1:]
}
