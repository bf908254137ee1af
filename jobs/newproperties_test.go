package jobs_test

import (
	"fmt"
	"net/http"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// What is new in Graph is remembered until it is known, whatever the lake keeps, without what it holds and without ids in its name.
func TestNewPropertiesAreRemembered(t *testing.T) {
	for _, content := range []schemas.Content{schemas.NoContent, schemas.FullContent} {
		more := `,"moodOfTheDay":"tea","extension_0123456789abcdef0123456789abcdef_shoeSize":"44","Ada Byron":1`
		h := http.NewServeMux()
		h.HandleFunc("GET /v1.0/communications/callRecords/", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"value":[{"id":"a","startDateTime":"2026-11-16T08:00:00Z","duration":60%s}]}`, more)
		})
		r := newRig(t, h)
		r.Privacy = jobs.Privacy{Content: content}
		want := []schemas.Path{"extension_…_shoeSize", "moodOfTheDay"}
		for range 2 { // and what is not sent again is not forgotten
			r.run(t, 1, schemas.PSTNCalls)
			st, err := state.Load(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: schemas.PSTNCalls.Name})
			if err != nil || fmt.Sprint(st.New) != fmt.Sprint(want) {
				t.Errorf("content %v: %q, %v; want %q", content, st.New, err, want)
			}
			more = ""
		}
	}
}
