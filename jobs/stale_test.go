package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// hundred answers a directory of a hundred users, of which so many are bad.
func hundred(bad *int) http.Handler {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		var users []string
		for i := range 100 {
			licenses := `[]`
			if i < *bad {
				licenses = `"none"` // no collection
			}
			users = append(users, fmt.Sprintf(`{"id":"u%d","assignedLicenses":%s}`, i, licenses))
		}
		fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, strings.Join(users, ","), r.Host)
	})
	return h
}

// nowhere is a store whose place for what is staged is gone.
type nowhere struct{ state.Store }

func (nowhere) Stage(_ context.Context, name string) (load.Staged, error) {
	return nil, fmt.Errorf("stage %s: %w", name, fs.ErrNotExist)
}

// A day stays dirty until it is derived, also if what is missing is not its raw partition.
func TestADayIsDirtyUntilItIsDerived(t *testing.T) {
	bad := 50
	r := newRig(t, hundred(&bad))
	r.run(t, 2, schemas.Users)
	dirty := []time.Time{later.Truncate(schemas.Day)}
	if st := r.state(t, schemas.Users); !slices.Equal(st.Dirty, dirty) {
		t.Fatalf("dirty are %v, want %v", st.Dirty, dirty)
	}
	broken := r.at(later.Add(schemas.Day))
	broken.Store = nowhere{r.store}
	broken.Lake = load.New(broken.Store, t.TempDir())
	if rep := broken.night(t, schemas.Users); rep.Status != state.Failed {
		t.Errorf("status %s, want failed", rep.Status)
	}
	if st := r.state(t, schemas.Users); !slices.ContainsFunc(st.Dirty, dirty[0].Equal) {
		t.Errorf("dirty are %v, want %v with them", st.Dirty, dirty)
	}
}

// What cannot be read of a day is told by the run that derives it, though another has read it.
func TestADirtyDayTellsItsQuarantine(t *testing.T) {
	bad := 5
	r := newRig(t, hundred(&bad))
	r.run(t, 2, schemas.Users)
	st := r.state(t, schemas.Users)
	st.Dirty = []time.Time{later.Truncate(schemas.Day)}
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, stateObject(schemas.Users), text)
	rep := r.at(later.Add(time.Hour)).night(t, schemas.Users)
	if len(rep.Units) != 1 || rep.Units[0].Quarantined != 5 || rep.Units[0].Records != 100 || rep.Status != state.Data || !rep.Incomplete() {
		t.Errorf("report %+v, want one unit with five of a hundred records in quarantine", rep)
	}
	if again := r.at(later.Add(2*time.Hour)).night(t, schemas.Users); len(again.Units) != 0 {
		t.Errorf("the day is clean, and still told of: %+v", again.Units)
	}
}
