package c

import (
	"math"
	"strconv"
	"strings"
)

// float writes f F e E g G a A. Go's strconv rounds correctly, as glibc does; what
// differs is the form of exponents and of %g, and that is done here.
func (p *printer) float(d directive, v float64) {
	upper := d.verb >= 'A' && d.verb <= 'Z'
	prefix, body := d.sign(math.Signbit(v)), ""
	switch magnitude := math.Abs(v); {
	case math.IsNaN(v):
		body, d.zero = "nan", false
	case math.IsInf(v, 0):
		body, d.zero = "inf", false
	case d.verb == 'a' || d.verb == 'A':
		prefix += "0x"
		body = d.hex(magnitude)
	case d.verb == 'f' || d.verb == 'F':
		body = d.fixed(magnitude, d.orSix())
	case d.verb == 'e' || d.verb == 'E':
		body = d.exponential(magnitude, d.orSix())
	default:
		body = d.general(magnitude)
	}
	if upper {
		prefix, body = strings.ToUpper(prefix), strings.ToUpper(body)
	}
	p.pad(d, prefix, body)
}

// orSix is the precision, 6 if none is given.
func (d directive) orSix() int {
	if d.precision < 0 {
		return 6
	}
	return d.precision
}

func (d directive) fixed(v float64, precision int) string {
	s := strconv.FormatFloat(v, 'f', precision, 64)
	if precision == 0 && d.alt {
		s += "."
	}
	return s
}

func (d directive) exponential(v float64, precision int) string {
	s := strconv.FormatFloat(v, 'e', precision, 64)
	if precision == 0 && d.alt {
		s = strings.Replace(s, "e", ".e", 1)
	}
	return s
}

// general is %g: the form of %e if the exponent is below -4 or not below the
// precision, else that of %f, without trailing zeros unless the flag # says so.
func (d directive) general(v float64) string {
	precision := d.orSix()
	if precision == 0 {
		precision = 1
	}
	s := strconv.FormatFloat(v, 'e', precision-1, 64)
	e := strings.IndexByte(s, 'e')
	exponent, _ := strconv.Atoi(s[e+1:])
	tail := s[e:]
	if exponent < -4 || exponent >= precision {
		s = s[:e]
	} else {
		s, tail = strconv.FormatFloat(v, 'f', precision-1-exponent, 64), ""
	}
	switch hasPoint := strings.Contains(s, "."); {
	case d.alt && !hasPoint:
		s += "."
	case !d.alt && hasPoint:
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s + tail
}

// hex is %a without the 0x: C writes an exponent without leading zeros.
func (d directive) hex(v float64) string {
	s := strings.TrimPrefix(strconv.FormatFloat(v, 'x', d.precision, 64), "0x")
	p := strings.IndexByte(s, 'p')
	mantissa, sign, exponent := s[:p], s[p+1:p+2], strings.TrimLeft(s[p+2:], "0")
	if exponent == "" {
		exponent = "0"
	}
	if d.alt && !strings.Contains(mantissa, ".") {
		mantissa += "."
	}
	return mantissa + "p" + sign + exponent
}
