package graph

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// parseRetryAfter reads a Retry-After header: seconds, of which Graph sends fractions too, or a date,
// which counts from now. A gateway may add its own to Graph's: of several, with commas between them, the
// longest counts. What is neither is as if it were not there.
func parseRetryAfter(line string, now time.Time) (longest time.Duration, ok bool) {
	parts := strings.Split(line, ",")
	for i, part := range parts {
		d, good := parseDelay(part, now)
		if !good && i+1 < len(parts) { // a date has a comma of its own
			d, good = parseDelay(part+","+parts[i+1], now)
		}
		if good {
			longest, ok = max(longest, d), true
		}
	}
	return longest, ok
}

func parseDelay(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if strings.Trim(value, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil && !math.IsInf(seconds, 1) {
			return 0, false
		}
		if seconds > math.MaxInt64/float64(time.Second)/2 {
			return math.MaxInt64 / 2, true
		}
		return time.Duration(seconds * float64(time.Second)), true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return max(0, date.Sub(now)), true
}

// serverTime is the clock that a date in the answer was read from; ours may be wrong.
func serverTime(resp *http.Response) time.Time {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		return date
	}
	return time.Now()
}
