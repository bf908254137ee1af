package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Whatever Graph says against a cursor, the directory is then read whole, and who is no longer listed is removed.
func TestCursorIsRefused(t *testing.T) {
	for _, status := range []int{400, 403, 404, 409, 410, 412, 414, 422, 501} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			day := 1
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				users := `{"id":"ada","department":"Sales"},{"id":"bea","department":"Sales"}`
				switch token := r.URL.Query().Get("$deltatoken"); {
				case token != "":
					w.WriteHeader(status)
					fmt.Fprint(w, `{"error":{"code":"odd","message":"not this one"}}`)
					return
				case day > 1:
					users = `{"id":"ada","department":"Lab"}`
				}
				fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, users, r.Host)
			}))
			for day = 1; day <= 2; day++ {
				if rep := r.at(at(day, 3)).night(t, schemas.Users); rep.Status != state.Data {
					t.Fatalf("day %d: %s: %+v", day, rep.Status, rep.Units[0].Error)
				}
			}
			if got, want := r.people(t, 2), []string{"ada Lab", "bea Sales removed"}; !slices.Equal(got, want) {
				t.Errorf("the picture has %v, want %v", got, want)
			}
		})
	}
}
