package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Whatever a cursor is answered, with a code that nobody knows, with nothing or with a circle, it is not stuck: that
// night everything is read from the start, and the next goes on with the new cursor.
func TestABadCursorIsNotStuck(t *testing.T) {
	for _, how := range []string{"400", "404", "410", "{}", "circle"} {
		t.Run(how, func(t *testing.T) {
			d := directory{"": {`{"id":"ada","department":"Sales"},{"id":"bea","department":"Lab"}`, "t1"}, "t2": {`{"id":"bea","department":"Desk"}`, "t2"}}
			var asked []string
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				token := q.URL.Query().Get("$deltatoken")
				asked = append(asked, token)
				if token == "t1" {
					answerSick(w, q, how)
					return
				}
				d.ServeHTTP(w, q)
			}))
			r = r.impatient(t)
			r.at(at(18, 2)).night(t, schemas.Users)
			d[""] = [2]string{`{"id":"ada","department":"Support"},{"id":"bea","department":"Lab"}`, "t2"}
			if rep := r.at(at(19, 2)).night(t, schemas.Users); rep.Status != state.Data || rep.Incomplete() {
				t.Errorf("%+v", rep)
			}
			if got := strings.Join(r.people(t, 19), ", "); got != "ada Support, bea Lab" {
				t.Errorf("on the 19th: %s", got)
			}
			asked = nil
			r.at(at(20, 2)).night(t, schemas.Users)
			if got := strings.Join(r.people(t, 20), ", "); got != "ada Support, bea Desk" || !slices.Equal(asked, []string{"t2"}) {
				t.Errorf("on the 20th: %s, asked for %q", got, asked)
			}
		})
	}
}

// Everybody's notes to themselves are in a chat of one id, and may have messages of one id: they stay apart.
func TestNotesToOneself(t *testing.T) {
	d := schemas.ChatMessages
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"ann"},{"id":"bob"}]}`)
	})
	mux.HandleFunc("GET /v1.0/users/{user}/chats/getAllMessages", func(w http.ResponseWriter, r *http.Request) {
		message := func(chat, text string) string {
			return fmt.Sprintf(`{"id":"1","chatId":%q,"createdDateTime":"2026-11-16T10:00:00Z","lastModifiedDateTime":"2026-11-16T10:00:00Z","subject":%q}`, chat, text)
		}
		fmt.Fprintf(w, `{"value":[%s,%s]}`, message("48:notes", "of "+r.PathValue("user")), message("19:both", "to both"))
	})
	r := newRig(t, mux)
	for range 2 {
		if rep := r.days(t, 16, 17, d); rep.Status != state.Data || rep.Units[0].Records != 3 {
			t.Errorf("%+v", rep)
		}
		want(t, inOrder(r.rows(t, d.Root(), monday, "chat_id", "message_id", "mailbox_id")...), "19:both 1 ", "48:notes 1 ann", "48:notes 1 bob")
	}
	want(t, r.audit(t, d))
}
