package clock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// diary is what was done when, by a fake clock that begins at the midnight of 2000-01-01.
type diary struct {
	Schedule
	takes time.Duration
	again bool
	mu    sync.Mutex
	lines []string
}

const minuteOf = "02T15:04"

func newDiary(t *testing.T, jobs ...Job) *diary {
	t.Helper()
	d := &diary{}
	d.Schedule = Schedule{Jobs: jobs, Store: memstore.New(), Do: d.do, Log: slog.New(slog.DiscardHandler)}
	return d
}

// do notes the job, the time, and what counts as now if that is another.
func (d *diary) do(ctx context.Context, j Job, now time.Time) (again bool) {
	line := j.Name + " " + time.Now().UTC().Format(minuteOf)
	if at := now.UTC().Format(minuteOf); !strings.HasSuffix(line, at) {
		line += " as of " + at
	}
	d.mu.Lock()
	d.lines = append(d.lines, line)
	d.mu.Unlock()
	select {
	case <-time.After(d.takes):
		return d.again
	case <-ctx.Done():
		return false
	}
}

// during runs the schedule for a while.
func (d *diary) during(t *testing.T, long time.Duration) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	d.Run(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, "; ")
}

func job(t *testing.T, name, spec, zone string) Job {
	t.Helper()
	times, err := ParseTimes(spec, zone)
	if err != nil {
		t.Fatal(err)
	}
	return Job{Name: name, Times: times} // of no tenant, so that nothing is due
}

func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		name   string
		jobs   []Job
		takes  time.Duration
		again  bool
		during time.Duration
		want   string
	}{
		{name: "each at the times of its zone", during: 49 * time.Hour,
			jobs: []Job{job(t, "calls", "30 2 * * *", ""), job(t, "users", "30 0 * * *", "Asia/Tokyo"), job(t, "never", "0 0 1 6 *", "")},
			want: "calls 01T02:30; users 01T15:30; calls 02T02:30; users 02T15:30"},
		{name: "a job never overlaps itself, and makes up for a time that came meanwhile", during: 16 * time.Hour, takes: 5 * time.Hour,
			jobs: []Job{job(t, "calls", "0 */2 * * *", "")},
			want: "calls 01T02:00; calls 01T07:00 as of 01T06:00; calls 01T12:00"},
		{name: "a run that takes longer than a day", during: 59 * time.Hour, takes: 25 * time.Hour,
			jobs: []Job{job(t, "users", "30 2 * * *", "")},
			want: "users 01T02:30; users 02T03:30 as of 02T02:30; users 03T04:30 as of 03T02:30"},
		{name: "but another one is", during: 7 * time.Hour, takes: 5 * time.Hour,
			jobs: []Job{job(t, "calls", "0 2 * * *", ""), job(t, "users", "0 3 * * *", "")},
			want: "calls 01T02:00; users 01T03:00"},
		{name: "what was not reachable is tried again until the next time", during: 4 * time.Hour, takes: 10 * time.Minute, again: true,
			jobs: []Job{job(t, "calls", "0 2-3 * * *", "")},
			want: "calls 01T02:00; calls 01T02:25 as of 01T02:00; calls 01T02:50 as of 01T02:00; calls 01T03:00; calls 01T03:25 as of 01T03:00; calls 01T03:50 as of 01T03:00"},
		{name: "on the next day as of then", during: 24*time.Hour + 20*time.Minute, takes: time.Minute, again: true,
			jobs: []Job{job(t, "presence", "50 23 * * *", "")},
			want: "presence 01T23:50; presence 02T00:06"},
		{name: "what failed waits for the next time", during: 30 * time.Hour,
			jobs: []Job{job(t, "calls", "0 2 * * *", "")},
			want: "calls 01T02:00; calls 02T02:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDiary(t, c.jobs...)
				d.takes, d.again = c.takes, c.again
				if got := d.during(t, c.during); got != c.want {
					t.Errorf("%s\nwant\n%s", got, c.want)
				}
			})
		})
	}
}

// Jobs of the same minute that have a dataset of a tenant in common follow one another, and others do not wait; whoever waits when
// the schedule ends does not begin.
func TestScheduleOfSharedDatasets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		of := func(name, spec, tenant string, datasets ...schemas.Dataset) Job {
			j := job(t, name, spec, "")
			j.Selection = plan.Selection{Tenants: []plan.Tenant{{Name: tenant, ID: tenant}}, Datasets: datasets}
			return j
		}
		d := newDiary(t,
			of("calls", "30 12 * * *", "contoso", schemas.CallRecords, schemas.PSTNCalls),
			of("logs", "31 12 * * *", "contoso", schemas.PSTNCalls, schemas.DirectRoutingCalls),
			of("routing", "32 12 * * *", "contoso", schemas.DirectRoutingCalls),
			of("late", "33 12 * * *", "contoso", schemas.CallRecords, schemas.DirectRoutingCalls),
			of("users", "33 12 * * *", "contoso", schemas.Users),
			of("elsewhere", "34 12 * * *", "adatum", schemas.CallRecords),
		)
		d.takes = time.Hour
		got := strings.Split(d.during(t, 15*time.Hour), "; ") // the last is told to end while it is at work
		want := []string{
			"calls 01T12:30", "routing 01T12:32", "users 01T12:33", "elsewhere 01T12:34",
			"logs 01T13:32 as of 01T12:31", "late 01T14:32 as of 01T12:33",
		}
		got = slices.DeleteFunc(got, func(line string) bool { return !strings.Contains(line, " 01T1") }) // in the night all of them catch up
		if !slices.Equal(got, want) {
			t.Errorf("%s\nwant\n%s", strings.Join(got, "; "), strings.Join(want, "; "))
		}
	})
}

// The jitter delays a run and leaves its instant.
func TestScheduleJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := job(t, "calls", "0 * * * *", "")
		j.Jitter = 10 * time.Minute
		d := newDiary(t, j)
		d.during(t, 24*time.Hour+30*time.Minute)
		late := map[string]bool{}
		for i, line := range d.lines {
			var day, hour, minute int
			if _, err := fmt.Sscanf(line, "calls %dT%d:%d", &day, &hour, &minute); err != nil || (day-1)*24+hour != i+1 || minute >= 10 {
				t.Errorf("run %d: %s (%v)", i, line, err)
			}
			if _, as, told := strings.Cut(line, " as of "); told && !strings.HasSuffix(as, ":00") {
				t.Errorf("run %d: %s", i, line)
			}
			late[line[len("calls 02T15:"):len(minuteOf)+len("calls ")]] = true
		}
		if len(d.lines) != 24 || len(late) < 3 {
			t.Errorf("%d runs at %d minutes, want 24 at several: %v", len(d.lines), len(late), d.lines)
		}
	})
}

// At the start a job is run at once if what was due at its last time is not there, unless that cannot be
// had any more.
func TestScheduleCatchesUp(t *testing.T) {
	logs := hours("logs", schemas.Windowed, schemas.Day)
	logs.Lookback = 2 * schemas.Day
	presence := schemas.Dataset{Name: "presence", Mode: schemas.Observations}
	user := schemas.Dataset{Name: "users", Mode: schemas.Entities}
	dec := func(day, hour int) time.Time { return time.Date(1999, 12, day, hour, 30, 0, 0, time.UTC) }
	held := func(readDay int) *state.State {
		return &state.State{Format: state.Format, Since: dec(28, 0).Truncate(schemas.Day), Coverage: state.Coverage{{
			From: dec(28, 0).Truncate(schemas.Day), To: dec(readDay, 0).Truncate(schemas.Day), Outcome: state.Data, Read: dec(readDay, 2), Request: 1,
		}}}
	}
	for _, c := range []struct {
		name    string
		dataset schemas.Dataset
		state   *state.State
		want    string
	}{
		{"nothing was ever read", logs, nil, "night 01T00:00"},
		{"the last night was not", logs, held(30), "night 01T00:00"},
		{"the last night was", logs, held(31), ""},
		{"a picture of yesterday is there", user, &state.State{Format: state.Format, Picture: dec(31, 0).Truncate(schemas.Day), Coverage: state.Coverage{{
			From: dec(31, 0).Truncate(schemas.Day), To: dec(32, 0).Truncate(schemas.Day), Outcome: state.Data, Read: dec(31, 23), Request: 1}}}, ""},
		{"a picture of yesterday is not", user, nil, "night 01T00:00"},
		{"an observation that nobody made", presence, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := job(t, "night", "30 2 * * *", "")
				contoso := plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
				j.Selection = plan.Selection{Tenants: []plan.Tenant{contoso}, Datasets: []schemas.Dataset{c.dataset}}
				d := newDiary(t, j)
				if c.state != nil {
					putState(t, d.Store.(*memstore.Store), state.Pair{TenantID: contoso.ID, Dataset: c.dataset.Name}, *c.state)
				}
				if got := d.during(t, time.Hour); got != c.want {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		})
	}
}

func putState(t *testing.T, store state.Store, p state.Pair, s state.State) {
	t.Helper()
	text, err := json.Marshal(s)
	if err == nil {
		_, err = store.Swap(t.Context(), p.Object(), "", text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What is late is what was due at the newest time that is long enough ago, whenever it was read since.
func TestLate(t *testing.T) {
	logs := hours("logs", schemas.Windowed, schemas.Day)
	logs.Lookback = 2 * schemas.Day
	contoso := plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
	j := job(t, "night", "30 2 * * *", "")
	j.Late = 6 * time.Hour
	j.Selection = plan.Selection{Tenants: []plan.Tenant{contoso}, Datasets: []schemas.Dataset{logs}}
	for _, c := range []struct{ name, since, held, now, want string }{
		{"read in the night", "20", "20-23 data 23T02:30", "23T10", ""},
		{"read much later in the day", "20", "20-23 data 23T20", "23T21", ""},
		{"the night is young", "20", "20-22 data 22T02:30", "23T08:29", ""},
		{"it is not any more", "20", "20-22 data 22T02:30", "23T08:30", "logs due 23T02:30 from 21T00:00"},
		{"one day of it was refused", "20", "20-21 data 23T02:30; 21-22 forbidden 23T02:30; 22-23 data 23T02:30", "23T10", "logs due 23T02:30 from 21T00:00"},
		{"in the next night what was due in this one counts", "20", "20-23 data 23T02:30", "24T05", ""},
		{"what has settled by then is not read again", "20", "20-22 data 23T01; 22-23 data 23T02:30", "23T10", ""},
		{"of days that have settled the first reading is known", "17", "17-22 data 22T12; 22-23 data 23T02:30", "23T10", ""},
		{"the lake is younger than that night", "22", "22-24 data 24T07", "24T08", ""},
		{"dirty tables of a day that was due", "20", "20-23 data 23T02:30", "23T10", "logs due 23T02:30 from 22T00:00"},
		{"dirty tables of a day after", "20", "20-22 data 22T02:30; 22-23 data 23T02:30", "22T10", ""},
		{"never read", "", "", "23T10", "logs due 23T02:30 from 21T00:00"},
	} {
		store := memstore.New()
		s := state.State{Format: state.Format, Requests: 1, Coverage: statetest.Coverage(t, c.held)}
		if strings.HasPrefix(c.name, "dirty") {
			s.Dirty = []time.Time{statetest.Instant(t, "22")}
		}
		if c.since != "" {
			s.Since = statetest.Instant(t, c.since)
		}
		putState(t, store, state.Pair{TenantID: contoso.ID, Dataset: logs.Name}, s)
		late, err := Late(t.Context(), store, []Job{j}, statetest.Instant(t, c.now))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range late {
			got = append(got, fmt.Sprintf("%s due %s from %s", o.Dataset, o.Due.UTC().Format(minuteOf), o.From.Format(minuteOf)))
		}
		if want := slices.DeleteFunc([]string{c.want}, func(s string) bool { return s == "" }); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// slow answers late, or not at all.
type slow struct {
	state.Store
	takes time.Duration
	err   error
}

func (s slow) Open(ctx context.Context, name string) (load.Object, error) {
	time.Sleep(s.takes)
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Open(ctx, name)
}

// A time that comes while it is found out what is due is not lost, and a lake that does not answer is no
// reason to wait for a day.
func TestScheduleStartsInTrouble(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"slow", nil, "night 01T00:02 as of 01T00:01"},
		{"away", errors.New("no route to host"), "night 01T00:02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := job(t, "night", "1 0 * * *", "")
				j.Selection = plan.Selection{Tenants: []plan.Tenant{{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}},
					Datasets: []schemas.Dataset{{Name: "presence", Mode: schemas.Observations}}}
				d := newDiary(t, j)
				d.Store = slow{memstore.New(), 2 * time.Minute, c.err}
				if got := d.during(t, time.Hour); got != c.want {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		})
	}
}

func hours(dataset string, mode schemas.Mode, longest time.Duration) schemas.Dataset {
	return schemas.Dataset{Name: dataset, Mode: mode, Lookback: 72 * time.Hour,
		Source: schemas.Source{Window: schemas.Window{Longest: longest}}}
}
