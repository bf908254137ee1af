package json

import (
	"errors"
	"math"
	"strconv"
)

// Errors of numbers.
var (
	ErrNotInteger = errors.New("not an integer")
	ErrRange      = errors.New("out of range")
)

// number passes over a number; the scanner stands on its first byte.
func (s *Scanner) number() error {
	n, ok := numberLen(s.data[s.pos:])
	s.pos += n
	if !ok {
		return s.want("a digit")
	}
	return nil
}

// IsNumber reports whether the whole text is a number as JSON writes it.
func IsNumber(text []byte) bool {
	n, ok := numberLen(text)
	return ok && n == len(text)
}

// numberLen is how far the number goes that b begins with; if it breaks off, how far it was good.
func numberLen(b []byte) (n int, ok bool) {
	if n < len(b) && b[n] == '-' {
		n++
	}
	whole := digits(b[n:])
	if whole == 0 {
		return n, false
	}
	if b[n] == '0' {
		whole = 1 // what follows a leading zero is no longer the number
	}
	n += whole
	if n < len(b) && b[n] == '.' {
		fraction := digits(b[n+1:])
		n += 1 + fraction
		if fraction == 0 {
			return n, false
		}
	}
	if n < len(b) && b[n]|0x20 == 'e' {
		n++
		if n < len(b) && (b[n] == '+' || b[n] == '-') {
			n++
		}
		exponent := digits(b[n:])
		n += exponent
		if exponent == 0 {
			return n, false
		}
	}
	return n, true
}

func digits(b []byte) int {
	for i, c := range b {
		if c-'0' > 9 {
			return i
		}
	}
	return len(b)
}

// ParseInt is the value of a number that is an integer, however it is written: 1000, 1e3 or 1000.0.
func ParseInt(number []byte) (int64, error) {
	n := number
	if len(n) > 0 && n[0] == '-' {
		n = n[1:]
	}
	if len(n) > 18 || digits(n) < len(n) {
		i, whole, err := ParseScaled(number, 0)
		if err == nil && !whole {
			err = ErrNotInteger
		}
		return i, err
	}
	var i int64
	for _, c := range n {
		i = i*10 + int64(c-'0')
	}
	if len(n) < len(number) {
		return -i, nil
	}
	return i, nil
}

// ParseFloat is the float64 that is nearest to a number.
func ParseFloat(number []byte) (float64, error) {
	mantissa, scale, simple := short(number)
	if !simple {
		f, err := strconv.ParseFloat(string(number), 64)
		if err != nil {
			return 0, ErrRange
		}
		return f, nil
	}
	f := float64(mantissa) / tens[scale]
	if number[0] == '-' {
		f = math.Copysign(f, -1)
	}
	return f, nil
}

var tens = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short reads a number of at most 15 digits and no exponent as mantissa / 10^scale. Both are then
// exact as float64, so that one division gives the nearest value.
func short(number []byte) (mantissa uint64, scale int, ok bool) {
	point := -1
	for i, c := range number {
		switch {
		case c-'0' <= 9:
			mantissa = mantissa*10 + uint64(c-'0')
		case c == '.':
			point = i
		case c == '-':
		default:
			return 0, 0, false
		}
	}
	if point >= 0 {
		scale = len(number) - point - 1
	}
	return mantissa, scale, len(number) <= 15
}
