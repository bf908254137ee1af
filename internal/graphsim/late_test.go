package graphsim

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// details are what the tenant says of its first day's calls, by id.
func details(t *testing.T, o Options) map[string][2]answer {
	t.Helper()
	tenant := New(o)
	records, _ := all(t, tenant, recordsPath)
	out := map[string][2]answer{}
	for _, r := range records {
		id := r["id"].(string)
		whole := get(t, tenant, recordsPath+"/"+id+"?$expand=sessions($expand=segments)")
		if whole.json["version"] != r["version"] || whole.json["lastModifiedDateTime"] != r["lastModifiedDateTime"] {
			t.Errorf("%s: the list and the record disagree on the version", id)
		}
		out[id] = [2]answer{whole, get(t, tenant, recordsPath+"/"+id+"?$expand=participants_v2")}
	}
	return out
}

// segments counts those of the first session.
func segments(t *testing.T, a answer) int {
	t.Helper()
	return len(objects(t, objects(t, a.json, "sessions")[0], "segments"))
}

// Between two nights only the calls change whose version rose, and those have one more segment for it.
func TestSecondNight(t *testing.T) {
	first, second := monday.Add(30*time.Hour), monday.Add(54*time.Hour)
	o := small()
	o.Late, o.Now = 0.2, at(first)
	before, again := details(t, o), details(t, o)
	o.Now = at(second)
	after := details(t, o)
	rose := 0
	for id, old := range before {
		now := after[id]
		if !bytes.Equal(old[0].body, again[id][0].body) {
			t.Errorf("%s is another in the same night", id)
		}
		step := int(now[0].json["version"].(float64) - old[0].json["version"].(float64))
		if same := bytes.Equal(old[0].body, now[0].body) && bytes.Equal(old[1].body, now[1].body); same != (step == 0) {
			t.Errorf("%s: the version rose by %d, and the record is the same: %v", id, step, same)
		}
		if step == 0 {
			continue
		}
		rose++
		if n := segments(t, now[0]) - segments(t, old[0]); n != step {
			t.Errorf("%s has %d segments more, want %d", id, n, step)
		}
		modified := instantOf(t, now[0].json, "lastModifiedDateTime")
		if !modified.After(first) || modified.After(second) || now[0].json["startDateTime"] != old[0].json["startDateTime"] {
			t.Errorf("%s was modified at %v, want between the nights; or its start moved", id, modified)
		}
	}
	// Of 148 calls a fifth, and of those the ones whose instant lies in 24 of the 42 hours, or a little more.
	if len(before) != 148 || len(after) != 148 || rose < 10 || rose > 30 {
		t.Errorf("%d calls, then %d, of which %d rose; want 148 and about 20", len(before), len(after), rose)
	}
}

// The list keeps its order, and shows a late version from its instant on.
func TestLateInstants(t *testing.T) {
	o := small()
	o.Late = 1
	tenant := New(o)
	versions := map[int]int{}
	for c := range tenant.calls(place{day: tenant.first}, o.To, o.To.AddDate(0, 0, 3)) {
		bare := tenant.call(c.day, c.index)
		list := tenant.late(&bare)
		versions[len(list)]++
		for i, instant := range list {
			if age := instant.Sub(c.end); age < firstLate || age > lastLate {
				t.Errorf("call %d: a late version after %v", c.index, age)
			}
			if v := tenant.asOf(bare, instant.Add(-tick)); v.version != bare.version+i {
				t.Errorf("call %d: version %d before the %d. late one", c.index, v.version, i+1)
			}
			if v := tenant.asOf(bare, instant); v.version != bare.version+i+1 || !v.modified.Equal(instant) {
				t.Errorf("call %d: version %d of %v at the %d. late one", c.index, v.version, v.modified, i+1)
			}
		}
	}
	if versions[0] > 0 || versions[1] < 80 || versions[2] < 20 {
		t.Errorf("calls by late versions: %v, want all of 148 to have one or two", versions)
	}
	newest, _ := all(t, tenant, recordsPath)
	o.Late = -1
	oldest, _ := all(t, New(o), recordsPath)
	if !slices.Equal(column(newest, "id"), column(oldest, "id")) {
		t.Error("late versions change the order of the list")
	}
	for i := range newest {
		if oldest[i]["version"].(float64) > 4 || newest[i]["version"] == oldest[i]["version"] {
			t.Errorf("call %d: version %v without late ones, and %v with them", i, oldest[i]["version"], newest[i]["version"])
		}
	}
}

// A twentieth of the calls is late if nothing else is said.
func TestShareOfLateCalls(t *testing.T) {
	tenant := New(week())
	calls, late := 0, map[kind]int{}
	for c := range tenant.calls(place{day: tenant.first}, sunday, sunday) {
		calls++
		late[c.kind] += min(1, len(tenant.late(c)))
	}
	sum := 0
	for _, n := range late {
		sum += n
	}
	if share := float64(sum) / float64(calls); share < 0.04 || share > 0.06 || late[missed] == 0 || late[group] == 0 {
		t.Errorf("%d of %d calls are late, by kind %v", sum, calls, late)
	}
}
