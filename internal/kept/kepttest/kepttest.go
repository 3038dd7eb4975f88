// Package kepttest tests keys: whatever a step is asked for must be part of its key,
// also what is added to the request later, by someone who does not think of keys.
package kepttest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// EveryFieldCounts changes every field of base, and of the structs and slices in it, one
// at a time, and fails for each that leaves the key as it is, unless it is among the
// harmless. These are written as in Go: "Files[].Source". One that is no field, or does
// change the key, fails too. Slices are better not empty in base, or their elements have
// zero values only.
func EveryFieldCounts[T any](t *testing.T, base T, key func(T) string, harmless ...string) {
	t.Helper()
	first := key(base)
	seen := map[string]bool{}
	vary(reflect.ValueOf(&base).Elem(), "", func(field string) {
		t.Helper()
		seen[field] = true
		same, allowed := key(clone(reflect.ValueOf(base)).Interface().(T)) == first, slices.Contains(harmless, field)
		switch {
		case same && !allowed:
			t.Errorf("the key of %T does not depend on %s", base, field)
		case !same && allowed:
			t.Errorf("the key of %T depends on %s, which should not count", base, field)
		}
	})
	for _, field := range harmless {
		if !seen[field] {
			t.Errorf("%T has no field %s", base, field)
		}
	}
	if again := key(base); again != first {
		t.Errorf("the key of the same %T is another one", base)
	}
}

// vary sets v, and what is in it, to something else, calls try, and puts it back.
func vary(v reflect.Value, name string, try func(name string)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				vary(v.Field(i), join(name, v.Type().Field(i).Name), try)
			}
		}
		return
	case reflect.Slice:
		for i := range min(v.Len(), 1) {
			vary(v.Index(i), name+"[]", try)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			vary(v.Elem(), name, try)
			return
		}
	}
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	v.Set(other(v))
	try(name)
	v.Set(old)
}

func join(name, field string) string {
	if name == "" {
		return field
	}
	return name + "." + field
}

// other is another value of the type of v.
func other(v reflect.Value) reflect.Value {
	made := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		made.SetString(v.String() + "x")
	case reflect.Bool:
		made.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		made.SetInt(v.Int() + 1)
	case reflect.Uint8:
		made.SetUint(v.Uint() ^ 1)
	case reflect.Slice:
		made.Set(reflect.Append(reflect.AppendSlice(made, v), another(v)))
	case reflect.Map:
		made.Set(reflect.MakeMap(v.Type()))
		made.SetMapIndex(reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem())
	case reflect.Pointer:
		made.Set(reflect.New(v.Type().Elem()))
	default:
		panic(fmt.Sprintf("no other value of %v is known here", v.Type()))
	}
	return made
}

// another is one more element for a slice: the first again, which need not exist on
// its own but as often as it is listed.
func another(slice reflect.Value) reflect.Value {
	if slice.Len() > 0 {
		return slice.Index(0)
	}
	return reflect.New(slice.Type().Elem()).Elem()
}

// clone copies v so that key may change what it gets.
func clone(v reflect.Value) reflect.Value {
	made := reflect.New(v.Type()).Elem()
	made.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				made.Field(i).Set(clone(v.Field(i)))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			made.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				made.Index(i).Set(clone(v.Index(i)))
			}
		}
	}
	return made
}
