package load_test

import (
	"testing"

	"graphlake/load"
	"graphlake/schemas"
)

// Rows outside of the range count only if their records moved over its edge.
func TestMergeMargin(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 21, at("p", 21, 1, "1"), at("q", 21, 1, "1"))
	fill(t, lake, 22, at("m", 22, 1, "1"), at("n", 22, 1, "1"))
	m := merged(t, lake, on22, load.MergeOptions{Margin: true},
		at("m", 23, 2, "2"), // moved out
		at("n", 22, 1, "1"), // stays
		at("o", 23, 1, "1"), // always outside
		at("p", 21, 2, "2"), // changed outside
		at("q", 22, 2, "2"), // moved in
	)
	if m.Records() != 3 {
		t.Errorf("%d records, want m, n and q", m.Records())
	}
	if got := published(t, m); got != "21 22 23" {
		t.Errorf("changed the days %q", got)
	}
	wantDay(t, lake, 21, at("p", 21, 1, "1"))
	wantDay(t, lake, 22, at("n", 22, 1, "1"), at("q", 22, 2, "2"))
	wantDay(t, lake, 23, at("m", 23, 2, "2"))
	if got := published(t, merged(t, lake, on22, load.MergeOptions{Margin: true}, at("n", 22, 1, "1"), at("m", 23, 3, "3"), at("z", 21, 1, "1"))); got != "" {
		t.Errorf("rows that never were of the range changed the days %q", got)
	}
}

// The range is half-open, to the microsecond: for what is missing, for what counts, and for its days.
func TestMergeAtMidnight(t *testing.T) {
	_, lake := newLake(t)
	before := meetingAt("before", "2026-11-21T23:59:59.999999Z", 1, "1", false)
	first := meetingAt("first", "2026-11-22T00:00:00Z", 1, "1", false)
	last := meetingAt("last", "2026-11-22T11:59:59.999999Z", 1, "1", false)
	after := meetingAt("after", "2026-11-22T12:00:00Z", 1, "1", false)
	next := meetingAt("next", "2026-11-23T00:00:00Z", 1, "1", false)
	fill(t, lake, 21, before)
	fill(t, lake, 22, first, last, after)
	fill(t, lake, 23, next)
	for _, tt := range []struct {
		r       schemas.Range
		missing int64
		days    int
	}{
		{schemas.Range{From: day(22), To: day(22).Add(schemas.Day / 2)}, 2, 1},
		{on22, 3, 1},
		{schemas.Range{From: day(22).Add(schemas.Day / 2), To: day(23)}, 1, 1},
		{schemas.Range{From: day(22).Add(1000), To: day(23).Add(1000)}, 3, 2},
	} {
		m := removeAbsent(t, merged(t, lake, tt.r, load.MergeOptions{Absence: load.OfAll}))
		if m.Held() != tt.missing || m.Missing() != tt.missing || len(m.Days()) != tt.days {
			t.Errorf("%v: %d held, %d missing, on %v; want %d on %d days", tt.r, m.Held(), m.Missing(), m.Days(), tt.missing, tt.days)
		}
	}
	margin := load.MergeOptions{Margin: true}
	if m := merged(t, lake, on22, margin, meetingAt("m", "2026-11-22T00:00:00Z", 1, "1", false)); m.Records() != 1 {
		t.Error("a record at the beginning of the range does not count")
	}
	if m := merged(t, lake, on22, margin, meetingAt("m", "2026-11-23T00:00:00Z", 1, "1", false)); m.Records() != 0 {
		t.Error("a record at the end of the range counts")
	}
	two := merged(t, lake, schemas.Range{From: day(24), To: day(26)}, load.MergeOptions{},
		meetingAt("m", "2026-11-24T23:59:59.999999Z", 1, "1", false), meetingAt("n", "2026-11-25T00:00:00Z", 1, "1", false))
	published(t, two)
	wantDay(t, lake, 24, meetingAt("m", "2026-11-24T23:59:59.999999Z", 1, "1", false))
	wantDay(t, lake, 25, meetingAt("n", "2026-11-25T00:00:00Z", 1, "1", false))
}

// What is missing is counted, and stays if its absence is not believed.
func TestMergeCountsWhatIsMissing(t *testing.T) {
	_, lake := newLake(t)
	held := []string{at("a", 22, 1, "1"), at("b", 22, 1, "1"), at("c", 22, 1, "1"), at("d", 22, 1, "1"), gone("e", 22, 1, "1")}
	fill(t, lake, 22, held...)
	reading := load.MergeOptions{
		Absence:  load.OfAnswered,
		Listed:   map[string]bool{"b": true},
		Answered: map[string]bool{"a": true, "b": true, "c": true, "e": true},
	}
	m := merged(t, lake, on22, reading, at("a", 22, 1, "1"))
	if m.Held() != 3 || m.Missing() != 1 {
		t.Errorf("%d of %d are missing; want c of a, b, c", m.Missing(), m.Held())
	}
	if got := m.Days(); len(got) != 0 {
		t.Errorf("days to be published: %v", got)
	}
	if got := published(t, m); got != "" {
		t.Errorf("changed the days %q", got)
	}
	m = merged(t, lake, on22, reading, at("a", 22, 1, "1"))
	for c, err := range m.Undecided(t.Context()) {
		if err != nil || c.Of != "c" {
			t.Fatalf("%q is absent, %v; want c", c.Of, err)
		}
		takeRow(t, c, at("c", 22, 1, "1"))
	}
	if got := published(t, m); got != "" {
		t.Errorf("a record that stays as it is changed the days %q", got)
	}
	wantDay(t, lake, 22, held...)
}

// Days that only lose are published before those that gain, and every day of the range is told of.
func TestMergeLosesBeforeItGains(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 21, at("a", 21, 1, "1"))
	fill(t, lake, 22, at("b", 22, 1, "1"), at("c", 22, 1, "1"))
	m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.MergeOptions{}, at("a", 23, 2, "2"))
	if _, err := m.PublishGaining(t.Context()); err == nil {
		t.Error("it gained before it lost")
	}
	m = merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.MergeOptions{}, at("a", 23, 2, "2"))
	lost, err := m.PublishLosing(t.Context())
	if err != nil || len(lost) != 1 || lost[0].Partition != meetingsOn(21) || !lost[0].Changed || lost[0].Rows != 0 {
		t.Errorf("lost %+v, %v", lost, err)
	}
	gained, err := m.PublishGaining(t.Context())
	if err != nil || len(gained) != 2 || gained[0].Partition != meetingsOn(22) || gained[0].Changed || gained[0].Rows != 2 ||
		gained[1].Partition != meetingsOn(23) || !gained[1].Changed {
		t.Errorf("gained %+v, %v", gained, err)
	}
	if _, err := m.PublishGaining(t.Context()); err == nil {
		t.Error("it gained twice")
	}
}
