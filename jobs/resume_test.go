package jobs_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// A backfill that was interrupted is continued by the same command: what it has read is not listed
// again, the rest is, and the next time all of it.
func TestInterruptedBackfillGoesOn(t *testing.T) {
	calls := moving{"a": {"2026-11-10T10:00:00Z", 1}, "b": {"2026-11-12T10:00:00Z", 1}, "c": {"2026-11-14T10:00:00Z", 1}}
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex // of listed
	var answering sync.WaitGroup
	listed := map[string]bool{}
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		answering.Add(1)
		defer answering.Done()
		if window := bounds.FindStringSubmatch(req.URL.Query().Get("$filter")); window != nil {
			day := window[1][:len("2026-11-14")]
			mu.Lock()
			listed[day] = true
			mu.Unlock()
			if day == "2026-11-14" && ctx.Err() == nil {
				stop()
				<-req.Context().Done()
				return
			}
		}
		calls.ServeHTTP(w, req)
	}))
	backfill := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: november(10), To: november(16)}
	first, err := r.Run(ctx, backfill)
	if err != nil || first.Status != state.Interrupted {
		t.Fatalf("%v, status %s", err, first.Status)
	}
	var left []string
	for day := 10; day < 16; day++ {
		covered := slices.ContainsFunc(r.state(t, schemas.CallRecords).Coverage, func(c state.Covered) bool {
			return c.Held() && c.Range().Contains(november(day))
		})
		if !covered {
			left = append(left, november(day).Format("2006-01-02"))
		}
	}
	if len(left) < 1 || len(left) > 4 { // the last day is read beside the one that is stopped
		t.Fatalf("left to do: %v", left)
	}
	for _, want := range [][]string{left, {"2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15"}} {
		answering.Wait() // also of requests that nobody waits for any more
		mu.Lock()
		clear(listed)
		mu.Unlock()
		rep := r.days(t, 10, 16, schemas.CallRecords)
		answering.Wait()
		mu.Lock()
		if got := slices.Sorted(maps.Keys(listed)); rep.Status != state.Data || !slices.Equal(got, want) {
			t.Errorf("status %s, listed %v, want %v", rep.Status, got, want)
		}
		mu.Unlock()
	}
	fresh := r.fresh(t)
	fresh.days(t, 10, 16, schemas.CallRecords)
	differ(t, "after all", r.bytes(t), fresh.bytes(t))
}
