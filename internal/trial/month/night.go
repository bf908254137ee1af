package month

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"graphlake/internal/trial/command"
)

const nights = 30

var (
	firstNight = time.Date(2026, time.October, 27, 0, 0, 0, 0, time.UTC)
	lastNight  = time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC)
)

// A kind of night says what goes wrong.
type kind string

const (
	calm      kind = ""
	closed    kind = "Graph is closed for an hour"
	away      kind = "Graph is not there"
	asleep    kind = "nothing runs"
	refused   kind = "the secret has expired"
	throttled kind = "Graph throttles"
)

// remark is what the line of a night ends with.
func (k kind) remark() string {
	if k == calm {
		return ""
	}
	return ", " + string(k)
}

// unusual are the nights that are not calm. The night in which Graph is closed begins the first outage.
var unusual = map[string]kind{
	"2026-11-03": closed, "2026-11-04": away,
	"2026-11-06": refused,
	"2026-11-09": asleep, "2026-11-10": asleep, "2026-11-11": asleep, "2026-11-12": asleep, "2026-11-13": asleep,
	"2026-11-17": throttled,
}

const daysWithout = 8

// without are the days that such nights leave without a picture, their ends not included.
var without = []span{
	{"2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z"},
	{"2026-11-06T00:00:00Z", "2026-11-07T00:00:00Z"},
	{"2026-11-09T00:00:00Z", "2026-11-14T00:00:00Z"},
}

// instant is when the jobs of a night are run.
func instant(date time.Time) string {
	if !date.Equal(lastNight) {
		date = date.Add(2*time.Hour + 30*time.Minute)
	}
	return date.Format(time.RFC3339)
}

// night lets a night pass and asks what it has to leave behind.
func (m *month) night(ctx context.Context, date time.Time) (err error) {
	of := unusual[day(date)]
	if of != m.last {
		m.times[of]++
	}
	m.last = of
	if err := os.WriteFile(m.clock(), []byte(instant(date)), 0o600); err != nil {
		return err
	}
	if err := m.simulate(ctx, of); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.lanes(ctx, date)) }()
	switch of {
	case asleep:
		fmt.Printf("night %s: %s\n", day(date), of)
		return nil
	case closed, away, refused:
		return m.inVain(ctx, date, of)
	}
	if err := m.work(ctx, date, of); err != nil {
		return err
	}
	return m.pictures(ctx, date)
}

// clock is the file that the simulator takes the time from.
func (m *month) clock() string { return filepath.Join(m.dir, "now") }

// inVain runs the jobs of a night in which they can read nothing: what is held stays as it is.
func (m *month) inVain(ctx context.Context, date time.Time, of kind) error {
	before, err := m.status(ctx, instant(date))
	if err != nil {
		return err
	}
	if err := m.work(ctx, date, of); err != nil {
		return err
	}
	after, err := m.status(ctx, instant(date))
	if err == nil && !reflect.DeepEqual(held(before), held(after)) {
		m.say("night %s changed what is held:\n%v\n%v", day(date), held(before), held(after))
	}
	return err
}

// simulate starts the Graph that a kind of night needs, and ends the one before.
func (m *month) simulate(ctx context.Context, of kind) error {
	if of == refused || of == asleep {
		of = calm // what is wrong is not Graph
	}
	if m.stop != nil && m.of == of {
		return nil
	}
	if err := m.close(); err != nil {
		return err
	}
	m.of = of
	switch of {
	case away:
		return nil
	case closed:
		s, err := serve(ctx, http.HandlerFunc(closedForAnHour), nil)
		if err == nil {
			m.lake.URL, m.stop = "http://"+s.address, s.Close
		}
		return err
	}
	flags := append(m.tenant(), "--now-file", m.clock())
	if of == throttled {
		flags = append(flags, "--rate", "20")
	}
	s, err := command.Simulate(ctx, m.bin, m.dir, flags...)
	if err == nil {
		m.lake.URL, m.stop = s.URL, func() error { _, err := s.Stop(); return err }
	}
	return err
}

// close ends Graph, if there is one.
func (m *month) close() error {
	if m.stop == nil {
		return nil
	}
	err := m.stop()
	m.stop = nil
	return err
}

// work runs all jobs of a night and prints its line.
func (m *month) work(ctx context.Context, date time.Time, of kind) error {
	m.entra.expired.Store(of == refused)
	var sum report
	var ended []string
	start := time.Now()
	for _, name := range jobNames {
		got, err := nightly(ctx, m.lake.Client, of, name, instant(date))
		if err != nil {
			return fmt.Errorf("night %s: %w", day(date), err)
		}
		ended = append(ended, fmt.Sprintf("%s=%d", name, got.exit))
		if err := got.check(of); err != nil {
			m.say("night %s, %s: %v", day(date), name, err)
		}
		sum.Units = append(sum.Units, got.Units...)
	}
	all := sum.sum()
	if of == throttled && all.Throttled == 0 {
		m.say("night %s was to be throttled, and was not", day(date))
	}
	fmt.Printf("night %s: %s records=%d requests=%d throttled=%d seconds=%.1f%s\n",
		day(date), strings.Join(ended, " "), all.Records, all.Requests, all.Throttled, time.Since(start).Seconds(), of.remark())
	return nil
}

// lanes compares the Delta tables with the plain ones.
func (m *month) lanes(ctx context.Context, date time.Time) error {
	_, differing, err := m.lake.CompareLanes(ctx)
	for _, what := range differing {
		m.say("night %s: %s", day(date), what)
	}
	return err
}

// pictures compares what a night has seen with what there was at its instant, and with what it alone lacks.
func (m *month) pictures(ctx context.Context, date time.Time) error {
	generated, err := command.Generated(ctx, m.bin, append(m.tenant(), "--now", instant(date))...)
	if err != nil {
		return err
	}
	all, err := m.lake.Datasets(ctx)
	if err != nil {
		return err
	}
	m.absent = command.Absent(all, m.before, generated)
	m.before = generated
	m.Name = "night " + day(date) + ":"
	return m.Compare(ctx, m.lake, command.With(generated, m.absent), func(d command.Dataset) (string, string) {
		if d.ByTime() {
			return "", ""
		}
		return day(date), day(date.AddDate(0, 0, 1))
	})
}
