package json

import "math"

// ParseScaled is a number × 10^scale, rounded half away from zero, and whether it was a whole number before.
// The number is written as JSON writes one, in whatever spelling.
func ParseScaled(number []byte, scale int) (value int64, whole bool, err error) {
	b := number
	negative := b[0] == '-'
	if negative {
		b = b[1:]
	}
	point, end, place := -1, len(b), 0
	for i, c := range b {
		if c == '.' {
			point = i
		} else if c|0x20 == 'e' {
			end, place = i, exponent(b[i+1:])
			break
		}
	}
	if point < 0 {
		place += end + scale
	} else {
		place += point + scale
	}
	// The digit in front stands for tens of the result to the power of place.
	var sum uint64
	whole = true
	for i := range end {
		if i == point {
			continue
		}
		digit := uint64(b[i] - '0')
		switch place--; {
		case place >= 0 && sum > math.MaxInt64/10:
			return 0, false, ErrRange
		case place >= 0:
			sum = sum*10 + digit
		case digit > 0:
			if whole = false; place == -1 && digit >= 5 {
				sum++
			}
		}
	}
	for ; place > 0 && sum > 0; place-- {
		if sum > math.MaxInt64/10 {
			return 0, false, ErrRange
		}
		sum *= 10
	}
	switch {
	case negative && sum <= 1<<63:
		return -int64(sum), whole, nil
	case !negative && sum <= math.MaxInt64:
		return int64(sum), whole, nil
	}
	return 0, false, ErrRange
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
