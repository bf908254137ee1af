package facts

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/internal/instant"
)

// When somebody works, in numbers and zones that every reader takes. Days are of the week as Graph writes them; hours are by
// the clock of the zone of the working hours, which need not be that of the mailbox.

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

type workingHours struct {
	zone, hoursZone, begin, finish, days *array.String

	windows, hoursWindows *array.StringBuilder
	start, end            *array.Int32Builder
	works                 [7]*array.BooleanBuilder
}

func newHours(f *Facts) []array.Builder {
	const of = "mailbox_settings"
	w := &workingHours{}
	f.each = append(f.each, w.compute)
	look(f, of, "time_zone", &w.zone)
	look(f, of, "working_hours_time_zone", &w.hoursZone)
	look(f, of, "working_hours_start", &w.begin)
	look(f, of, "working_hours_end", &w.finish)
	look(f, of, "working_days", &w.days)
	made := []array.Builder{
		give(f, of, "windows_time_zone", &w.windows), give(f, of, "working_hours_windows_time_zone", &w.hoursWindows),
		give(f, of, "working_hours_start_seconds", &w.start), give(f, of, "working_hours_end_seconds", &w.end),
	}
	for i, day := range weekdays {
		made = append(made, give(f, of, "works_"+day, &w.works[i]))
	}
	return made
}

func (w *workingHours) compute() {
	for row := range w.zone.Len() {
		appendZone(w.windows, text(w.zone, row))
		appendZone(w.hoursWindows, text(w.hoursZone, row))
		appendSeconds(w.start, text(w.begin, row))
		appendSeconds(w.end, text(w.finish, row))
		days := strings.ToLower(text(w.days, row))
		for i, day := range weekdays {
			if w.days.IsNull(row) {
				w.works[i].AppendNull()
			} else {
				w.works[i].Append(strings.Contains(days, `"`+day+`"`))
			}
		}
	}
}

func appendZone(to *array.StringBuilder, name string) {
	if name = instant.Windows(name); name == "" {
		to.AppendNull()
		return
	}
	to.Append(name)
}

// appendSeconds appends the seconds after midnight of a time as 08:30:00.0000000, or null if it is none.
func appendSeconds(to *array.Int32Builder, clock string) {
	if s, ok := secondsOf(clock); ok {
		to.Append(s)
		return
	}
	to.AppendNull()
}

func secondsOf(clock string) (seconds int32, ok bool) {
	clock, fraction, _ := strings.Cut(clock, ".")
	if len(clock) != len("08:30:00") || clock[2] != ':' || clock[5] != ':' || strings.Trim(fraction, "0123456789") != "" {
		return 0, false
	}
	for i, most := range []int32{24, 59, 59} {
		tens, ones := clock[3*i]-'0', clock[3*i+1]-'0'
		if tens > 9 || ones > 9 {
			return 0, false
		}
		part := int32(tens)*10 + int32(ones)
		if part > most {
			return 0, false
		}
		seconds = 60*seconds + part
	}
	return seconds, seconds <= 24*60*60
}
