package load_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/schemas"
)

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
			if got := published(t, merged(t, lake, on22, load.MergeOptions{}, tt.read)); got != tt.changed {
				t.Errorf("changed the days %q, want %q", got, tt.changed)
			}
			for i, want := range tt.want {
				if want != nil {
					wantDay(t, lake, 21+i, want...)
				}
			}
			if got := published(t, merged(t, lake, on22, load.MergeOptions{}, tt.read)); got != "" {
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
		reading    load.MergeOptions
		want       []string // on 22
		wantThere  []string
		changed    string
		unsearched bool
	}{
		{"newer there", []string{s5}, []string{at("s", 3, 6, "6")}, load.MergeOptions{}, []string{}, []string{at("s", 3, 6, "6")}, "22", false},
		{"older there", []string{s5}, []string{at("s", 3, 4, "4")}, load.MergeOptions{}, []string{s5}, []string{}, "3", false},
		{"of one version there", []string{s5}, []string{at("s", 3, 5, "4")}, load.MergeOptions{}, []string{}, []string{at("s", 3, 5, "4")}, "22", false},
		{"removed there, of one version", []string{s5}, []string{gone("s", 3, 5, "4")}, load.MergeOptions{}, []string{s5}, []string{}, "3", false},
		{"removed there, but newer", []string{s5}, []string{gone("s", 3, 6, "4")}, load.MergeOptions{}, []string{}, []string{gone("s", 3, 6, "4")}, "22", false},
		{"removed here", []string{gone("s", 22, 5, "5")}, []string{at("s", 3, 6, "6")}, load.MergeOptions{}, []string{gone("s", 22, 5, "5")}, []string{at("s", 3, 6, "6")}, "", false},
		{"listed here", []string{s5}, []string{at("s", 3, 6, "6")}, load.MergeOptions{Listed: map[string]bool{"s": true}}, []string{s5}, []string{at("s", 3, 6, "6")}, "", false},
		{"another there", []string{s5}, []string{at("z", 3, 6, "6")}, load.MergeOptions{}, []string{s5}, []string{at("z", 3, 6, "6")}, "", false},
		{"without a key", []string{at("", 22, 5, "5")}, []string{at("", 3, 6, "5")}, load.MergeOptions{}, []string{at("", 22, 5, "5")}, []string{at("", 3, 6, "5")}, "", false},
		{"no search", []string{s5}, []string{at("s", 3, 6, "6")}, load.MergeOptions{}, []string{s5}, []string{at("s", 3, 6, "6")}, "", true},
		{"twice here", []string{s5, s5}, []string{at("s", 3, 4, "6")}, load.MergeOptions{}, []string{s5}, []string{}, "3 22", false},
		{"absent here, newer there", []string{s5}, []string{at("s", 3, 6, "6")}, load.MergeOptions{Absence: load.OfAll}, []string{}, []string{at("s", 3, 6, "6")}, "22", false},
		{"absent here, older there", []string{s5}, []string{at("s", 3, 4, "6")}, load.MergeOptions{Absence: load.OfAll}, []string{gone("s", 22, 5, "e")}, []string{}, "3 22", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, lake := newLake(t)
			fill(t, lake, 3, append(slices.Clone(tt.there), at("x", 3, 1, "f"))...)
			fill(t, lake, 22, append(slices.Clone(tt.here), at("y", 22, 1, "f"))...)
			fill(t, lake, 30, at("s", 30, 9, "9")) // outside of the search
			if !tt.unsearched {
				tt.reading.Search = month
			}
			if got := published(t, removeAbsent(t, merged(t, lake, on22, tt.reading, at("y", 22, 1, "f")))); got != tt.changed {
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
	if got := published(t, merged(t, lake, morning, load.MergeOptions{Search: schemas.Range{From: day(1), To: day(30)}}, fresh)); got != "3 22" {
		t.Errorf("changed the days %q", got)
	}
	wantDay(t, lake, 3)
	wantDay(t, lake, 22, fresh, early, late)
}

// A row that lies on another day than it happened on is not of the range, and is not made absent.
func TestMergeLeavesWhatLiesElsewhere(t *testing.T) {
	_, lake := newLake(t)
	fill(t, lake, 23, at("astray", 22, 1, "1"), at("m", 23, 1, "1"))
	published(t, removeAbsent(t, merged(t, lake, on22, load.MergeOptions{Absence: load.OfAll}, at("m", 23, 2, "2"))))
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
	m, err := s.Merge(t.Context(), load.MergeOptions{})
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
	for _, absent := range []load.Absence{load.OfNobody, load.OfAll} {
		_, lake := newLake(t)
		fill(t, lake, 22, at("s", 22, 5, "5"), at("y", 22, 1, "f"))
		var strays load.Strays
		reading := load.MergeOptions{Strays: &strays, Absence: absent}
		published(t, removeAbsent(t, merged(t, lake, on22, reading, at("y", 22, 1, "f"))))
		if got := published(t, merged(t, lake, schemas.Range{From: day(3), To: day(4)}, reading, at("s", 3, 5, "6"))); got != "3 22" {
			t.Errorf("changed the days %q, want 3 and 22", got)
		}
		wantDay(t, lake, 3, at("s", 3, 5, "6"))
		wantDay(t, lake, 22, at("y", 22, 1, "f"))
	}
}
