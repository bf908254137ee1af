package transform

import (
	"math"

	"graphlake/internal/instant"
)

const billion = 1_000_000_000 // nanoseconds in a second

const (
	notInstant = "want an RFC 3339 instant"
	tooLate    = "an instant after the year 9999"
)

// instantMicros is an instant as microseconds since 1970. The year 1 is null.
func instantMicros(text []byte) (c cell, reason string) {
	i, zoned, ok := instant.Parse(text)
	if !ok || !zoned && !i.IsNone() {
		return cell{}, notInstant
	}
	return micros(i)
}

func micros(i instant.Instant) (c cell, reason string) {
	switch {
	case i.IsNone():
		return cell{}, ""
	case i.IsTooLate():
		return cell{}, tooLate
	}
	return cell{uint64(i.Seconds*1e6 + i.Nanos/1e3), isBits}, ""
}

// instantNanos is an instant as nanoseconds since 1970.
func instantNanos(text []byte) (c cell, reason string) {
	i, zoned, ok := instant.Parse(text)
	switch {
	case ok && i.IsNone():
		return cell{}, ""
	case !ok || !zoned:
		return cell{}, notInstant
	case i.Seconds <= math.MinInt64/billion || i.Seconds >= math.MaxInt64/billion:
		return cell{}, "an instant that is too far from 1970 to count nanoseconds"
	}
	return cell{uint64(i.Seconds*billion + i.Nanos), isBits}, ""
}

// zonedMicros is a date and time in a zone as microseconds since 1970; without the name of one it is UTC.
func zonedMicros(text, zone []byte) (c cell, reason string) {
	i, known, ok := instant.In(text, zone)
	switch {
	case !ok:
		return cell{}, "want a date and time"
	case !known:
		return cell{}, "the time zone beside it is not known"
	}
	return micros(i)
}
