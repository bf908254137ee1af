// Package instant reads the instants that Graph writes: RFC 3339 and what else of ISO 8601 says the same,
// and a date and time that a time zone stands beside.
//
// It promises that what is read is right without a guess, and that nothing is allocated for the common
// spellings. It knows no record. [Parse] reads one text, [In] one text and the name of its zone, and [IANA]
// gives the name of a zone.
package instant

import "time"

// Instant is a time of UTC. Its zero value is 1970.
type Instant struct {
	Seconds int64 // since 1970
	Nanos   int64 // after that; further digits are cut off, which is towards the past
}

// Seconds from 1970 to the end of the year 1, and to the end of the year 9999.
const (
	endOfYear1    = -62_104_060_800
	endOfYear9999 = 253_402_300_800
)

// IsNone reports whether the instant is in the year 1, which is how Graph says that there is none.
func (i Instant) IsNone() bool { return i.Seconds < endOfYear1 }

// IsTooLate reports whether the instant is after the year 9999, as an offset may make one.
func (i Instant) IsTooLate() bool { return i.Seconds >= endOfYear9999 }

// Time is the instant for package time.
func (i Instant) Time() time.Time { return time.Unix(i.Seconds, i.Nanos).UTC() }

// Parse reads a date and time, with a zone or without one; without one it is taken for UTC. Besides RFC 3339
// these are read: a small t or z, a blank in place of the T, a comma in place of the point, a time without
// seconds, an offset without a colon or without minutes. A second 60 is a leap second, and is the following
// second. Years go from 0001 to 9999; the first day of the year 1 needs no time.
func Parse(b []byte) (i Instant, zoned, ok bool) {
	if len(b) < len("2006-01-02") || b[4] != '-' || b[7] != '-' {
		return i, false, false
	}
	year := two(b[0:])*100 + two(b[2:])
	month, day := two(b[5:]), two(b[8:])
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return i, false, false
	}
	i.Seconds = daysSince1970(year, month, day) * 86_400
	if b = b[len("2006-01-02"):]; len(b) == 0 {
		return i, false, year == 1 && month == 1 && day == 1
	}
	if len(b) < len("T15:04") || b[0] != 'T' && b[0] != 't' && b[0] != ' ' || b[3] != ':' {
		return i, false, false
	}
	hour, minute := two(b[1:]), two(b[4:])
	if hour > 23 || minute > 59 {
		return i, false, false
	}
	i.Seconds += (hour*60 + minute) * 60
	if b = b[len("T15:04"):]; len(b) >= len(":05") && b[0] == ':' {
		second := two(b[1:])
		if second > 60 {
			return i, false, false
		}
		i.Seconds += second
		if b = b[len(":05"):]; len(b) > 0 && (b[0] == '.' || b[0] == ',') {
			n := 1
			for scale := int64(1e8); n < len(b) && b[n]-'0' <= 9; n++ {
				i.Nanos += int64(b[n]-'0') * scale
				scale /= 10
			}
			if n == 1 {
				return i, false, false
			}
			b = b[n:]
		}
	}
	if len(b) == 0 {
		return i, false, true
	}
	offset, ok := parseOffset(b)
	i.Seconds -= offset
	return i, true, ok
}

// parseOffset reads Z, ±hh:mm, ±hhmm or ±hh as seconds.
func parseOffset(b []byte) (seconds int64, ok bool) {
	var hour, minute int64
	switch {
	case len(b) == len("Z"):
		return 0, b[0] == 'Z' || b[0] == 'z'
	case len(b) == len("+00:00") && b[3] == ':':
		hour, minute = two(b[1:]), two(b[4:])
	case len(b) == len("+0000"):
		hour, minute = two(b[1:]), two(b[3:])
	case len(b) == len("+00"):
		hour = two(b[1:])
	default:
		return 0, false
	}
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
