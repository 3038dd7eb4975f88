package facts

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// rank is the order in which readers are believed where they differ. Go's come first:
// they are the strictest.
var rank = []Reader{DebugELF, DebugMachO, PyELFTools, MachOLib, Lief}

// merge makes one binary of what its readers say.
func merge(found []reading) *Binary {
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b reading) int {
		return cmp.Compare(slices.Index(rank, a.reader), slices.Index(rank, b.reader))
	})
	b := &Binary{}
	var good []reading
	for _, one := range found {
		if one.err != "" {
			b.Failures = append(b.Failures, Failure{one.reader, oneLine(one.err)})
			continue
		}
		good = append(good, one)
		b.Readers = append(b.Readers, one.reader)
	}
	if len(good) == 0 {
		return b
	}
	b.Images = good[0].images
	if !sameArches(good) {
		d := Disagreement{Field: "images"}
		for _, one := range good {
			d.Values = append(d.Values, ReaderValue{one.reader, arches(one.images)})
		}
		b.Disagreements = append(b.Disagreements, d)
		return b
	}
	for i := range b.Images {
		b.Disagreements = append(b.Disagreements, compareImages(good, i)...)
	}
	return b
}

func sameArches(found []reading) bool {
	return !slices.ContainsFunc(found, func(one reading) bool { return arches(one.images) != arches(found[0].images) })
}

func arches(images []Image) string {
	var names []string
	for i := range images {
		names = append(names, images[i].Format+" "+images[i].Arch)
	}
	return strings.Join(names, ", ")
}

// compareImages compares image number i of all readings, field by field.
func compareImages(found []reading, i int) (all []Disagreement) {
	first := reflect.ValueOf(found[0].images[i])
	for n := range first.NumField() {
		values := make([]reflect.Value, len(found))
		same := true
		for at := range found {
			values[at] = reflect.ValueOf(found[at].images[i]).Field(n)
			same = same && equal(values[0], values[at])
		}
		if same {
			continue
		}
		d := Disagreement{Arch: found[0].images[i].Arch, Field: first.Type().Field(n).Tag.Get("json")}
		for at, one := range found {
			d.Values = append(d.Values, ReaderValue{one.reader, show(values, at)})
		}
		all = append(all, d)
	}
	return all
}

// equal compares two values of a field; no list is an empty one.
func equal(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// shown is how many elements of a list are shown that others do not have.
const shown = 3

// show writes the value of one reader: of a list, what not all the others have too.
func show(values []reflect.Value, at int) string {
	if values[at].Kind() != reflect.Slice {
		return oneLine(fmt.Sprint(values[at]))
	}
	mine := elements(values[at])
	var own []string
	for text, n := range mine {
		for i := range values {
			if i != at && elements(values[i])[text] < n {
				own = append(own, text)
				break
			}
		}
	}
	slices.Sort(own)
	text := fmt.Sprintf("%d in all", values[at].Len())
	if len(own) == 0 {
		return text
	}
	if len(own) > shown {
		own = append(own[:shown], "…")
	}
	return oneLine(text + ", alone with " + strings.Join(own, ", "))
}

// elements counts the elements of a list by how they look.
func elements(list reflect.Value) map[string]int {
	counts := map[string]int{}
	for i := range list.Len() {
		counts[describe(list.Index(i).Interface())]++
	}
	return counts
}

// describe writes an element of a list.
func describe(v any) string {
	switch v := v.(type) {
	case Symbol:
		text := v.Name
		if v.Version != "" {
			at := "@@"
			if v.Hidden || v.Library != "" {
				at = "@"
			}
			text += at + v.Version
		}
		if v.Library != "" {
			text += " from " + v.Library
		}
		if v.Weak {
			text += " (weak)"
		}
		return text
	case Version:
		text := v.Name + " of " + v.Library
		if v.Weak {
			text += " (weak)"
		}
		return text
	}
	return fmt.Sprintf("%q", v)
}

// oneLine makes a text from anywhere fit for a line.
func oneLine(text string) string {
	const longest = 300
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}
