package declare

import (
	"regexp"
	"strconv"
	"time"

	"graphlake/schemas"
)

// DurationForm is how a configuration writes durations, for whoever has written another.
const DurationForm = "a duration, as 3d, 72h or 90m"

// withDays is a number of days, and what may follow it. Five digits are 273 years, less than a duration can be.
var withDays = regexp.MustCompile(`^([0-9]{1,5})d(.*)$`)

// ParseDuration reads a duration of a configuration: days of 24 hours, and what [time.ParseDuration] reads, also after
// them: 3d, 72h, 1d12h. None is negative.
func ParseDuration(text string) (time.Duration, bool) {
	var days time.Duration
	if m := withDays.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, false
		}
		if days, text = time.Duration(n)*schemas.Day, m[2]; text == "" {
			return days, true
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
