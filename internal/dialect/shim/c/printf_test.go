package c

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// libcFormat formats with the C library, all arguments being 64-bit words.
func libcFormat(format string, args ...uint64) string {
	buf := (*Char)(Malloc(4096))
	defer Free(Pointer(buf))
	n := Vsnprintf(buf, 4096, AllocaCStr(format), vaList(append(args, 0)))
	return GoString(buf, n)
}

// directives makes every combination of flags, widths, precisions and verbs.
func directives(verbs []string, f func(string)) {
	for _, flags := range []string{"", "-", "+", " ", "#", "0", "-+", "+0", " 0", "#0", "#-", "- #+0"} {
		for _, width := range []string{"", "1", "12"} {
			for _, precision := range []string{"", ".", ".0", ".1", ".7", ".15"} {
				for _, verb := range verbs {
					f("%" + flags + width + precision + verb)
				}
			}
		}
	}
}

// TestIntegersLikeLibc compares with the C library, which is the specification.
func TestIntegersLikeLibc(t *testing.T) {
	verbs := []string{"d", "i", "u", "o", "x", "X", "hhd", "hd", "ld", "lld", "zu", "jx", "tX", "hhu", "hu", "lu", "llo"}
	values := []int64{0, 1, -1, 8, 255, 256, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64}
	directives(verbs, func(format string) {
		for _, v := range values {
			got, want := string(formatC(AllocaCStr(format), []any{v})), libcFormat(format, uint64(v))
			if got != want {
				t.Errorf("%s of %d: %q, libc %q", format, v, got, want)
			}
		}
	})
}

func TestFloatsLikeLibc(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1.5, 2.5, 99.5, 123456, 1234567, 0.0001, 0.00001234,
		1e15, 1e16, 1e100, -1e-100, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Pi, math.Inf(1), math.Inf(-1), math.NaN()}
	directives([]string{"f", "F", "e", "E", "g", "G"}, func(format string) {
		for _, v := range values {
			got, want := string(formatC(AllocaCStr(format), []any{v})), libcFormat(format, math.Float64bits(v))
			if got != want {
				t.Errorf("%s of %v: %q, libc %q", format, v, got, want)
			}
		}
	})
}

// TestHexFloats leaves out subnormals, and rounding up to a leading 2 (1.5 with no
// digits): C leaves the leading digit to the library, 0x2p+0 and 0x1p+1 are right.
func TestHexFloats(t *testing.T) {
	directives([]string{"a", "A"}, func(format string) {
		for _, v := range []float64{0, 1, -1.5, 0.1, math.Pi, 1e100, 1e-300, math.Inf(-1)} {
			got, want := string(formatC(AllocaCStr(format), []any{v})), libcFormat(format, math.Float64bits(v))
			if got != want && !sameHex(got, want) {
				t.Errorf("%s of %v: %q, libc %q", format, v, got, want)
			}
		}
	})
}

// sameHex reports whether two texts of equal length have the same value.
func sameHex(a, b string) bool {
	x, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	return len(a) == len(b) && err1 == nil && err2 == nil && x == y
}

func TestStringsLikeLibc(t *testing.T) {
	s := Str("hello, world")
	for _, flags := range []string{"", "-", "-3", "5", "20", "-20", ".3", "8.3", "-8.3", ".0", ".100"} {
		for _, verb := range []string{"s", "p", "c"} {
			if verb != "s" && strings.Contains(flags, ".") {
				continue // undefined
			}
			format := "<%" + flags + verb + ">"
			got, want := string(formatC(AllocaCStr(format), []any{s})), libcFormat(format, uint64(uintptr(unsafe.Pointer(s))))
			if got != want {
				t.Errorf("%s: %q, libc %q", format, got, want)
			}
		}
	}
	for _, format := range []string{"%s", "%p", "%10p", "%.3s", "%%", "100%%"} {
		got, want := string(formatC(AllocaCStr(format), []any{nil})), libcFormat(format, 0)
		if got != want {
			t.Errorf("%s of nil: %q, libc %q", format, got, want)
		}
	}
}

func TestStarsLikeLibc(t *testing.T) {
	for _, a := range [][]int64{{8, 3, 42}, {-8, 3, 42}, {8, -1, 42}, {0, 0, 0}} {
		got := string(formatC(Str("<%*.*d>"), []any{int32(a[0]), a[1], int(a[2])}))
		want := libcFormat("<%*.*d>", uint64(a[0]), uint64(a[1]), uint64(a[2]))
		if got != want {
			t.Errorf("%v: %q, libc %q", a, got, want)
		}
	}
}

// TestGoValues covers what only Go can pass.
func TestGoValues(t *testing.T) {
	type celsius float32
	for _, test := range []struct {
		format string
		args   []any
		want   string
	}{
		{"%d %u", []any{int8(-3), uint16(7)}, "-3 7"},
		{"%s|%.2s", []any{"go string", "cut"}, "go string|cu"},
		{"%f", []any{celsius(1.5)}, "1.500000"},
		{"%d", []any{true}, "1"},
		{"%g", []any{3}, "3"},
		{"%d %d", []any{1}, "1 0"}, // too few: C would read what is not there
		{"%", nil, "%"},
		{"%y", nil, "%y"},
		{"no directive", []any{1}, "no directive"},
	} {
		if got := string(formatC(AllocaCStr(test.format), test.args)); got != test.want {
			t.Errorf("%s: %q, want %q", test.format, got, test.want)
		}
	}
}

func TestStoreCount(t *testing.T) {
	var n int32
	var long int64
	var short int16
	var char int8
	formatC(Str("12%n345%ln6%hn7%hhn"), []any{&n, &long, &short, &char})
	if got := fmt.Sprint(n, long, short, char); got != "2 5 6 7" {
		t.Errorf("%%n stored %s", got)
	}
}

func TestSprintf(t *testing.T) {
	buf := (*Char)(Alloca(16))
	if n := Sprintf(buf, Str("%d-%s"), 12, Str("x")); n != 4 || GoString(buf) != "12-x" {
		t.Errorf("Sprintf: %d, %q", n, GoString(buf))
	}
	if n := Snprintf(buf, 4, Str("%s"), Str("abcdef")); n != 6 || GoString(buf) != "abc" {
		t.Errorf("Snprintf: %d, %q", n, GoString(buf))
	}
	if n := Snprintf(nil, 0, Str("%s"), Str("abcdef")); n != 6 {
		t.Errorf("Snprintf without memory: %d", n)
	}
}
