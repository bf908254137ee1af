package clock

import (
	"strings"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		name, spec, zone string
		after            string
		want             []string // the next ones, in UTC
	}{
		{"every night", "30 2 * * *", "", "2026-11-23T02:30:00Z", []string{"2026-11-24T02:30:00Z", "2026-11-25T02:30:00Z"}},
		{"a moment before", "30 2 * * *", "", "2026-11-23T02:29:59Z", []string{"2026-11-23T02:30:00Z"}},
		{"in winter", "30 2 * * *", "Europe/Berlin", "2026-11-23T00:00:00Z", []string{"2026-11-23T01:30:00Z"}},
		{"in summer", "30 2 * * *", "Europe/Berlin", "2026-07-23T00:00:00Z", []string{"2026-07-23T00:30:00Z"}},
		{"an hour is skipped", "30 2 * * *", "Europe/Berlin", "2026-03-28T01:30:00Z",
			[]string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		{"an hour is skipped in the west", "30 2 * * *", "America/New_York", "2026-03-07T08:00:00Z",
			[]string{"2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}},
		{"between the jump and what it has moved", "15 2 * * *", "Europe/Berlin", "2026-03-29T01:05:00Z",
			[]string{"2026-03-29T01:15:00Z", "2026-03-30T00:15:00Z"}},
		{"midnight is skipped", "0 0 * * *", "America/Santiago", "2026-09-05T05:00:00Z", []string{"2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"}},
		{"quarters of an hour that is skipped", "*/30 1-3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
			[]string{"2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T23:00:00Z"}},
		{"after an hour that comes twice", "30 4 * * *", "Europe/Berlin", "2026-10-24T03:00:00Z", []string{"2026-10-25T03:30:00Z", "2026-10-26T03:30:00Z"}},
		{"an hour comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T01:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"an hour comes twice in the west", "30 1 * * *", "America/New_York", "2026-10-31T06:00:00Z",
			[]string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
		{"quarters of an hour that comes twice", "*/30 2,4 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z", "2026-10-25T03:30:00Z"}},
		{"begun within the second coming", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:05:00Z", []string{"2026-10-26T01:30:00Z"}},
		{"half an hour comes twice", "40 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z",
			[]string{"2026-04-04T14:40:00Z", "2026-04-05T15:10:00Z"}},
		{"midnight comes twice", "30 23 * * *", "America/Santiago", "2026-04-04T04:00:00Z", []string{"2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"}},
		{"every hour", "30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}},
		{"every other hour", "30 */2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z"}},
		{"half an hour is skipped", "10 2 * * *", "Australia/Lord_Howe", "2026-10-02T20:00:00Z",
			[]string{"2026-10-03T15:40:00Z", "2026-10-04T15:10:00Z"}},
		{"weekdays", "0 6 * * 1-5", "", "2026-11-27T06:00:00Z", []string{"2026-11-30T06:00:00Z"}},
		{"a leap day", "0 0 29 2 *", "", "2026-11-27T06:00:00Z", []string{"2028-02-29T00:00:00Z"}},
	} {
		times, err := ParseTimes(c.spec, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			at = times.Next(at)
			if got := at.UTC().Format(time.RFC3339); got != want {
				t.Errorf("%s: %s, want %s", c.name, got, want)
			}
			for _, later := range []time.Duration{0, 59 * time.Second} {
				if got := times.Last(at.Add(later)); !got.Equal(at) {
					t.Errorf("%s: %v after it, the last was at %v, want %v", c.name, later, got, at)
				}
			}
		}
	}
	if at := (Times{}).Next(time.Now()); !at.IsZero() || !(Times{}).Last(time.Now()).IsZero() {
		t.Errorf("without times, %v is the next", at)
	}
}

func TestTimesRefused(t *testing.T) {
	for spec, want := range map[string]string{
		"":                      "want five fields",
		"@daily":                "want five fields",
		"0 30 2 * * *":          "want five fields",
		"TZ=0 2 * * *":          "want five fields",
		"CRON_TZ=UTC 2 * * *":   "want five fields",
		"61 2 * * *":            "above maximum",
		"0 2 * * MONTAG":        "failed to parse",
		"0 0 30 2 *":            "no such day comes",
		"@every 1h 1 1 1":       "does not accept",
		"30 2 * * * Europe/Rom": "want five fields",
	} {
		if _, err := ParseTimes(spec, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want that it says %q", spec, err, want)
		}
	}
	if _, err := ParseTimes("30 2 * * *", "Europe/Springfield"); err == nil {
		t.Error("a zone was found that nobody knows")
	}
}

// Whatever is written there, nothing breaks; the next time is after now, and the last one of it is itself.
func FuzzTimes(f *testing.F) {
	for _, spec := range []string{"30 2 * * *", "*/5 0-3,22 1,15 */2 1-5", "TZ= * * *", "0 0 30 2 *", "59 23 31 12 7"} {
		f.Add(spec, "Europe/Berlin", int64(174_742_400))
	}
	f.Fuzz(func(t *testing.T, spec, zone string, seconds int64) {
		times, err := ParseTimes(spec, zone)
		if err != nil {
			return
		}
		now := time.Unix(1_600_000_000+int64(uint64(seconds)%2_000_000_000), 0) // from 2020 on: nobody plans for what has been
		next := times.Next(now)
		if next.IsZero() {
			return
		}
		if !next.After(now) {
			t.Fatalf("%q in %q: %v comes after %v", spec, zone, next, now)
		}
		if last := times.Last(next); !last.Equal(next) {
			t.Fatalf("%q in %q: at %v the last time is %v", spec, zone, next, last)
		}
	})
}
