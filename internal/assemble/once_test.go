package assemble

import (
	"reflect"
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/kept/kepttest"
)

// Whatever can be set is part of a build's key: every setting there is, every flag of the
// go command, and what else a build depends on.
func TestBuildKeys(t *testing.T) {
	key := func(in inputs) string {
		k, err := in.key()
		if err != nil {
			t.Fatal(err)
		}
		return string(k[:])
	}
	set := &config.Settings{}
	lists := reflect.ValueOf(set).Elem()
	for i := range lists.NumField() {
		if f := lists.Field(i); f.Kind() == reflect.Slice { // so that what is in lists is looked at
			f.Set(reflect.ValueOf(config.List{{Value: "a"}}))
		}
	}
	kepttest.EveryFieldCounts(t, inputs{Settings: set, Sources: []byte{1}, Tool: []byte{1}, Patterns: []string{"."}}, key)
}

// TestOptionsAreInputs: an option of a build that is added later is an input, too, or
// belongs to this list of those that no result depends on.
func TestOptionsAreInputs(t *testing.T) {
	harmless := []string{
		"Given", // becomes Settings
		"Env",   // reaches the go command, whose settings are an input
		"Reporter", "Stdout", "Stderr",
	}
	in := reflect.TypeFor[inputs]()
	for _, option := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		_, ok := in.FieldByName(option.Name)
		if ok == slices.Contains(harmless, option.Name) {
			t.Errorf("option %s is part of the key: %v", option.Name, ok)
		}
	}
}
