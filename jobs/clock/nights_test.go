package clock

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
)

// opened counts what is read of a store.
type opened struct {
	*memstore.Store
	n atomic.Int64
}

func (o *opened) Open(ctx context.Context, name string) (load.Object, error) {
	o.n.Add(1)
	return o.Store.Open(ctx, name)
}

func (o *opened) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return o.Store.List(ctx, prefix)
}

// Runs are told by the day on which they began, the newest first, and each report is read once. One that is damaged is named,
// read again, and hides no other.
func TestNights(t *testing.T) {
	s := &opened{Store: memstore.New()}
	today := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	put := func(began time.Time, run, text string) {
		t.Helper()
		if _, err := s.Swap(t.Context(), load.ReportObject(began, run), "", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	report := func(began time.Time, run string, status state.Outcome, units string) {
		t.Helper()
		put(began, run, fmt.Sprintf(`{"run":%q,"started":%q,"ended":%q,"status":%q,"units":[%s]}`,
			run, began.Format(time.RFC3339), began.Add(90*time.Second).Format(time.RFC3339), status, units))
	}
	night := time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)
	report(night, "a", state.Data, `{"records":5,"requests":7,"throttled":1},{"records":1,"requests":2}`)
	report(night.Add(time.Hour), "b", state.Unavailable, `{"records":3,"requests":9,"error":{"kind":"throttled"}}`)
	report(night.AddDate(0, 0, -5), "old", state.Data, "")
	nights := &Nights{Store: s}
	for range 2 {
		got, err := nights.Load(t.Context(), today, 3)
		if err != nil || len(got) != 3 || got[0].Date != "2026-11-23" || len(got[0].Runs) != 0 || len(got[1].Runs) != 2 || got[1].Runs[0].Run != "b" {
			t.Fatalf("%+v, %v", got, err)
		}
		if sum := got[1].Sum(); sum.Status != state.Unavailable || sum.Seconds != 180 || sum.Units != 3 || sum.Failed != 1 || sum.Records != 9 || sum.Requests != 18 || sum.Throttled != 1 {
			t.Errorf("%+v", sum)
		}
		if n := s.n.Load(); n != 2 {
			t.Errorf("%d reports were read, want 2", n)
		}
	}
	put(night.Add(2*time.Hour), "c", "{")
	got, err := nights.Load(t.Context(), today, 3)
	if err == nil || !strings.Contains(err.Error(), "is no report of a run") || len(got[1].Runs) != 3 || got[1].Sum().Status != state.Unavailable {
		t.Errorf("%+v, %v", got, err)
	}
}
