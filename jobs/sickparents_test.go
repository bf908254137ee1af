package jobs_test

import (
	"fmt"
	"net/http"
	"testing"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// colleagues are four users who write a message each on every day from the 17th of November on.
func colleagues() *office {
	o := &office{users: []string{"ann", "bob", "cid", "dee"}, messages: map[string][]message{}}
	for _, user := range o.users {
		for day := 17; day < 30; day++ {
			written := fmt.Sprintf("2026-11-%02dT10:00:00.000Z", day)
			o.messages[user] = append(o.messages[user], message{user + "-m", written, written})
		}
		for i := range o.messages[user] {
			o.messages[user][i].id += fmt.Sprint(17 + i)
		}
	}
	return o
}

// wrote are the days on which a lake has a message of a user.
func (r *rig) wrote(t *testing.T, user string) string {
	t.Helper()
	var days []int
	for _, row := range r.on(t, schemas.ChatMessages, "message_id", "chat_id") {
		var day int
		var id, chat string
		if _, err := fmt.Sscan(row, &day, &chat, &id); err != nil {
			t.Fatal(err)
		}
		if chat != "chat-of-"+user {
			id, chat = chat, id
		}
		if chat == "chat-of-"+user {
			if want := fmt.Sprint(user, "-m", day); id != want {
				t.Errorf("on the %dth there is %s", day, id)
			}
			days = append(days, day)
		}
	}
	return fmt.Sprint(days)
}

// A mailbox that answers nothing whole for two nights is behind, and named wherever somebody may look; the others
// are read. Once it answers it is read from where it stood, and the others are not.
func TestOneParentThatIsSick(t *testing.T) {
	for how, reason := range map[string]string{
		"403": "unauthorized 403 Sick", "400": "rejected 400 Sick", "404": "not found 404 Sick", "500": "unavailable 500 Sick",
		"cut": "unavailable", "{}": "incomplete 200", "circle": "malformed",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			d, o := schemas.ChatMessages, colleagues()
			r := newOffice(t, o).at(at(18, 2))
			if rep := r.night(t, d); rep.Incomplete() || r.wrote(t, "bob") != "[17]" {
				t.Fatalf("%+v, %s", rep, r.wrote(t, "bob"))
			}
			o.sick = map[string]string{"bob": how}
			for _, day := range []int{19, 20} {
				r = r.at(at(day, 2))
				rep := r.night(t, d)
				if u := rep.Units[0]; rep.Status != state.Data || !rep.Incomplete() || u.Behind != 1 || u.Parents != 4 || u.Vanished != 0 || u.Who[0].Parent != "bob" {
					t.Errorf("on the %dth: %+v", day, rep)
				}
				want(t, r.told(t, d), fmt.Sprintf("bob 17T00:00:00-%dT02:00:00 since 19T02: %s", day, reason))
			}
			if bob, ann := r.wrote(t, "bob"), r.wrote(t, "ann"); bob != "[17]" || ann != "[17 18 19]" {
				t.Errorf("meanwhile bob wrote on %s and ann on %s", bob, ann)
			}
			o.sick, o.since = nil, nil
			r = r.at(at(21, 2))
			if rep := r.night(t, d); rep.Incomplete() {
				t.Errorf("the third night: %+v", rep)
			}
			want(t, r.told(t, d))
			if got := r.wrote(t, "bob"); got != "[17 18 19 20]" {
				t.Errorf("in the end bob wrote on %s", got)
			}
			if bob, ann := fmt.Sprint(o.since["bob"]), fmt.Sprint(o.since["ann"]); bob != "[17T00:00 21T00:00]" || ann != "[19T00:00]" {
				t.Errorf("bob was read from %s, ann from %s", bob, ann)
			}
		})
	}
}

// A mailbox that a list names and nobody finds is not believed to be gone for a week; then it is no finding any
// more, and what it has is read all the same when it is back. It is believed at once of who was never found.
func TestAMailboxThatIsNotFound(t *testing.T) {
	d, o := schemas.ChatMessages, colleagues()
	o.sick = map[string]string{"dee": "404"}
	r := newOffice(t, o)
	for day := 18; day < 30; day++ {
		switch day {
		case 19:
			o.sick["bob"] = "403"
		case 20:
			o.sick["bob"] = "404"
		case 28:
			delete(o.sick, "bob")
		}
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		behind, vanished, told := int64(0), int64(1), []string(nil)
		if day >= 19 && day < 27 { // the first 404 was on the 20th
			behind, told = 1, []string{fmt.Sprintf("bob 17T00:00:00-%dT02:00:00 since 19T02: %s", day, map[bool]string{true: "unauthorized 403 Sick", false: "not found 404 Sick"}[day == 19])}
		} else if day == 27 {
			vanished = 2
		}
		if u := rep.Units[0]; rep.Status != state.Data || u.Behind != behind || u.Vanished != vanished || rep.Incomplete() != (behind > 0) {
			t.Errorf("on the %dth: %+v", day, rep)
		}
		want(t, r.told(t, d), told...)
	}
	if got := r.wrote(t, "bob"); got != "[17 18 19 20 21 22 23 24 25 26 27 28]" {
		t.Errorf("bob wrote on %s", got)
	}
	if got := r.wrote(t, "dee"); got != "[]" {
		t.Errorf("dee wrote on %s", got)
	}
}

// What is missing of a user whom no list names for a week is lost, which is said until somebody accepts it.
func TestWhoIsBehindAndLeaves(t *testing.T) {
	d, o := schemas.ChatMessages, colleagues()
	r := newOffice(t, o).at(at(18, 2))
	r.night(t, d)
	o.sick = map[string]string{"bob": "403"}
	r.at(at(19, 2)).night(t, d)
	o.users = []string{"ann", "cid", "dee"}
	var lost int64
	for day := 20; day < 29; day++ {
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		for _, u := range rep.Units {
			lost += u.Lost
		}
		if rep.Incomplete() != (day <= 27) {
			t.Errorf("on the %dth: %+v", day, rep)
		}
		if day < 27 {
			want(t, r.told(t, d), "bob 17T00:00:00-19T02:00:00 since 19T02: unauthorized 403 Sick")
		} else {
			want(t, r.told(t, d), "lost bob 17T00:00:00-19T02:00:00")
		}
	}
	if lost != 1 {
		t.Errorf("the reports tell of %d that are lost, want it told once", lost)
	}
	if n, err := state.AcceptLost(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: d.Name}, state.Accepted{From: november(17), To: november(20), By: "Ida", At: r.Now}, r.Log); n != 1 || err != nil {
		t.Errorf("accepted %d, %v", n, err)
	}
	want(t, r.told(t, d))
	if got := r.wrote(t, "bob"); got != "[17]" {
		t.Errorf("bob wrote on %s", got)
	}
}

// Of a channel that is behind nothing is known, so its members stay in the pictures as they were, however long that lasts and
// although the state does not have its id; once it answers, who is gone by then goes.
func TestMembersOfAChannelThatIsSick(t *testing.T) {
	const team, open, shut = "4f9a39be-c322-436b-9e75-f039b2703de4", "19:0bc10a98@thread.tacv2", "19:f5f24692@thread.tacv2"
	members, sick := map[string]string{open: `{"id":"a"},{"id":"b"}`, shut: `{"id":"c"},{"id":"d"}`}, false
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"value":[{"id":%q}]}`, team) })
	mux.HandleFunc("GET /v1.0/teams/{team}/channels", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":%q},{"id":%q}]}`, open, shut)
	})
	mux.HandleFunc("GET /v1.0/teams/{team}/channels/{channel}/members", func(w http.ResponseWriter, r *http.Request) {
		channel := r.PathValue("channel")
		if sick && channel == shut {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Sick","message":"not now"}}`)
			return
		}
		fmt.Fprintf(w, `{"value":[%s]}`, members[channel])
	})
	d, r := schemas.ChannelMembers, newRig(t, mux)
	night := func(day int, behind int64, rows ...string) {
		t.Helper()
		r = r.at(at(day, 2))
		if rep := r.night(t, d); rep.Units[0].Error != nil || rep.Units[0].Behind != behind {
			t.Errorf("on the %dth: %+v", day, rep)
		}
		want(t, r.rows(t, d.Root(), november(day), "membership_id", "removed"), rows...)
	}
	night(18, 0, "a false", "b false", "c false", "d false")
	sick = true
	members[open] = `{"id":"a"}`
	night(19, 1, "a false", "b false", "c false", "d false")
	night(20, 1, "a false", "b true", "c false", "d false")
	night(21, 1, "a false", "b true", "c false", "d false")
	sick = false
	members[shut] = `{"id":"c"}`
	night(22, 0, "a false", "b true", "c false", "d false")
	night(23, 0, "a false", "b true", "c false", "d true")
}
