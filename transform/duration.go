package transform

import "math"

const (
	notDuration = "want an ISO 8601 duration in weeks, days, hours, minutes and seconds"
	tooLong     = "a duration that is too long to count milliseconds"
)

// durationMillis is an ISO 8601 duration as milliseconds; half a millisecond is rounded up, away from
// zero. Years and months are refused: they have no length. Only seconds have a fraction.
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
	if weeks, rest := sum.add(b, 'W', 7*24*3_600_000); weeks {
		b = rest
	} else {
		_, b = sum.add(b, 'D', 24*3_600_000)
		if len(b) > 1 && b[0] == 'T' {
			_, b = sum.add(b[1:], 'H', 3_600_000)
			_, b = sum.add(b, 'M', 60_000)
			b = sum.addSeconds(b)
		}
	}
	switch {
	case len(b) > 0:
		return cell{}, notDuration
	case sum.over:
		return cell{}, tooLong
	case negative:
		sum.total = -sum.total
	}
	return cell{uint64(sum.total), isBits}, ""
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

// add adds the number that b begins with, if its unit follows it.
func (m *millis) add(b []byte, unit byte, length int64) (added bool, rest []byte) {
	n := wholeLen(b)
	if n == 0 || n == len(b) || b[n] != unit {
		return false, b
	}
	m.count(b[:n], length)
	return true, b[n+1:]
}

// addSeconds adds seconds with or without a fraction.
func (m *millis) addSeconds(b []byte) (rest []byte) {
	if added, rest := m.add(b, 'S', 1000); added {
		return rest
	}
	n := wholeLen(b)
	if n == 0 || n == len(b) || b[n] != '.' {
		return b
	}
	fraction := b[n+1:]
	f := wholeLen(fraction)
	if f == 0 || f == len(fraction) || fraction[f] != 'S' {
		return b
	}
	m.count(b[:n], 1000)
	for i, length := 0, int64(100); i < min(f, 3); i++ {
		m.count(fraction[i:i+1], length)
		length /= 10
	}
	if f > 3 && fraction[3] >= '5' {
		m.count([]byte{'1'}, 1)
	}
	return fraction[f+1:]
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

// wholeLen is how many digits b begins with.
func wholeLen(b []byte) int {
	for i, c := range b {
		if c-'0' > 9 {
			return i
		}
	}
	return len(b)
}
