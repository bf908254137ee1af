package transform

import (
	"errors"

	"graphlake/schemas"
	"graphlake/transform/jsonpull"
)

var errFraction = errors.New("more digits after the point than are kept")

// parseDecimal reads a number, as JSON writes it, as a whole count of its smallest unit. What is not
// exactly a DECIMAL of our precision and scale is an error; zeros at the end do not count.
func parseDecimal(number []byte) (int64, error) {
	var digits decimalDigits
	b := number
	if b[0] == '-' {
		b = b[1:]
	}
	point := false
	for i, c := range b {
		switch {
		case c == '.':
			point = true
		case c|0x20 == 'e':
			digits.exponent += exponent(b[i+1:])
			return digits.value(number[0] == '-')
		default:
			digits.add(int64(c - '0'))
			if point {
				digits.exponent--
			}
		}
	}
	return digits.value(number[0] == '-')
}

// decimalDigits is the number significant × 10^(zeros + exponent).
type decimalDigits struct {
	significant int64 // up to the last digit that is not zero
	count       int   // of digits in significant
	zeros       int   // after them
	exponent    int
	over        bool
}

func (d *decimalDigits) add(digit int64) {
	if digit == 0 {
		if d.count > 0 {
			d.zeros++
		}
		return
	}
	places := d.zeros + 1
	d.zeros = 0
	if d.count += places; d.count > schemas.DecimalPrecision {
		d.over = true
		return
	}
	d.significant = d.significant*power(places) + digit
}

func (d *decimalDigits) value(negative bool) (int64, error) {
	shift := d.zeros + d.exponent + schemas.DecimalScale
	switch {
	case d.count == 0:
		return 0, nil
	case d.count+shift > schemas.DecimalPrecision:
		return 0, jsonpull.ErrRange
	case d.over || shift < 0:
		return 0, errFraction
	}
	if negative {
		return -d.significant * power(shift), nil
	}
	return d.significant * power(shift), nil
}

// exponent reads an exponent; one beyond all use is cut short.
func exponent(b []byte) int {
	negative := b[0] == '-'
	if negative || b[0] == '+' {
		b = b[1:]
	}
	n := 0
	for _, c := range b {
		n = min(n*10+int(c-'0'), 1_000_000_000)
	}
	if negative {
		return -n
	}
	return n
}

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
