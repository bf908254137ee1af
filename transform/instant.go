package transform

import (
	"math"
	"slices"
)

// Seconds from 1970 to the end of the year 1, and to the end of the year 9999.
const (
	endOfYear1    = -62_104_060_800
	endOfYear9999 = 253_402_300_800
)

const billion = 1_000_000_000 // nanoseconds in a second

const notInstant = "want an RFC 3339 instant"

// instantMicros is an instant as microseconds since 1970. Digits beyond are cut off, which is towards
// the past. The year 1 is how Graph says that there is none, and is null.
func instantMicros(text []byte) (c cell, reason string) {
	seconds, nanos, ok := parseInstant(text)
	switch {
	case !ok:
		return cell{}, notInstant
	case seconds < endOfYear1:
		return cell{}, ""
	case seconds >= endOfYear9999:
		return cell{}, "an instant after the year 9999"
	}
	return cell{uint64(seconds*1e6 + nanos/1e3), isBits}, ""
}

// utcMicros is a time without a zone, which is UTC, as microseconds since 1970.
func utcMicros(text []byte) (c cell, reason string) {
	c, reason = instantMicros(append(slices.Clip(text), 'Z'))
	if reason == notInstant {
		reason = "want a date and time of UTC without a zone"
	}
	return c, reason
}

// instantNanos is an instant as nanoseconds since 1970.
func instantNanos(text []byte) (c cell, reason string) {
	seconds, nanos, ok := parseInstant(text)
	switch {
	case !ok:
		return cell{}, notInstant
	case seconds < endOfYear1:
		return cell{}, ""
	case seconds <= math.MinInt64/billion || seconds >= math.MaxInt64/billion:
		return cell{}, "an instant that is too far from 1970 to count nanoseconds"
	}
	return cell{uint64(seconds*billion + nanos), isBits}, ""
}

// parseInstant reads an RFC 3339 instant as seconds since 1970 and the nanoseconds after that; further
// digits are cut off. Years go from 0001 to 9999; there are no leap seconds.
func parseInstant(b []byte) (seconds, nanos int64, ok bool) {
	if len(b) < len("2006-01-02T15:04:05Z") ||
		b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, 0, false
	}
	year := two(b[0:])*100 + two(b[2:])
	month, day := two(b[5:]), two(b[8:])
	hour, minute, second := two(b[11:]), two(b[14:]), two(b[17:])
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		hour > 23 || minute > 59 || second > 59 {
		return 0, 0, false
	}
	seconds = ((daysSince1970(year, month, day)*24+hour)*60+minute)*60 + second
	b = b[19:]
	if b[0] == '.' {
		n := 1
		for scale := int64(1e8); n < len(b) && b[n]-'0' <= 9; n++ {
			nanos += int64(b[n]-'0') * scale
			scale /= 10
		}
		if n == 1 {
			return 0, 0, false
		}
		b = b[n:]
	}
	offset, ok := parseOffset(b)
	return seconds - offset, nanos, ok
}

// parseOffset reads Z or ±hh:mm as seconds.
func parseOffset(b []byte) (seconds int64, ok bool) {
	if len(b) == 1 {
		return 0, b[0] == 'Z'
	}
	if len(b) != len("+00:00") || b[3] != ':' {
		return 0, false
	}
	hour, minute := two(b[1:]), two(b[4:])
	if hour > 23 || minute > 59 {
		return 0, false
	}
	seconds = (hour*60 + minute) * 60
	switch b[0] {
	case '+':
		return seconds, true
	case '-':
		return -seconds, true
	}
	return 0, false
}

// two reads two digits; what is no digit gives a number beyond every bound here.
func two(b []byte) int64 {
	tens, ones := b[0]-'0', b[1]-'0'
	if tens > 9 || ones > 9 {
		return 1e6
	}
	return int64(tens)*10 + int64(ones)
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts in years that begin in March, so that the leap day is the last of its year.
func daysSince1970(year, month, day int64) int64 {
	month -= 3
	if month < 0 {
		month += 12
		year--
	}
	const march0000 = 719_468 // days from 0000-03-01 to 1970-01-01
	return year*365 + year/4 - year/100 + year/400 + (month*153+2)/5 + day - 1 - march0000
}
