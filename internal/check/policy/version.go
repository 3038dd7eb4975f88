package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Version is a dotted one: 2.17 is {2, 17}. Missing parts are zero.
type Version []int

// ParseVersion reads "2.17".
func ParseVersion(s string) (Version, error) {
	var v Version
	for _, part := range strings.Split(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("not a version: %q", s)
		}
		v = append(v, int(n))
	}
	return v, nil
}

func (v Version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// Less compares part by part.
func (v Version) Less(w Version) bool {
	n := max(len(v), len(w))
	return slices.Compare(v.pad(n), w.pad(n)) < 0
}

func (v Version) pad(n int) Version {
	return append(slices.Clone(v), make(Version, n-len(v))...)
}

// part returns one of the parts.
func (v Version) part(i int) int {
	if i < len(v) {
		return v[i]
	}
	return 0
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Version) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	var err error
	*v, err = ParseVersion(s)
	return err
}
