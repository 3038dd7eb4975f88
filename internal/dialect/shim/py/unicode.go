package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/unicode.html

var (
	symUnicodeFromString        = bootstrap.Sym{Name: "PyUnicode_FromString"}
	symUnicodeFromStringAndSize = bootstrap.Sym{Name: "PyUnicode_FromStringAndSize"}
	symUnicodeAsUTF8AndSize     = bootstrap.Sym{Name: "PyUnicode_AsUTF8AndSize"}
	symUnicodeAsUTF8            = bootstrap.Sym{Name: "PyUnicode_AsUTF8"}
)

// Str returns a str object for UTF-8 text.
func Str(s string) *Object { return FromGoString(s) }

// FromCStr returns a str object for a C string in UTF-8.
func FromCStr(str *c.Char) *Object {
	return object(symUnicodeFromString.CallGo(uintptr(unsafe.Pointer(str))))
}

// FromCStrAndLen returns a str object for n bytes of UTF-8.
func FromCStrAndLen(str *c.Char, n int) *Object {
	return object(symUnicodeFromStringAndSize.CallGo(uintptr(unsafe.Pointer(str)), uintptr(n)))
}

// FromGoString returns a str object for UTF-8 text.
func FromGoString(s string) *Object {
	return object(symUnicodeFromStringAndSize.CallGo(uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s))))
}

// CStrAndLen returns the UTF-8 form of a str object, NUL-terminated, and its length
// in bytes. The memory belongs to u and lives as long as u does. On failure nil,
// with an exception.
func (u *Object) CStrAndLen() (*c.Char, uintptr) {
	if !present(u) {
		return nil, 0
	}
	var size uintptr
	p := symUnicodeAsUTF8AndSize.CallGo(ref(u), uintptr(unsafe.Pointer(&size)))
	return (*c.Char)(bootstrap.Pointer(p)), size
}

// CStr is CStrAndLen without the length.
func (u *Object) CStr() *c.Char {
	if !present(u) {
		return nil
	}
	return (*c.Char)(bootstrap.Pointer(symUnicodeAsUTF8.Call(ref(u))))
}

// Cstr is CStr, under a second name for Go+.
func (u *Object) Cstr() *c.Char { return u.CStr() }
