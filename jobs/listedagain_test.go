package jobs_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// A transcript that one night's list did not name is there again when a list names it, though its content was read before and
// raw holds it as it is listed.
func TestWhatIsListedAgainIsThereAgain(t *testing.T) {
	clock := at(18, 2)
	sim := talkers(&clock, graphsim.Options{Users: 30})
	quiet := "" // whose list is empty
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if quiet != "" && strings.Contains(q.URL.Path, quiet+"/onlineMeetings/getAll") {
			_, _ = io.WriteString(w, `{"@odata.count":0,"value":[]}`)
			return
		}
		sim.ServeHTTP(w, q)
	}))
	d := schemas.Transcripts
	r.at(clock).days(t, 16, 18, d)
	rows := r.rows(t, d.Root(), november(17), "organizer_user_id", "removed")
	if len(rows) < 2 {
		t.Fatalf("rows: %q", rows)
	}
	organizer, _, _ := strings.Cut(rows[0], " ")
	marked := func() (n int) {
		for _, row := range r.rows(t, d.Root(), november(17), "organizer_user_id", "removed") {
			if row == organizer+" true" {
				n++
			}
		}
		return n
	}
	quiet, clock = organizer, at(19, 2)
	r.at(clock).days(t, 16, 18, d)
	if marked() == 0 {
		t.Fatal("nothing that is not listed is marked")
	}
	quiet, clock = "", at(20, 2)
	r.at(clock).days(t, 16, 18, d)
	if n := marked(); n > 0 {
		t.Errorf("%d that are listed again are still marked", n)
	}
	r.equalsTruth(t, sim, d, november(16), november(17))
}
