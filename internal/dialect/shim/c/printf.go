package c

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// C's varargs cannot be passed without a C compiler, so the printf family formats
// here (C17 7.21.6.1, plus the flag ' which is read and ignored).

// directive is one conversion, "%-08.3ld".
type directive struct {
	minus, plus, space, alt, zero bool
	width                         int
	precision                     int    // -1 if not given
	length                        string // hh h l ll q j z t L
	verb                          byte
}

// printer reads a format and the arguments for it.
type printer struct {
	format string
	args   []any
	out    bytes.Buffer
}

func formatC(format *Char, args []any) []byte {
	p := &printer{format: GoString(format), args: args}
	for p.format != "" {
		i := strings.IndexByte(p.format, '%')
		if i < 0 {
			p.out.WriteString(p.format)
			break
		}
		p.out.WriteString(p.format[:i])
		p.format = p.format[i+1:]
		p.convert(p.directive())
	}
	return p.out.Bytes()
}

// directive reads what follows a percent sign.
func (p *printer) directive() directive {
	d := directive{precision: -1}
	for p.flag(&d) {
	}
	d.width = p.number()
	if d.width < 0 { // from an argument
		d.minus, d.width = true, -d.width
	}
	if strings.HasPrefix(p.format, ".") {
		p.format = p.format[1:]
		d.precision = p.number()
	}
	n := 0
	for n < len(p.format) && strings.IndexByte("hlqjztL", p.format[n]) >= 0 {
		n++
	}
	d.length, p.format = p.format[:n], p.format[n:]
	if p.format != "" {
		d.verb, p.format = p.format[0], p.format[1:]
	}
	return d
}

// flag reads one flag, if there is one.
func (p *printer) flag(d *directive) bool {
	if p.format == "" {
		return false
	}
	switch p.format[0] {
	case '-':
		d.minus = true
	case '+':
		d.plus = true
	case ' ':
		d.space = true
	case '#':
		d.alt = true
	case '0':
		d.zero = true
	case '\'':
	default:
		return false
	}
	p.format = p.format[1:]
	return true
}

// number reads a width or precision: digits, or * for an argument; 0 if neither.
func (p *printer) number() int {
	if strings.HasPrefix(p.format, "*") {
		p.format = p.format[1:]
		return int(int32(integerOf(p.next())))
	}
	n := 0
	for n < len(p.format) && p.format[n] >= '0' && p.format[n] <= '9' {
		n++
	}
	v, _ := strconv.Atoi(p.format[:n])
	p.format = p.format[n:]
	return v
}

// next takes an argument; where C would read beyond the list, it is nil.
func (p *printer) next() any {
	if len(p.args) == 0 {
		return nil
	}
	v := p.args[0]
	p.args = p.args[1:]
	return v
}

func (p *printer) convert(d directive) {
	switch d.verb {
	case '%':
		p.out.WriteByte('%')
	case 'd', 'i':
		p.signed(d, signedOf(p.next(), d.length))
	case 'u', 'o', 'x', 'X':
		p.unsigned(d, unsignedOf(p.next(), d.length))
	case 'c':
		d.zero = false
		p.pad(d, "", string([]byte{byte(integerOf(p.next()))}))
	case 's':
		d.zero = false
		p.pad(d, "", stringOf(p.next(), d.precision))
	case 'p':
		p.pointer(d, uint64(pointerOf(p.next())))
	case 'f', 'F', 'e', 'E', 'g', 'G', 'a', 'A':
		p.float(d, floatOf(p.next()))
	case 'n':
		p.store(d)
	default: // undefined in C; show it
		p.out.WriteByte('%')
		p.out.WriteString(d.length)
		if d.verb != 0 {
			p.out.WriteByte(d.verb)
		}
	}
}

// pad writes prefix and body in the field: the zeros of flag 0 go between the two.
func (p *printer) pad(d directive, prefix, body string) {
	fill := d.width - len(prefix) - len(body)
	if fill < 0 {
		fill = 0
	}
	switch {
	case d.minus:
		p.out.WriteString(prefix + body + strings.Repeat(" ", fill))
	case d.zero:
		p.out.WriteString(prefix + strings.Repeat("0", fill) + body)
	default:
		p.out.WriteString(strings.Repeat(" ", fill) + prefix + body)
	}
}

// sign is the prefix of a number.
func (d directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// digits applies the precision of an integer: at least so many digits, no zero
// flag, and no digit at all for 0 with precision 0.
func (d *directive) digits(s string) string {
	if d.precision < 0 {
		return s
	}
	d.zero = false
	if s == "0" && d.precision == 0 {
		return ""
	}
	if missing := d.precision - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	return s
}

func (p *printer) signed(d directive, v int64) {
	magnitude := uint64(v)
	if v < 0 {
		magnitude = -magnitude
	}
	body := d.digits(strconv.FormatUint(magnitude, 10))
	p.pad(d, d.sign(v < 0), body)
}

func (p *printer) unsigned(d directive, v uint64) {
	switch d.verb {
	case 'u':
		p.pad(d, "", d.digits(strconv.FormatUint(v, 10)))
	case 'o':
		body := d.digits(strconv.FormatUint(v, 8))
		if d.alt && !strings.HasPrefix(body, "0") {
			body = "0" + body
		}
		p.pad(d, "", body)
	default:
		prefix, body := "", d.digits(strconv.FormatUint(v, 16))
		if d.alt && v != 0 {
			prefix = "0x"
		}
		if d.verb == 'X' {
			prefix, body = strings.ToUpper(prefix), strings.ToUpper(body)
		}
		p.pad(d, prefix, body)
	}
}

func (p *printer) pointer(d directive, v uint64) {
	d.zero = false
	if v == 0 {
		p.pad(d, "", nilPointer)
		return
	}
	p.pad(d, "", "0x"+strconv.FormatUint(v, 16))
}

// store is %n: the number of bytes so far goes to where the argument points.
func (p *printer) store(d directive) {
	n := p.out.Len()
	switch q := pointer(pointerOf(p.next())); {
	case q == nil:
	case d.length == "hh":
		*(*int8)(q) = int8(n)
	case d.length == "h":
		*(*int16)(q) = int16(n)
	case d.length == "":
		*(*int32)(q) = int32(n)
	default:
		*(*int64)(q) = int64(n)
	}
}

// integerOf reads an integer argument of any Go type, sign-extended.
func integerOf(v any) uint64 {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0
	case r.CanInt():
		return uint64(r.Int())
	case r.CanUint():
		return r.Uint()
	case r.CanFloat():
		return uint64(int64(r.Float()))
	case r.Kind() == reflect.Bool && r.Bool():
		return 1
	}
	return uint64(pointerOf(v))
}

// signedOf cuts an argument to the size that the length modifier says.
func signedOf(v any, length string) int64 {
	n := integerOf(v)
	switch length {
	case "hh":
		return int64(int8(n))
	case "h":
		return int64(int16(n))
	case "":
		return int64(int32(n))
	}
	return int64(n)
}

func unsignedOf(v any, length string) uint64 {
	n := integerOf(v)
	switch length {
	case "hh":
		return uint64(uint8(n))
	case "h":
		return uint64(uint16(n))
	case "":
		return uint64(uint32(n))
	}
	return n
}

func pointerOf(v any) uintptr {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Func, reflect.Map, reflect.Chan, reflect.Slice:
		return r.Pointer()
	case reflect.Uintptr:
		return uintptr(r.Uint())
	}
	return 0
}

// stringOf reads a C string of at most precision bytes (-1: to the NUL), or a Go
// string.
func stringOf(v any, precision int) string {
	if s, ok := v.(string); ok {
		if precision >= 0 && precision < len(s) {
			s = s[:precision]
		}
		return s
	}
	p := (*Char)(pointer(pointerOf(v)))
	if p == nil {
		// As glibc does: all of it or, if it would not fit, nothing.
		if precision >= 0 && precision < len("(null)") {
			return ""
		}
		return "(null)"
	}
	limit := ^uintptr(0)
	if precision >= 0 {
		limit = uintptr(precision)
	}
	return string(unsafe.Slice((*byte)(unsafe.Pointer(p)), strnlen(p, limit)))
}

func floatOf(v any) float64 {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0
	case r.CanFloat():
		return r.Float()
	case r.CanInt():
		return float64(r.Int())
	case r.CanUint():
		return float64(r.Uint())
	}
	return math.NaN()
}
