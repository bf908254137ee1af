package transform

import (
	"math"
	"slices"
)

const (
	notDuration = "want an ISO 8601 duration in weeks, days, hours, minutes and seconds"
	tooLong     = "a duration that is too long to count milliseconds"
)

// durationMillis is an ISO 8601 duration as milliseconds; half a millisecond is rounded up, away from
// zero. Years and months are refused: they have no length. Only the last number has a fraction.
func durationMillis(text []byte) (c cell, reason string) {
	if ms, ok := secondsMillis(text); ok {
		return cell{uint64(ms), isBits}, ""
	}
	b := text
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) < len("P1D") || b[0] != 'P' {
		return cell{}, notDuration
	}
	b = b[1:]
	var sum millis
	next := 0 // of the units
	for len(b) > 0 {
		if b[0] == 'T' {
			if next > firstOfTime {
				return cell{}, notDuration
			}
			b, next = b[1:], firstOfTime
			if len(b) == 0 {
				return cell{}, notDuration
			}
		}
		n, fraction, rest := cutNumber(b)
		if len(n) == 0 || len(rest) == 0 {
			return cell{}, notDuration
		}
		from, upto := next, firstOfTime
		if next >= firstOfTime {
			upto = len(units)
		}
		u := slices.IndexFunc(units[from:upto], func(u unit) bool { return u.letter == rest[0] })
		if u < 0 || len(rest) > 1 && (fraction != nil || rest[0] == 'W') {
			return cell{}, notDuration
		}
		length := units[from+u].millis
		sum.count(n, length)
		sum.addFraction(fraction, length)
		b, next = rest[1:], from+u+1
		if next == firstOfTime && len(b) > 0 && b[0] != 'T' {
			return cell{}, notDuration
		}
	}
	switch {
	case sum.over:
		return cell{}, tooLong
	case negative:
		sum.total = -sum.total
	}
	return cell{uint64(sum.total), isBits}, ""
}

// unit is what a number of a duration counts.
type unit struct {
	letter byte
	millis int64
}

// units are in the order in which they come, those of the date first.
var units = [...]unit{{'W', 7 * 24 * 3_600_000}, {'D', 24 * 3_600_000}, {'H', 3_600_000}, {'M', 60_000}, {'S', 1000}}

const firstOfTime = 2 // of the units: what is behind the T

// cutNumber cuts the number that b begins with, and its digits behind a point or comma, nil if it has none.
func cutNumber(b []byte) (whole, fraction, rest []byte) {
	n := wholeLen(b)
	whole, rest = b[:n], b[n:]
	if n == 0 || len(rest) == 0 || rest[0] != '.' && rest[0] != ',' {
		return whole, nil, rest
	}
	f := wholeLen(rest[1:])
	if f == 0 {
		return nil, nil, nil
	}
	return whole, rest[1 : 1+f], rest[1+f:]
}

// secondsMillis reads a duration that is nothing but seconds, as nearly all are.
func secondsMillis(text []byte) (ms int64, ok bool) {
	if len(text) < len("PT1S") || len(text) > len("PT1234567890.1234567S") || text[0] != 'P' || text[1] != 'T' {
		return 0, false
	}
	last := len(text) - 1
	i := 2
	for ; text[i]-'0' <= 9; i++ { // the last byte is none of these
		if i == last {
			return 0, false
		}
		ms = ms*10 + int64(text[i]-'0')
	}
	whole := i - 2
	ms *= 1000
	if text[i] == '.' && i < last {
		i++
		point := i
		for scale := int64(100); text[i]-'0' <= 9 && i < last; i++ {
			ms += int64(text[i]-'0') * scale
			scale /= 10
		}
		if i == point || i > point+3 && text[point+3] >= '5' {
			return 0, false
		}
	}
	return ms, i == last && text[i] == 'S' && whole > 0 && whole <= 10
}

// millis is a sum that knows when it went over.
type millis struct {
	total int64
	over  bool
}

// count adds a length so many times.
func (m *millis) count(number []byte, length int64) {
	var n int64
	for _, c := range number {
		if n >= math.MaxInt64/10 {
			m.over = true
			return
		}
		n = n*10 + int64(c-'0')
	}
	if n > (math.MaxInt64-m.total)/length {
		m.over = true
		return
	}
	m.total += n * length
}

// addFraction adds the part of a length that digits behind a point say, rounded.
func (m *millis) addFraction(digits []byte, length int64) {
	// Twice the part, cut: from the last digit on, each step is a tenth of what is exact.
	twice := int64(0)
	for _, c := range slices.Backward(digits) {
		twice = (twice + int64(c-'0')*2*length) / 10
	}
	part := (twice + 1) / 2
	if part > math.MaxInt64-m.total {
		m.over = true
		return
	}
	m.total += part
}

// wholeLen is how many digits b begins with.
func wholeLen(b []byte) int {
	for i, c := range b {
		if c-'0' > 9 {
			return i
		}
	}
	return len(b)
}
