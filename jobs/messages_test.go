package jobs_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Messages are what they are now, on the days on which they were written. A night changes the days of
// messages that were written, edited, deleted or reacted to since the one before, and no other; and the
// lake is then, byte for byte, one that was read at once.
func TestMessagesEqualTheTruth(t *testing.T) {
	t.Parallel()
	for _, d := range []schemas.Dataset{schemas.ChatMessages, schemas.ChannelMessages} {
		t.Run(d.Name, func(t *testing.T) {
			now := november(20)
			days := []time.Time{november(16), november(17), november(18), november(19)}
			sim := graphsim.New(graphsim.Options{
				Users: 24, From: days[0], To: november(20), Large: 8, CallsPerUserDay: 1, MessagesPerUserDay: 12, Moves: -1,
				Forbidden: 0.1, Now: func() time.Time { return now },
			})
			r := newRig(t, sim)
			for night, day := range []int{20, 21, 22, 23, 24, 28} {
				older, before := r.bytes(t), now
				now = november(day)
				if rep := r.at(now).days(t, 16, day, d); rep.Status != state.Data {
					t.Fatalf("night %d: %+v", night, rep)
				}
				r.equalsTruth(t, sim, d, days...)
				if night > 0 {
					r.wantChanged(t, d, older, before, days)
				}
			}
			fresh := newRig(t, sim)
			fresh.at(now).days(t, 16, 28, d)
			if got, want := r.bytes(t), fresh.bytes(t); !maps.Equal(got, want) {
				t.Errorf("the lake has %d partitions and one that was read at once %d, or their bytes differ", len(got), len(want))
			}
		})
	}
}

// A unit may read messages of days that another unit has counted: the report of a first run has the rows and partitions that the lake has, and
// the same as a second one, which changes nothing.
func TestRowsOfAReport(t *testing.T) {
	d := schemas.ChatMessages
	sim := graphsim.New(graphsim.Options{Users: 24, From: november(10), To: november(18), Large: 8, CallsPerUserDay: 1, MessagesPerUserDay: 12, Moves: -1, Now: func() time.Time { return november(18) }})
	r := newRig(t, sim).at(november(18))
	for run := range 2 {
		rep := r.days(t, 10, 18, d)
		if len(rep.Units) < 2 {
			t.Fatalf("there are %d units, want more, of which one finds messages of the other", len(rep.Units))
		}
		held := int64(0)
		for day := 10; day < 18; day++ {
			for _, table := range d.Tables {
				held += int64(len(r.rows(t, table, november(day))))
			}
		}
		total := rep.Totals()[0]
		if total.AllRows != held || held == 0 {
			t.Errorf("run %d: the report has %d rows, the lake %d", run, total.AllRows, held)
		}
		if got, want := total.Written+total.Unchanged, 8*(len(d.Tables)+1); got != want || run == 0 && total.Unchanged > 0 || run == 1 && total.Written > 0 {
			t.Errorf("run %d: the report has %d partitions, of which %d have changed; want %d of raw and tables", run, got, total.Written, want)
		}
	}
}

// wantChanged compares the days whose raw partition is another than it was with those that hold a message
// that changed since it was read.
func (r *rig) wantChanged(t *testing.T, d schemas.Dataset, older map[string]string, since time.Time, days []time.Time) {
	t.Helper()
	newer := r.bytes(t)
	for _, date := range days {
		name := load.Partition{Kind: load.Raw, Name: d.Name, TenantID: tenant.ID, Date: date}.Object()
		want := slices.ContainsFunc(r.rows(t, d.Root(), date, "last_modified_time"), func(at string) bool {
			modified, err := time.Parse(time.RFC3339Nano, at)
			if err != nil {
				t.Fatal(err)
			}
			return !modified.Before(since)
		})
		if got := older[name] != newer[name]; got != want {
			t.Errorf("%s changed: %v, want %v", name, got, want)
		}
	}
}
