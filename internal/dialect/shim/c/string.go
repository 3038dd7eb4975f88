package c

import (
	"bytes"
	"reflect"
	"sync"
	"unsafe"
)

// literals holds what Str has returned. Upstream's takes constants only and puts
// them into the data of the program: one pointer per literal, for good.
var literals sync.Map // string → *Char

// Str returns a Go string literal as a C string, which stays valid for good: C code
// may keep it. For text made at run time use AllocaCStr or Strdup.
func Str(s string) *Char {
	if p, ok := literals.Load(s); ok {
		return p.(*Char)
	}
	p, _ := literals.LoadOrStore(s, AllocaCStr(s))
	return p.(*Char)
}

// AllocaCStr returns a copy of s as a C string. It is memory of Go, as with Alloca.
func AllocaCStr(s string) *Char {
	b := make([]byte, len(s)+1)
	copy(b, s)
	return (*Char)(unsafe.Pointer(&b[0]))
}

// AllocaCStrs returns a copy of strs as an array of C strings, with a nil at the end
// if wanted. It is memory of Go, and the array keeps its strings.
func AllocaCStrs(strs []string, endWithNil bool) **Char {
	list := make([]*Char, len(strs)+1)
	for i, s := range strs {
		list[i] = AllocaCStr(s)
	}
	return &list[0]
}

// GoString copies a C string, or, with a second argument, that many bytes; nil
// gives "".
func GoString(cstr *Char, __llgo_va_list /* n */ ...any) string {
	if cstr == nil {
		return ""
	}
	n := Strlen(cstr)
	if len(__llgo_va_list) > 0 {
		n = count(__llgo_va_list[0])
	}
	return string(region(Pointer(cstr), n))
}

// count reads a length of any integer type.
func count(v any) uintptr {
	r := reflect.ValueOf(v)
	if r.CanUint() {
		return uintptr(r.Uint())
	}
	return uintptr(r.Int())
}

// GoStringData returns the bytes of s. They are not NUL-terminated.
func GoStringData(s string) *Char { return (*Char)(unsafe.Pointer(unsafe.StringData(s))) }

// Strlen returns the number of bytes before the NUL.
func Strlen(s *Char) uintptr {
	n := uintptr(0)
	for *at(s, n) != 0 {
		n++
	}
	return n
}

// strnlen is Strlen for a string that may end after limit bytes without a NUL.
func strnlen(s *Char, limit uintptr) uintptr {
	n := uintptr(0)
	for n < limit && *at(s, n) != 0 {
		n++
	}
	return n
}

func at(s *Char, i uintptr) *Char { return (*Char)(unsafe.Add(unsafe.Pointer(s), i)) }

// text is the bytes of a C string without the NUL.
func text(s *Char) []byte { return region(Pointer(s), Strlen(s)) }

// Strcpy copies src with its NUL to dst and returns dst.
func Strcpy(dst, src *Char) *Char {
	Memmove(Pointer(dst), Pointer(src), Strlen(src)+1)
	return dst
}

// Strncpy copies at most n bytes and fills the rest of n with NUL.
func Strncpy(dst, src *Char, n uintptr) *Char {
	length := strnlen(src, n)
	Memmove(Pointer(dst), Pointer(src), length)
	Memset(Pointer(at(dst, length)), 0, n-length)
	return dst
}

// Strcat appends src to dst and returns dst.
func Strcat(dst, src *Char) *Char {
	Strcpy(at(dst, Strlen(dst)), src)
	return dst
}

// Strncat appends at most n bytes of src and a NUL to dst and returns dst.
func Strncat(dst, src *Char, n uintptr) *Char {
	end, length := at(dst, Strlen(dst)), strnlen(src, n)
	Memmove(Pointer(end), Pointer(src), length)
	*at(end, length) = 0
	return dst
}

// Strcmp compares two strings by byte; the result is negative, 0 or positive.
func Strcmp(s1, s2 *Char) Int { return Int(bytes.Compare(text(s1), text(s2))) }

// Strncmp is Strcmp for at most n bytes.
func Strncmp(s1, s2 *Char, n uintptr) Int {
	return Int(bytes.Compare(region(Pointer(s1), strnlen(s1, n)), region(Pointer(s2), strnlen(s2, n))))
}

// find is s moved to index i, or nil if i is negative.
func find(s *Char, i int) *Char {
	if i < 0 {
		return nil
	}
	return at(s, uintptr(i))
}

// Strchr returns a pointer to the first c in s, or nil; the NUL counts.
func Strchr(s *Char, c Int) *Char {
	return find(s, bytes.IndexByte(region(Pointer(s), Strlen(s)+1), byte(c)))
}

// Strrchr returns a pointer to the last c in s, or nil; the NUL counts.
func Strrchr(s *Char, c Int) *Char {
	return find(s, bytes.LastIndexByte(region(Pointer(s), Strlen(s)+1), byte(c)))
}

// Strstr returns a pointer to the first s2 in s1, or nil.
func Strstr(s1, s2 *Char) *Char { return find(s1, bytes.Index(text(s1), text(s2))) }

// Strdup returns a copy of s in memory of Malloc.
func Strdup(s *Char) *Char { return Strndup(s, Strlen(s)) }

// Strndup returns a copy of at most n bytes of s in memory of Malloc.
func Strndup(s *Char, n uintptr) *Char {
	length := strnlen(s, n)
	p := (*Char)(Malloc(length + 1))
	if p != nil {
		Memmove(Pointer(p), Pointer(s), length)
		*at(p, length) = 0
	}
	return p
}

var (
	strtok   = function{name: "strtok"}
	strerror = function{name: "strerror"}
)

// Strtok returns the next token of s and writes a NUL behind it; nil continues with
// the string of the call before. The C library keeps the place, for all goroutines.
func Strtok(s, delim *Char) *Char {
	return char(strtok.call(uintptr(unsafe.Pointer(s)), uintptr(unsafe.Pointer(delim))))
}

// Strerror returns the C library's text for an error number.
func Strerror(errnum Int) *Char { return char(strerror.call(uintptr(errnum))) }

// Atoi reads a decimal integer after white space; 0 if there is none.
func Atoi(s *Char) Int {
	b := bytes.TrimLeft(text(s), " \t\n\v\f\r")
	negative := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	n := Int(0)
	for _, d := range b {
		if d < '0' || d > '9' {
			break
		}
		n = n*10 + Int(d-'0')
	}
	if negative {
		return -n
	}
	return n
}
