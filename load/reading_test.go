package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// at is a meeting of a day of November, at ten o'clock.
func at(id string, day, version int, hash string) string {
	return meetingAt(id, fmt.Sprintf("2026-11-%02dT10:00:00Z", day), version, hash, false)
}

// gone is a meeting that is marked as removed.
func gone(id string, day, version int, hash string) string {
	return meetingAt(id, fmt.Sprintf("2026-11-%02dT10:00:00Z", day), version, hash, true)
}

func meetingAt(id, time string, version int, hash string, removed bool) string {
	return strings.TrimSuffix(trip(id, time, version, hash), "}") + fmt.Sprintf(`,"removed":%t}`, removed)
}

func meetingsOn(n int) load.Partition {
	return load.Partition{Kind: load.Raw, Name: "meetings", TenantID: tenant, Date: day(n)}
}

// fill makes the partition of a day what rows say.
func fill(t *testing.T, lake *load.Lake, n int, rows ...string) {
	t.Helper()
	w, err := lake.Write(t.Context(), meetingsOn(n), meetings)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if len(rows) > 0 {
		if err := w.Append(batch(t, memory.DefaultAllocator, meetings, rows...)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// merged adds rows to a spool and merges it, up to its first publication.
func merged(t *testing.T, lake *load.Lake, r schemas.Range, reading load.Reading, rows ...string) *load.Merge {
	t.Helper()
	s, err := lake.Spool(meetings, tenant, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Discard() })
	if len(rows) > 0 {
		if err := s.Add(batch(t, memory.DefaultAllocator, meetings, rows...)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := s.Merge(t.Context(), reading)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// published publishes a merge, and says which days have changed.
func published(t *testing.T, m *load.Merge) string {
	t.Helper()
	announced := m.Days()
	commits, err := publish(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var changed []int
	for _, c := range commits {
		if c.Changed {
			changed = append(changed, c.Partition.Date.Day())
			if !slices.Contains(announced, c.Partition.Date) {
				t.Errorf("day %d was replaced and not announced", c.Partition.Date.Day())
			}
		}
	}
	return strings.Trim(fmt.Sprint(changed), "[]")
}

func wantDay(t *testing.T, lake *load.Lake, n int, want ...string) {
	t.Helper()
	wantRows(t, rows(t, lake, meetingsOn(n), meetings), want...)
}

func newLake(t *testing.T) (*memstore.Store, *load.Lake) {
	t.Helper()
	store := memstore.New()
	return store, load.New(store, t.TempDir()).Tune(checked(t))
}

func markRemoved(t *testing.T) func([]byte) (arrow.RecordBatch, error) {
	return func(record []byte) (arrow.RecordBatch, error) {
		rec := batch(t, memory.DefaultAllocator, meetings, gone("s", 22, 5, "e"))
		rec.Retain()
		return rec, nil
	}
}

// A row that raw holds twice is there once as soon as its record was read, also if what was read equals it.
func TestMergeLeavesOneOfTwoRows(t *testing.T) {
	a := at("a", 22, 5, "a")
	for _, tt := range []struct {
		name             string
		on21, on22, on23 []string
		read             string
		want             [3][]string // of the days
		changed          string
	}{
		{"twice in one partition", nil, []string{a, a, at("b", 22, 1, "b")}, nil, a, [3][]string{nil, {a, at("b", 22, 1, "b")}, nil}, "22"},
		{"thrice", nil, []string{a, a, a}, nil, a, [3][]string{nil, {a}, nil}, "22"},
		{"twice, and a newer one is read", nil, []string{a, a}, nil, at("a", 22, 6, "6"), [3][]string{nil, {at("a", 22, 6, "6")}, nil}, "22"},
		{"twice, and an older one is read", nil, []string{a, a}, nil, at("a", 22, 4, "4"), [3][]string{nil, {a}, nil}, "22"},
		{"two versions of it", nil, []string{a, at("a", 22, 6, "6")}, nil, a, [3][]string{nil, {at("a", 22, 6, "6")}, nil}, "22"},
		{"on two days", []string{at("a", 21, 5, "1")}, []string{a}, nil, a, [3][]string{{}, {a}, nil}, "21"},
		{"on the days around", []string{at("a", 21, 5, "1")}, []string{}, []string{at("a", 23, 6, "2")}, a, [3][]string{{}, {}, {at("a", 23, 6, "2")}}, "21"},
		{"removed and not, both newer", []string{gone("a", 21, 6, "1")}, []string{}, []string{at("a", 23, 6, "2")}, a, [3][]string{{}, {}, {at("a", 23, 6, "2")}}, "21"},
		{"not and removed, both newer", []string{at("a", 21, 6, "1")}, []string{}, []string{gone("a", 23, 6, "2")}, a, [3][]string{{at("a", 21, 6, "1")}, {}, {}}, "23"},
		{"filed under another day", nil, []string{at("a", 23, 5, "a")}, []string{at("a", 23, 5, "a")}, at("a", 23, 5, "a"), [3][]string{nil, {}, {at("a", 23, 5, "a")}}, "22"},
		{"nothing read of it", nil, []string{a, a}, nil, at("b", 22, 1, "b"), [3][]string{nil, {a, a, at("b", 22, 1, "b")}, nil}, "22"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, lake := newLake(t)
			for i, held := range [][]string{tt.on21, tt.on22, tt.on23} {
				if held != nil {
					fill(t, lake, 21+i, held...)
				}
			}
			if got := published(t, merged(t, lake, on22, load.Reading{}, tt.read)); got != tt.changed {
				t.Errorf("changed the days %q, want %q", got, tt.changed)
			}
			for i, want := range tt.want {
				if want != nil {
					wantDay(t, lake, 21+i, want...)
				}
			}
			if got := published(t, merged(t, lake, on22, load.Reading{}, tt.read)); got != "" {
				t.Errorf("the same again changed the days %q", got)
			}
		})
	}
}

// What was not read of the range and may have moved is looked for on all days of the search.
func TestMergeSearchesForStrays(t *testing.T) {
	month := schemas.Range{From: day(1), To: day(30)}
	s5 := at("s", 22, 5, "5")
	for _, tt := range []struct {
		name       string
		here       []string // on 22
		there      []string // on 3
		reading    load.Reading
		want       []string // on 22
		wantThere  []string
		changed    string
		unsearched bool
	}{
		{"newer there", []string{s5}, []string{at("s", 3, 6, "6")}, load.Reading{}, []string{}, []string{at("s", 3, 6, "6")}, "22", false},
		{"older there", []string{s5}, []string{at("s", 3, 4, "4")}, load.Reading{}, []string{s5}, []string{}, "3", false},
		{"of one version there", []string{s5}, []string{at("s", 3, 5, "4")}, load.Reading{}, []string{}, []string{at("s", 3, 5, "4")}, "22", false},
		{"removed there, of one version", []string{s5}, []string{gone("s", 3, 5, "4")}, load.Reading{}, []string{s5}, []string{}, "3", false},
		{"removed there, but newer", []string{s5}, []string{gone("s", 3, 6, "4")}, load.Reading{}, []string{}, []string{gone("s", 3, 6, "4")}, "22", false},
		{"removed here", []string{gone("s", 22, 5, "5")}, []string{at("s", 3, 6, "6")}, load.Reading{}, []string{gone("s", 22, 5, "5")}, []string{at("s", 3, 6, "6")}, "", false},
		{"listed here", []string{s5}, []string{at("s", 3, 6, "6")}, load.Reading{Listed: func(id string) bool { return id == "s" }}, []string{s5}, []string{at("s", 3, 6, "6")}, "", false},
		{"another there", []string{s5}, []string{at("z", 3, 6, "6")}, load.Reading{}, []string{s5}, []string{at("z", 3, 6, "6")}, "", false},
		{"without a key", []string{at("", 22, 5, "5")}, []string{at("", 3, 6, "5")}, load.Reading{}, []string{at("", 22, 5, "5")}, []string{at("", 3, 6, "5")}, "", false},
		{"no search", []string{s5}, []string{at("s", 3, 6, "6")}, load.Reading{}, []string{s5}, []string{at("s", 3, 6, "6")}, "", true},
		{"twice here", []string{s5, s5}, []string{at("s", 3, 4, "6")}, load.Reading{}, []string{s5}, []string{}, "3 22", false},
		{"absent here, newer there", []string{s5}, []string{at("s", 3, 6, "6")}, load.Reading{Absent: markRemoved(t)}, []string{}, []string{at("s", 3, 6, "6")}, "22", false},
		{"absent here, older there", []string{s5}, []string{at("s", 3, 4, "6")}, load.Reading{Absent: markRemoved(t)}, []string{gone("s", 22, 5, "e")}, []string{}, "3 22", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, lake := newLake(t)
			fill(t, lake, 3, append(slices.Clone(tt.there), at("x", 3, 1, "f"))...)
			fill(t, lake, 22, append(slices.Clone(tt.here), at("y", 22, 1, "f"))...)
			fill(t, lake, 30, at("s", 30, 9, "9")) // outside of the search
			if !tt.unsearched {
				tt.reading.Search = month
			}
			if got := published(t, merged(t, lake, on22, tt.reading, at("y", 22, 1, "f"))); got != tt.changed {
				t.Errorf("changed the days %q, want %q", got, tt.changed)
			}
			wantDay(t, lake, 3, append(slices.Clone(tt.wantThere), at("x", 3, 1, "f"))...)
			wantDay(t, lake, 22, append(slices.Clone(tt.want), at("y", 22, 1, "f"))...)
			wantDay(t, lake, 30, at("s", 30, 9, "9"))
		})
	}
}

// A row of a day of the range that did not happen in the range is no stray, and stays.
func TestMergeOfPartOfADayLeavesTheRest(t *testing.T) {
	_, lake := newLake(t)
	early, late := meetingAt("s", "2026-11-22T09:00:00Z", 5, "5", false), meetingAt("s", "2026-11-22T15:00:00Z", 6, "6", false)
	fill(t, lake, 3, at("s", 3, 4, "4"))
	fill(t, lake, 22, early, late)
	morning := schemas.Range{From: day(22), To: day(22).Add(schemas.Day / 2)}
	fresh := meetingAt("y", "2026-11-22T08:00:00Z", 1, "f", false)
	if got := published(t, merged(t, lake, morning, load.Reading{Search: schemas.Range{From: day(1), To: day(30)}}, fresh)); got != "3 22" {
		t.Errorf("changed the days %q", got)
	}
	wantDay(t, lake, 3)
	wantDay(t, lake, 22, fresh, early, late)
}

// A row that lies on another day than it happened on is not of the range, and is not made absent.
func TestMergeLeavesWhatLiesElsewhere(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 23, at("astray", 22, 1, "1"), at("m", 23, 1, "1"))
	published(t, merged(t, lake, on22, load.Reading{Absent: markRemoved(t)}, at("m", 23, 2, "2")))
	wantDay(t, lake, 23, at("astray", 22, 1, "1"), at("m", 23, 2, "2"))
}

// A merge ends with its spool: without the rows it would publish days that lack them.
func TestMergeEndsWithItsSpool(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 22, at("a", 22, 1, "1"))
	s, err := lake.Spool(meetings, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(batch(t, memory.DefaultAllocator, meetings, at("a", 22, 2, "2"))); err != nil {
		t.Fatal(err)
	}
	m, err := s.Merge(t.Context(), load.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	s.Discard()
	if _, err := publish(t.Context(), m); !errors.Is(err, load.ErrSpent) {
		t.Errorf("error = %v, want ErrSpent", err)
	}
	wantDay(t, lake, 22, at("a", 22, 1, "1"))
}

// What one unit did not find is taken away by the unit that reads it, however far away.
func TestStraysAreFoundByALaterUnit(t *testing.T) {
	for _, absent := range []bool{false, true} {
		_, lake := newLake(t)
		fill(t, lake, 22, at("s", 22, 5, "5"), at("y", 22, 1, "f"))
		var strays load.Strays
		reading := load.Reading{Strays: &strays}
		if absent {
			reading.Absent = markRemoved(t)
		}
		published(t, merged(t, lake, on22, reading, at("y", 22, 1, "f")))
		if got := published(t, merged(t, lake, schemas.Range{From: day(3), To: day(4)}, reading, at("s", 3, 5, "6"))); got != "3 22" {
			t.Errorf("changed the days %q, want 3 and 22", got)
		}
		wantDay(t, lake, 3, at("s", 3, 5, "6"))
		wantDay(t, lake, 22, at("y", 22, 1, "f"))
	}
}

// Rows outside of the range count only if their records moved over its edge.
func TestMergeMargin(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 21, at("p", 21, 1, "1"), at("q", 21, 1, "1"))
	fill(t, lake, 22, at("m", 22, 1, "1"), at("n", 22, 1, "1"))
	m := merged(t, lake, on22, load.Reading{Margin: true},
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
	if got := published(t, merged(t, lake, on22, load.Reading{Margin: true}, at("n", 22, 1, "1"), at("m", 23, 3, "3"), at("z", 21, 1, "1"))); got != "" {
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
		m := merged(t, lake, tt.r, load.Reading{Absent: markRemoved(t)})
		if m.Held() != tt.missing || m.Missing() != tt.missing || len(m.Days()) != tt.days {
			t.Errorf("%v: %d held, %d missing, on %v; want %d on %d days", tt.r, m.Held(), m.Missing(), m.Days(), tt.missing, tt.days)
		}
	}
	margin := load.Reading{Margin: true}
	if m := merged(t, lake, on22, margin, meetingAt("m", "2026-11-22T00:00:00Z", 1, "1", false)); m.Records() != 1 {
		t.Error("a record at the beginning of the range does not count")
	}
	if m := merged(t, lake, on22, margin, meetingAt("m", "2026-11-23T00:00:00Z", 1, "1", false)); m.Records() != 0 {
		t.Error("a record at the end of the range counts")
	}
	two := merged(t, lake, schemas.Range{From: day(24), To: day(26)}, load.Reading{},
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
	reading := load.Reading{
		Absent:  func([]byte) (arrow.RecordBatch, error) { return nil, errors.New("its absence is not believed") },
		Listed:  func(id string) bool { return id == "b" },
		Answers: func(id string) bool { return id != "d" },
	}
	m := merged(t, lake, on22, reading, at("a", 22, 1, "1"))
	if m.Held() != 3 || m.Missing() != 1 || len(m.Days()) != 1 {
		t.Errorf("%d of %d are missing, on %v; want c of a, b, c", m.Missing(), m.Held(), m.Days())
	}
	m.KeepAbsent()
	if got := m.Days(); len(got) != 0 {
		t.Errorf("days to be published: %v", got)
	}
	if got := published(t, m); got != "" {
		t.Errorf("changed the days %q", got)
	}
	reading.Absent = func([]byte) (arrow.RecordBatch, error) { return nil, nil }
	if got := published(t, merged(t, lake, on22, reading, at("a", 22, 1, "1"))); got != "" {
		t.Errorf("a record that stays as it is changed the days %q", got)
	}
	wantDay(t, lake, 22, held...)
}

// Days that only lose are published before those that gain, and every day of the range is told of.
func TestMergeLosesBeforeItGains(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 21, at("a", 21, 1, "1"))
	fill(t, lake, 22, at("b", 22, 1, "1"), at("c", 22, 1, "1"))
	m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.Reading{}, at("a", 23, 2, "2"))
	if _, err := m.Gain(t.Context()); err == nil {
		t.Error("it gained before it lost")
	}
	m = merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.Reading{}, at("a", 23, 2, "2"))
	lost, err := m.Lose(t.Context())
	if err != nil || len(lost) != 1 || lost[0].Partition != meetingsOn(21) || !lost[0].Changed || lost[0].Rows != 0 {
		t.Errorf("lost %+v, %v", lost, err)
	}
	gained, err := m.Gain(t.Context())
	if err != nil || len(gained) != 2 || gained[0].Partition != meetingsOn(22) || gained[0].Changed || gained[0].Rows != 2 ||
		gained[1].Partition != meetingsOn(23) || !gained[1].Changed {
		t.Errorf("gained %+v, %v", gained, err)
	}
	if _, err := m.Gain(t.Context()); err == nil {
		t.Error("it gained twice")
	}
}

// damage overwrites part of a partition.
func damage(t *testing.T, store *memstore.Store, p load.Partition, from, to float64) {
	t.Helper()
	text := fileOf(t, store, p)
	size := float64(len(text))
	for i := int(from * size); i < int(to*size); i++ {
		text[i] ^= 0x55
	}
	put(t, store, p.Object(), text)
}

// A damaged partition stops itself only: it is left alone with all that was read for it, whatever part of
// the file is damaged.
func TestMergeBesideDamage(t *testing.T) {
	for _, part := range [][2]float64{{0.9, 1}, {0, 0.5}, {0.3, 0.31}, {0, 1}} {
		store, lake := newLake(t)
		var many []string
		for i := range 40 {
			many = append(many, meetingAt(fmt.Sprintf("m%02d", i), fmt.Sprintf("2026-11-22T10:00:%02dZ", i), 1, "1", false))
		}
		fill(t, lake, 20, at("g", 20, 1, "1"))
		fill(t, lake, 21, at("a", 21, 1, "1"), at("c", 21, 1, "1"))
		fill(t, lake, 22, many...)
		fill(t, lake, 24, at("h", 24, 1, "1"))
		damage(t, store, meetingsOn(22), part[0], part[1])
		damage(t, store, meetingsOn(24), part[0], part[1])
		broken := [][]byte{fileOf(t, store, meetingsOn(22)), fileOf(t, store, meetingsOn(24))}
		m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.Reading{},
			at("a", 22, 2, "2"), // to the damaged day: its copy stays where it is
			at("g", 24, 2, "2"), // as is that of one that went further
			at("b", 22, 1, "1"),
			at("c", 23, 2, "2"),
			at("d", 21, 1, "1"),
			at("m01", 23, 2, "2"), // from the damaged day
		)
		wantDates(t, m.Damaged(), 22)
		wantDates(t, m.Skipped(), 24)
		if got := published(t, m); got != "21 23" {
			t.Errorf("damaged at %v: changed the days %q", part, got)
		}
		wantDay(t, lake, 20, at("g", 20, 1, "1"))
		wantDay(t, lake, 21, at("a", 21, 1, "1"), at("d", 21, 1, "1"))
		wantDay(t, lake, 23, at("c", 23, 2, "2"), at("m01", 23, 2, "2"))
		for i, n := range []int{22, 24} {
			if !bytes.Equal(fileOf(t, store, meetingsOn(n)), broken[i]) {
				t.Errorf("the damaged partition of day %d was touched", n)
			}
		}
	}
}

// Whatever byte of a partition is wrong, a merge either does not notice it or leaves the partition alone:
// what cannot be read is known before the first day is published.
func TestMergeKnowsDamageBeforeItPublishes(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, t.TempDir()).Tune(memory.DefaultAllocator) // the library leaks pages of damaged files
	fill(t, lake, 21, at("a", 21, 1, "1"))
	fill(t, lake, 22, at("b", 22, 1, "1"), strings.Replace(at("c", 22, 3, "3"), `"record":"{`, `"record":"{`+noise(1, 500), 1))
	whole := fileOf(t, store, meetingsOn(22))
	fine := fileOf(t, store, meetingsOn(21))
	inRecord, other := 0, 0
	for i := 0; i < len(whole); i += 3 {
		broken := bytes.Clone(whole)
		broken[i] ^= 0x55
		put(t, store, meetingsOn(21).Object(), fine)
		put(t, store, meetingsOn(22).Object(), broken)
		if err := store.Remove(t.Context(), meetingsOn(23).Object()); err != nil {
			t.Fatal(err)
		}
		keys := 0 // that can be read
		for _, err := range lake.Keys(t.Context(), meetingsOn(22), meetings, []string{"id"}) {
			if err == nil {
				keys++
			}
		}
		m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.Reading{}, at("a", 22, 2, "2"), at("c", 23, 2, "2"), at("d", 23, 1, "1"))
		published(t, m)
		switch {
		case len(m.Damaged()) == 0:
			continue
		case keys == 2:
			inRecord++
		default:
			other++
		}
		wantDay(t, lake, 21, at("a", 21, 1, "1"))
		wantDay(t, lake, 23, at("c", 23, 2, "2"), at("d", 23, 1, "1"))
		if !bytes.Equal(fileOf(t, store, meetingsOn(22)), broken) {
			t.Errorf("byte %d: the damaged partition was touched", i)
		}
	}
	if inRecord == 0 || other == 0 {
		t.Errorf("%d damaged records and %d other damages were noticed, want some of both", inRecord, other)
	}
}

func wantDates(t *testing.T, errs []error, days ...int) {
	t.Helper()
	var got []int
	for _, err := range errs {
		if d, ok := errors.AsType[*load.DamagedError](err); ok && errors.Is(err, load.ErrDamaged) {
			got = append(got, d.Partition.Date.Day())
		}
	}
	if !slices.Equal(got, days) {
		t.Errorf("damaged are %v, want %v: %v", got, days, errs)
	}
}

// A damaged day of the search is skipped, and a row whose hash is none is damage as well.
func TestMergeSkipsDamageOfTheSearch(t *testing.T) {
	store, lake := newLake(t)
	fill(t, lake, 3, at("s", 3, 6, "6"))
	fill(t, lake, 4, at("s", 4, 4, "4"))
	fill(t, lake, 5, strings.Replace(at("s", 5, 9, "9"), "99", "9", 1))
	fill(t, lake, 22, at("s", 22, 5, "5"))
	damage(t, store, meetingsOn(3), 0, 0.5)
	m := merged(t, lake, on22, load.Reading{Search: schemas.Range{From: day(1), To: day(30)}}, at("y", 22, 1, "f"))
	wantDates(t, m.Skipped(), 3, 5)
	wantDates(t, m.Damaged())
	published(t, m)
	wantDay(t, lake, 4)
	wantDay(t, lake, 22, at("s", 22, 5, "5"), at("y", 22, 1, "f"))
}
