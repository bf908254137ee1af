package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

var (
	now     = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	contoso = Tenant{Name: "contoso", ID: "7b6f3a52-0d1e-4c55-9a43-5b8f7f3f0c01"}
)

func midnight(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

func hours(dataset string, mode schemas.Mode, longest time.Duration) schemas.Dataset {
	return schemas.Dataset{Name: dataset, Mode: mode, Lookback: 72 * time.Hour,
		Source: schemas.Source{Window: schemas.Window{Longest: longest}}}
}

func ranges(p Plan) string {
	var b strings.Builder
	for _, u := range p.Units {
		b.WriteString(u.Dataset.Name + u.Range.From.Format(" 02T15") + u.Range.To.Format("-02T15"))
		if u.Expired {
			b.WriteString(" expired")
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestNewPlan(t *testing.T) {
	calls := hours("calls", schemas.Windowed, time.Hour)
	logs := hours("logs", schemas.Windowed, 90*schemas.Day)
	users := hours("users", schemas.Entities, 0)
	forgetful := hours("calls", schemas.Windowed, time.Hour)
	forgetful.Retention = 48 * time.Hour
	for name, c := range map[string]struct {
		sel   Selection
		want  string
		notes int
	}{
		"a night: the lookback up to the last midnight, a unit a day": {
			sel:  Selection{Datasets: []schemas.Dataset{calls}},
			want: "calls 20T00-21T00; calls 21T00-22T00; calls 22T00-23T00",
		},
		"the job's lookback": {
			sel:  Selection{Datasets: []schemas.Dataset{calls}, Lookback: 24 * time.Hour},
			want: "calls 22T00-23T00",
		},
		"a long window is one unit": {
			sel:  Selection{Datasets: []schemas.Dataset{logs}},
			want: "logs 20T00-23T00",
		},
		"a range within a day": {
			sel:  Selection{Datasets: []schemas.Dataset{calls}, From: midnight(10).Add(6 * time.Hour), To: midnight(10).Add(7 * time.Hour)},
			want: "calls 10T06-10T07",
		},
		"what has not happened is not read": {
			sel:   Selection{Datasets: []schemas.Dataset{calls}, From: midnight(22), To: midnight(27)},
			want:  "calls 22T00-23T00; calls 23T00-23T02",
			notes: 1, // which says so
		},
		"a picture is of the day of the run": {
			sel:  Selection{Datasets: []schemas.Dataset{users}, From: midnight(16), To: midnight(23)},
			want: "users 23T00-24T00",
		},
		"a past range has no picture, and says so": {
			sel:   Selection{Datasets: []schemas.Dataset{users, calls}, From: midnight(16), To: midnight(17)},
			want:  "calls 16T00-17T00",
			notes: 1,
		},
		"what Graph has forgotten is not read": {
			sel:  Selection{Datasets: []schemas.Dataset{forgetful}},
			want: "calls 20T00-21T02 expired; calls 21T02-22T00; calls 22T00-23T00",
		},
	} {
		c.sel.Tenants = []Tenant{contoso}
		p, err := New(c.sel, nil, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := ranges(p); got != c.want || len(p.Notes) != c.notes {
			t.Errorf("%s:\ngot  %s (%d notes)\nwant %s (%d notes)", name, got, len(p.Notes), c.want, c.notes)
		}
	}
}

func TestNewPlanRefuses(t *testing.T) {
	for _, r := range []schemas.Range{
		{From: midnight(17), To: midnight(16)}, {From: midnight(17), To: midnight(17)}, {From: midnight(17)}, {To: midnight(17)},
		{From: midnight(24), To: midnight(25)},
	} {
		if p, err := New(Selection{From: r.From, To: r.To}, nil, now); err == nil {
			t.Errorf("%v: planned %d units, want an error", r, len(p.Units))
		}
	}
}

func TestShortest(t *testing.T) {
	d := hours("calls", schemas.Windowed, time.Hour)
	d.Source.Budget = schemas.Budget{Name: "list", First: schemas.Limit{Requests: 15, Per: 20 * time.Second}}
	p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d}}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	// Three days of 24 windows are 72 requests; 15 in 20 s make 96 s, at twice the rate 48 s.
	if got := p.Shortest(1).Round(time.Millisecond); got != 96*time.Second {
		t.Errorf("at the published rate: %v", got)
	}
	if got := p.Shortest(2).Round(time.Millisecond); got != 48*time.Second {
		t.Errorf("at twice the rate: %v", got)
	}
}

// What is held says what to expect; the largest budget says how long that takes.
func TestExpected(t *testing.T) {
	d := hours("calls", schemas.Windowed, 4*time.Hour)
	d.Settle, d.Version = 48*time.Hour, "version"
	d.Source.Window.Page = 60
	d.Source.Budget = schemas.Budget{Name: "list", First: schemas.Limit{Requests: 15, Per: 20 * time.Second}, Next: schemas.Limit{Requests: 55, Per: 5 * time.Minute}}
	d.Source.Detail = &schemas.Detail{Queries: make([][]schemas.Param, 2), Budget: schemas.Budget{Name: "records", First: schemas.Limit{Requests: 1500, Per: 20 * time.Second}}}
	for _, c := range []struct {
		name           string
		records        int64 // of each of two held days, the 20th and the 21st
		requests       []int
		expected       []int
		shortest, long time.Duration
	}{
		// Three days of six windows are 18 requests, 15 of them in 20 s.
		{"nothing is known", 0, []int{6, 6, 6}, []int{6, 6, 6}, 24 * time.Second, 24 * time.Second},
		// 300 records fit on 5 pages, less than there are windows. 600 details, of the new day, take 8 s.
		{"few records", 300, []int{6, 6, 6}, []int{6, 6, 606}, 24 * time.Second, 24 * time.Second},
		// 3,000 are 50 pages a day: 150 pages at 0.75 + 0.18333 a second. 6,000 details take 80 s.
		{"many records", 3000, []int{6, 6, 6}, []int{50, 50, 6050}, 24 * time.Second, 160714 * time.Millisecond},
	} {
		var st state.State
		for _, day := range []int{20, 21} {
			st.Cover(d, state.Covered{From: midnight(day), To: midnight(day + 1), Outcome: state.Data, Read: midnight(22), Records: c.records})
		}
		p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d}}, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: "calls"}: st}, now)
		if err != nil {
			t.Fatal(err)
		}
		var requests, expected []int
		for _, u := range p.Units {
			requests, expected = append(requests, u.Requests()), append(expected, u.Expected().Total())
		}
		shortest, long := p.Shortest(1).Round(time.Millisecond), p.ExpectedTime(1).Round(time.Millisecond)
		if !slices.Equal(requests, c.requests) || !slices.Equal(expected, c.expected) || shortest != c.shortest || long != c.long {
			t.Errorf("%s: %v in %v, expected %v in %v; want %+v", c.name, requests, shortest, expected, long, c)
		}
	}
}

// The units of a dataset cover what was asked for, in order, without a gap and without an overlap,
// and no request of a unit is longer than Graph takes.
func FuzzNewPlan(f *testing.F) {
	f.Add(int64(0), int64(3600), uint16(1), false)
	f.Add(int64(86399), int64(86401), uint16(24*90), true)
	f.Fuzz(func(t *testing.T, from, seconds int64, longest uint16, included bool) {
		if from < 0 || from > 1<<32 || seconds <= 0 || seconds > 400*86400 || longest == 0 || included && longest <= 48 {
			t.Skip("out of what is planned")
		}
		d := hours("calls", schemas.Windowed, time.Duration(longest)*time.Hour)
		d.Source.Window.ToIncluded = included
		asked := schemas.Range{From: time.Unix(from, 0).UTC(), To: time.Unix(from+seconds, 0).UTC()}
		p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d}, From: asked.From, To: asked.To}, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		if first, last := p.Units[0], p.Units[len(p.Units)-1]; first.Range.From.After(asked.From) || last.Range.To.Before(asked.To) {
			t.Fatalf("%v is not covered by %s", asked, ranges(p))
		}
		for i, u := range p.Units {
			if i > 0 && !p.Units[i-1].Range.To.Equal(u.Range.From) {
				t.Fatalf("gap or overlap before unit %d: %s", i, ranges(p))
			}
			for _, r := range u.Range.Split(d.Source.Window.Step()) {
				if r.To.Sub(r.From) > d.Source.Window.Longest {
					t.Fatalf("a request for %v is longer than %v", r, d.Source.Window.Longest)
				}
			}
		}
	})
}

// What is read for each of many parents takes a request a window for each of them, once it is known how
// many there are.
func TestExpectedOfParents(t *testing.T) {
	d := hours("mailboxes", schemas.Windowed, 31*schemas.Day)
	d.Source.Parent = &schemas.Parent{}
	u := Unit{Dataset: d, Range: schemas.Range{From: midnight(1), To: midnight(8)}}
	for _, c := range []struct {
		parents int64
		batch   int
		want    int
	}{{0, 0, 1}, {1000, 0, 1000}, {1301, 650, 3}} {
		u.Parents, d.Source.Parent.Batch = c.parents, c.batch
		if got := u.Expected().Total(); got != c.want {
			t.Errorf("%d parents in batches of %d: %d requests, want %d", c.parents, c.batch, got, c.want)
		}
		if u.Requests() != 1 {
			t.Errorf("at least %d requests are known, want 1", u.Requests())
		}
	}
}

// A record that is read whole takes its requests once, if it has a version by which the held one is known, and else each time; its document, and
// each collection on the way, is a request of it.
func TestExpectedOfRecords(t *testing.T) {
	budget := schemas.Budget{Name: "other", First: schemas.Limit{Requests: 10, Per: time.Second}}
	document := &schemas.Detail{Parts: []schemas.Part{{Name: "said", Path: "/{id}", Budget: budget, Form: schemas.WebVTT, Instead: make([]schemas.Instead, 2)}}}
	for _, c := range []struct {
		name    string
		version schemas.Path
		between int
		detail  *schemas.Detail
		want    int
		long    time.Duration
	}{
		{"a list alone", "version", 0, nil, 100, 100 * time.Second},
		{"a document", "version", 0, document, 150, 100 * time.Second},
		{"the same without a version", "", 0, document, 450, 100 * time.Second},
		{"collections on the way", "", 2, &schemas.Detail{Path: "/{id}", Queries: make([][]schemas.Param, 1), Budget: budget}, 1150, 105 * time.Second},
	} {
		d := hours("calls", schemas.Windowed, 31*schemas.Day)
		d.Version, d.Source.Detail, d.Source.Between = c.version, c.detail, make([]schemas.Between, c.between)
		d.Source.Parent = &schemas.Parent{}
		d.Source.Budget = schemas.Budget{Name: "list", First: schemas.Limit{Requests: 1, Per: time.Second}}
		for i := range d.Source.Between {
			d.Source.Between[i].Budget = d.Source.Budget
		}
		u := Unit{Tenant: contoso, Dataset: d, Range: schemas.Range{From: midnight(1), To: midnight(8)}, Parents: 100, Density: 50, New: schemas.Day}
		if got := u.Expected().Total(); got != c.want {
			t.Errorf("%s: expected %d requests, want %d", c.name, got, c.want)
		}
		if got := (Plan{Units: []Unit{u}}).ExpectedTime(1).Round(time.Second); got != c.long {
			t.Errorf("%s: expected in %v, want %v", c.name, got, c.long)
		}
	}
}

// What is held says how many records a day has, however it is cut.
func TestDensity(t *testing.T) {
	var all state.Coverage
	all = all.With(state.Covered{From: midnight(1), To: midnight(11), Outcome: state.Data, Records: 1000})
	all = all.With(state.Covered{From: midnight(4), To: midnight(5), Outcome: state.Data, Records: 70})
	if got := density(all); got != 97 {
		t.Errorf("%f records a day, want 97", got)
	}
}

// Of days that are counted back from now, the first is read as far as Graph still has it, and nothing of it is lost: a range that
// is given by its ends, or that begins earlier, says what is forgotten.
func TestDaysCountedBack(t *testing.T) {
	calls := hours("calls", schemas.Windowed, time.Hour)
	calls.Retention = 2 * schemas.Day
	for _, c := range []struct {
		sel   Selection
		want  string
		notes int
	}{
		{Selection{From: midnight(21), Counted: true}, "calls 21T02-22T00; calls 22T00-23T00", 1},
		{Selection{From: midnight(21)}, "calls 21T00-21T02 expired; calls 21T02-22T00; calls 22T00-23T00", 0},
		{Selection{From: midnight(20), Counted: true}, "calls 20T00-21T02 expired; calls 21T02-22T00; calls 22T00-23T00", 0},
		{Selection{From: midnight(22), Counted: true}, "calls 22T00-23T00", 0},
	} {
		c.sel.Tenants, c.sel.Datasets, c.sel.To = []Tenant{contoso}, []schemas.Dataset{calls}, midnight(23)
		p, err := New(c.sel, nil, now)
		if got := ranges(p); err != nil || got != c.want || len(p.Notes) != c.notes {
			t.Errorf("%+v: %s, %v, %v; want %s", c.sel, got, p.Notes, err, c.want)
		}
	}
}

// To a tenant a person is signed in, to the other an application: each is planned what is for it, and one note says what is not.
func TestPlanForOnePerson(t *testing.T) {
	adatum := Tenant{Name: "adatum", ID: "0d1e4c55-9a43-4b8f-8f3f-0c017b6f3a52", Person: true}
	s := Selection{Tenants: []Tenant{contoso, adatum}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Presence, schemas.Users}}
	p, err := New(s, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range p.Units {
		single := u.Dataset.Source.Parent != nil && u.Dataset.Source.Parent.Single
		if u.Tenant == adatum && u.Dataset.Name != "presence" || single != u.Tenant.Person {
			t.Errorf("%s of %s, for one person: %v", u.Dataset.Name, u.Tenant.Name, single)
		}
	}
	var pairs []string
	for _, pair := range s.Pairs() {
		pairs = append(pairs, pair.TenantID[:1]+" "+pair.Dataset)
	}
	if want := []string{"7 call_records", "7 presence", "7 users", "0 presence"}; !slices.Equal(pairs, want) {
		t.Errorf("the pairs are %v, want %v", pairs, want)
	}
	if len(p.Notes) != 1 || !p.Notes[0].Whole || p.Notes[0].Message != "not for one person: call_records, users; a person is signed in to adatum, and these take an application" {
		t.Errorf("notes: %+v", p.Notes)
	}
	s.Tenants, s.Gaps = s.Tenants[1:], true
	if p, err = New(s, nil, now); err != nil || len(p.Units) > 0 || len(p.Notes) != 2 {
		t.Errorf("gaps: %+v, %v", p, err)
	}
}
