package jobs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// directory answers /users/delta: by the token that is given, what has changed and the next token.
type directory map[string][2]string

func (d directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, ok := d[r.URL.Query().Get("$deltatoken")]
	if !ok {
		w.WriteHeader(http.StatusGone)
		fmt.Fprint(w, `{"error":{"code":"syncStateNotFound","message":"start again"}}`)
		return
	}
	fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=%s"}`, answer[0], r.Host, answer[1])
}

func at(day, hour int) time.Time { return november(day).Add(time.Duration(hour) * time.Hour) }

// people are the users of a day's picture: as "ada Sales", or "bea Lab removed".
func (r *rig) people(t *testing.T, day int) []string {
	t.Helper()
	var people []string
	for _, line := range r.rows(t, schemas.Users.Root(), november(day), "user_id", "removed", "department") {
		words := strings.Fields(line)
		if person := words[0] + " " + strings.Join(words[2:], " "); words[1] == "true" {
			people = append(people, person+" removed")
		} else {
			people = append(people, person)
		}
	}
	return people
}

func TestPicturesOverDays(t *testing.T) {
	d := directory{
		"":   {`{"id":"ada","department":"Sales","displayName":"Ada"},{"id":"bea","department":"Sales"},{"id":"cem","department":"Sales"}`, "t1"},
		"t1": {`{"id":"ada","department":"Support"},{"id":"bea","@removed":{"reason":"changed"}}`, "t2"},
		"t2": {`{"id":"cem","department":"Lab"}`, "t3"},
		"t3": {``, "t4"},
		"t5": {`{"id":"bea","department":"Desk"}`, "t6"},
	}
	r := newRig(t, d)
	step := func(what string, day int, rep jobs.Report, want ...string) {
		t.Helper()
		if rep.Status != state.Data || len(rep.Units) != 1 {
			t.Fatalf("%s: %+v", what, rep)
		}
		if got := r.people(t, day); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	step("the first reading", 18, r.at(at(18, 2)).night(t, schemas.Users), "ada Sales", "bea Sales", "cem Sales")
	step("a change and a removal", 19, r.at(at(19, 2)).night(t, schemas.Users), "ada Support", "bea Sales removed", "cem Sales")
	if again := r.at(at(19, 5)).night(t, schemas.Users); len(again.Units) > 0 {
		t.Errorf("a second night on one day plans %+v", again.Units)
	}
	step("again on the same day", 19, r.at(at(19, 8)).days(t, 19, 20, schemas.Users), "ada Support", "bea Sales removed", "cem Lab")
	step("without changes", 20, r.at(at(20, 2)).night(t, schemas.Users), "ada Support", "bea Sales removed", "cem Lab")

	d[""] = [2]string{`{"id":"ada","department":"Support"},{"id":"dan","department":"New"}`, "t5"}
	step("an expired cursor, three days later", 23, r.at(at(23, 2)).night(t, schemas.Users),
		"ada Support", "bea Sales removed", "cem Lab removed", "dan New")
	step("still absent the night after", 24, r.at(at(24, 2)).night(t, schemas.Users), "ada Support", "bea Sales removed", "cem Lab removed", "dan New")
	step("a return", 25, r.at(at(25, 2)).night(t, schemas.Users), "ada Support", "bea Desk", "cem Lab removed", "dan New")

	st := r.state(t, schemas.Users)
	var covered []string
	for _, c := range st.Coverage {
		covered = append(covered, fmt.Sprint(c.From.Day(), "-", c.To.Day(), " ", c.Outcome))
	}
	want := []string{"18-21 data", "21-23 missed", "23-25 data", "25-26 data"}
	if !slices.Equal(covered, want) || len(st.Dirty) > 0 || !st.Picture.Equal(november(25)) || !strings.HasSuffix(st.Cursor, "t6") {
		t.Errorf("the coverage is %v, want %v; state %+v", covered, want, st)
	}
	past, err := r.at(at(20, 3)).Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}, Back: true})
	if err != nil || len(past.Units) > 0 {
		t.Errorf("before the newest picture: %+v, %v", past.Units, err)
	}
}

// A user whom a reading from the start names as removed is as they were last known, too.
func TestRemovedInAWholeReading(t *testing.T) {
	d := directory{"": {`{"id":"ada","department":"Sales"},{"id":"bea","department":"Lab"}`, "t1"}}
	r := newRig(t, d)
	r.at(at(18, 2)).night(t, schemas.Users)
	d[""] = [2]string{`{"id":"bea","department":"Lab"},{"id":"ada","@removed":{"reason":"deleted"}}`, "t2"}
	r.at(at(19, 2)).night(t, schemas.Users)
	if got, want := r.people(t, 19), []string{"ada Sales removed", "bea Lab"}; !slices.Equal(got, want) {
		t.Errorf("the picture is %q, want %q", got, want)
	}
}

// A run that ended after raw was published and before the state was written is done again: the same
// changes, over the picture that has them already.
func TestPictureAgainAfterACrash(t *testing.T) {
	d := directory{
		"":   {`{"id":"ada","department":"Sales"},{"id":"bea","department":"Lab"}`, "t1"},
		"t1": {`{"id":"ada","department":"Support"},{"id":"bea","@removed":{"reason":"changed"}},{"id":"cem","department":"Lab"}`, "t2"},
		"t2": {`{"id":"cem","department":"Desk"},{"id":"bea","department":"Lab"}`, "t3"},
	}
	for _, sameDay := range []bool{false, true} {
		r := newRig(t, d)
		r.at(at(18, 2)).night(t, schemas.Users)
		if sameDay { // the older picture is the one that is replaced
			r.at(at(19, 1)).night(t, schemas.Users)
		}
		object := "state/" + tenant.ID + "/users.json"
		st := r.state(t, schemas.Users) // as the run leaves it before it publishes raw
		st.Dirty = append(st.Dirty, november(19))
		if sameDay {
			st.Coverage[len(st.Coverage)-1].Unsure = true
		}
		before, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		r.at(at(19, 2)).days(t, 19, 20, schemas.Users)
		want := r.bytes(t)

		written, err := r.store.Open(t.Context(), object)
		if err != nil {
			t.Fatal(err)
		}
		version := written.Info().Version
		written.Close()
		if _, err := r.store.Swap(t.Context(), object, version, before); err != nil {
			t.Fatal(err)
		}
		r.at(at(19, 3)).days(t, 19, 20, schemas.Users)
		differ(t, "the lake after a crash", r.bytes(t), want)
	}
}

// Night after night, who is there is who a reading from the start finds, with the same in all columns,
// and who has left is kept.
func TestPicturesOfAChangingDirectory(t *testing.T) {
	clock := at(16, 2)
	r := newRig(t, graphsim.New(graphsim.Options{Users: 60, From: monday, To: monday.Add(schemas.Day), Moves: 300, Now: func() time.Time { return clock }}))
	removed := 0
	for day := 16; day < 22; day++ {
		clock = at(day, 2)
		night, fresh := r.at(clock), r.fresh(t).at(clock)
		night.night(t, schemas.Users)
		fresh.night(t, schemas.Users)
		for _, table := range schemas.Users.Tables {
			got, want := night.rows(t, table, november(day)), fresh.rows(t, table, november(day))
			if table.Name == schemas.Users.Root().Name {
				all := len(got)
				got = slices.DeleteFunc(got, func(line string) bool { return !slices.Contains(want, line) })
				if gone := strings.Count(strings.Join(night.people(t, day), ";")+";", " removed;"); all != len(got)+gone || gone < removed {
					t.Errorf("day %d: of %d users %d are as they are, and %d removed, after %d", day, all, len(got), gone, removed)
				} else {
					removed = gone
				}
			}
			if table.Name == schemas.Users.Root().Name && !slices.Equal(got, want) {
				t.Errorf("day %d, %s: %d rows are those of the %d of a reading from the start", day, table.Name, len(got), len(want))
			}
		}
	}
	if removed == 0 {
		t.Error("nobody has left")
	}
}

// fresh is another lake, of the same Graph.
func (r *rig) fresh(t *testing.T) *rig {
	return newRigOn(t, graph.Options{Endpoint: r.endpoint}).at(r.Now)
}

// differ says which partitions are not the same.
func differ(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %s is another", what, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is too much", what, name)
		}
	}
}

// A new column is filled for all records, also for those that do not change: the cursor of a delta goes
// on with the properties that it was asked for.
func TestANewColumnIsReadWhole(t *testing.T) {
	d := directory{
		"":   {`{"id":"ada"},{"id":"bea"}`, "t1"},
		"t1": {``, "t2"},
		"t2": {``, "t2"},
		"t3": {``, "t4"},
	}
	r := newRig(t, d)
	less := schemas.Users
	less.Tables = slices.Clone(less.Tables)
	less.Tables[0].Columns = slices.DeleteFunc(slices.Clone(less.Tables[0].Columns), func(c schemas.Column) bool { return c.Name == "department" })
	r.at(at(18, 2)).night(t, less)
	r.at(at(19, 2)).night(t, less)
	d[""] = [2]string{`{"id":"ada","department":"Sales"},{"id":"bea","department":"Lab"}`, "t3"}
	for day := 20; day <= 21; day++ {
		r.at(at(day, 2)).night(t, schemas.Users)
		if got, want := r.people(t, day), []string{"ada Sales", "bea Lab"}; !slices.Equal(got, want) {
			t.Errorf("on day %d: got %q, want %q", day, got, want)
		}
	}
	if c := r.state(t, schemas.Users).Cursor; !strings.HasSuffix(c, "t4") {
		t.Errorf("the cursor is %s, want the delta to go on", c)
	}
}
