package declare

import (
	"regexp"
	"strconv"
	"time"

	"graphlake/schemas"
)

// DurationForm is how a configuration writes durations, for whoever has written another.
const DurationForm = "a duration, as 2w, 3d, 72h or 90m"

// withDays is a number of weeks, of days or of both, and what may follow them. Each is less than a duration
// can be, and both less than twice that, which is negative.
var withDays = regexp.MustCompile(`^(?:([0-9]{1,3})w)?(?:([0-9]{1,5})d)?(.*)$`)

// ParseDuration reads a duration of a configuration: weeks, days of 24 hours, and what [time.ParseDuration] reads, also after
// them: 2w, 3d, 72h, 1d12h. None is negative.
func ParseDuration(text string) (time.Duration, bool) {
	var days time.Duration
	if m := withDays.FindStringSubmatch(text); m != nil && m[3] != text {
		weeks, _ := strconv.Atoi("0" + m[1])
		n, _ := strconv.Atoi("0" + m[2])
		if days, text = time.Duration(7*weeks+n)*schemas.Day, m[3]; days < 0 || text == "" {
			return days, days >= 0
		}
		if text[0] < '0' || text[0] > '9' {
			return 0, false
		}
	}
	rest, err := time.ParseDuration(text)
	if err != nil || rest < 0 || days+rest < days {
		return 0, false
	}
	return days + rest, true
}
