package graphsim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListIsCompleteAndInOrder(t *testing.T) {
	tenant := New(small())
	records, pages := all(t, tenant, recordsPath)
	if got := tenant.count(dayOf(monday)); len(records) != got || got != 148 {
		t.Fatalf("listed %d of %d calls, want 148", len(records), got)
	}
	if !slices.Equal(pages, []int{60, 60, 28}) {
		t.Errorf("pages of %v, want 60, 60, 28", pages)
	}
	starts := instants(t, records)
	if !slices.IsSortedFunc(starts, time.Time.Compare) {
		t.Error("the list is not in the order of startDateTime")
	}
	if ids := distinct(column(records, "id")); len(ids) != 148 {
		t.Errorf("%d different ids among 148 records", len(ids))
	}
	_, pages = all(t, tenant, recordsPath, "Prefer", "include-unknown-enum-members, odata.maxpagesize=50")
	if !slices.Equal(pages, []int{50, 50, 48}) {
		t.Errorf("with maxpagesize=50: pages of %v", pages)
	}
	_, pages = all(t, tenant, recordsPath, "Prefer", "odata.maxpagesize=500")
	if pages[0] != 60 {
		t.Errorf("with maxpagesize=500 a page of %d: 60 is the most", pages[0])
	}
}

func TestListFilterBounds(t *testing.T) {
	tenant := New(small())
	records, _ := all(t, tenant, recordsPath)
	starts := column(records, "startDateTime")
	tenth, twentieth := starts[10], starts[20]
	for _, c := range []struct {
		filter string
		want   []map[string]any
	}{
		{"startDateTime ge " + tenth + " and startDateTime lt " + twentieth, records[10:20]},
		{"startDateTime gt " + tenth + " and startDateTime le " + twentieth, records[11:21]},
		{"startDateTime ge " + tenth + " and startDateTime le " + tenth, records[10:11]},
		{"startDateTime gt " + tenth + " and startDateTime lt " + tenth, nil},
		{"startDateTime lt " + tenth, records[:10]},
		{"startDateTime lt 2026-11-02T00:00:00Z", nil},
		{"startDateTime ge 2026-11-03T00:00:00Z", nil},
		{"startDateTime ge 2026-11-02T01:00:00+01:00", records},
	} {
		got, _ := all(t, tenant, recordsPath+"?$filter="+strings.ReplaceAll(c.filter, "+", "%2B"))
		if !slices.Equal(column(got, "id"), column(c.want, "id")) {
			t.Errorf("%s: %d records, want %d", c.filter, len(got), len(c.want))
		}
	}
}

func TestListByParticipant(t *testing.T) {
	tenant := New(small())
	who := tenant.key(party{kind: internal, number: 3})
	got, _ := all(t, tenant, recordsPath+"?$filter=participants_v2/any(p:p/id eq '"+who+"')&$select=id")
	var want []string
	records, _ := all(t, tenant, recordsPath)
	for _, id := range column(records, "id") {
		parties, _ := all(t, tenant, recordsPath+"/"+id+"/participants_v2")
		if slices.Contains(column(parties, "id"), who) {
			want = append(want, id)
		}
	}
	if !slices.Equal(column(got, "id"), want) || len(want) < 5 {
		t.Errorf("found %d calls with one person, want the %d that name them", len(got), len(want))
	}
	for _, r := range got {
		if len(r) != 1 {
			t.Fatalf("$select=id gave %v", r)
		}
	}
}

// A record is in the list from the end of its call until 30 days later.
func TestListAge(t *testing.T) {
	o := small()
	first, _ := all(t, New(o), recordsPath+"?$filter=startDateTime lt 2026-11-02T12:00:00Z")
	end := instantOf(t, first[0], "endDateTime")
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{end.Add(-tick), false}, {end, true}, {end.Add(oldest), true}, {end.Add(oldest + tick), false},
	} {
		o.Now = at(c.now)
		records, _ := all(t, New(o), recordsPath)
		if got := slices.Contains(column(records, "id"), first[0]["id"].(string)); got != c.want {
			t.Errorf("%v after its end the call is listed: %v, want %v", c.now.Sub(end), got, c.want)
		}
	}
}

func instants(t *testing.T, records []map[string]any) []time.Time {
	t.Helper()
	out := make([]time.Time, len(records))
	for i, r := range records {
		out[i] = instantOf(t, r, "startDateTime")
	}
	return out
}

func instantOf(t *testing.T, record map[string]any, name string) time.Time {
	t.Helper()
	text, _ := record[name].(string)
	at, ok := parseInstant(text)
	if !ok {
		t.Fatalf("%s is no instant: %q", name, text)
	}
	return at
}

func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
