package audit_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/audit"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/schemas"
)

var tenant = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}

// parts reads a coverage: "10-12 data, 13-14 failed".
func parts(t *testing.T, text string) state.Coverage {
	t.Helper()
	var all state.Coverage
	for part := range strings.SplitSeq(text, ", ") {
		if part == "" {
			continue
		}
		when, outcome, _ := strings.Cut(part, " ")
		from, to, _ := strings.Cut(when, "-")
		all = append(all, state.Covered{From: statetest.Instant(t, from), To: statetest.Instant(t, to), Outcome: state.Outcome(outcome)})
	}
	return all
}

func TestGaps(t *testing.T) {
	for _, c := range []struct {
		name     string
		dataset  schemas.Dataset
		since    string
		coverage string
		picture  string
		cut      string // the range that is audited
		want     string // from, to and days; the night is that of the 20th
	}{
		{"never read", schemas.CallRecords, "", "", "", "", ""},
		{"asked for every night and never read", schemas.CallRecords, "17", "", "", "", "17-20:3"},
		{"read up to the end", schemas.CallRecords, "10", "10-20 data", "", "", ""},
		{"not read for two nights", schemas.CallRecords, "10", "10-18 data", "", "", "18-20:2"},
		{"a range that nobody has asked to go on", schemas.CallRecords, "", "10-18 data", "", "", ""},
		{"between two ranges", schemas.CallRecords, "", "10-12 data, 15-18 empty", "", "", "12-15:3"},
		{"behind a backfill", schemas.CallRecords, "17", "10-12 data, 17-20 data", "", "", "12-17:5"},
		{"before what was read", schemas.CallRecords, "16", "17-20 data", "", "", "16-17:1"},
		{"refused", schemas.CallRecords, "", "10-12 data, 12-13 forbidden, 13-14 failed, 14-15 data, 15-16 unavailable", "", "", "12-14:2 15-16:1"},
		{"forgotten by Graph", schemas.CallRecords, "", "01-05 expired, 08-10 data, 10-12 expired, 12-14 data", "", "", ""},
		{"too young", schemas.CallRecords, "18", "18-20 not yet", "", "", ""},
		{"hours", schemas.CallRecords, "18", "18-18T06 data, 18T09-20 data", "", "", "18T06-18T09:1"},
		{"today is no gap", schemas.CallRecords, "18", "18-20 data, 20-20T02 failed", "", "", ""},
		{"today is no gap of a range either", schemas.CallRecords, "", "18-20 data, 20-20T02 failed", "", "", ""},
		{"cut by the audited range", schemas.CallRecords, "10", "10-12 data", "", "13-14T12", "13-14T12:2"},
		{"outside the audited range", schemas.CallRecords, "10", "10-12 data", "", "10-12", ""},
		{"pictures that were missed", schemas.Users, "", "10-11 data, 11-13 missed, 13-14 data", "13", "", ""},
		{"pictures that failed since", schemas.Users, "", "10-11 data, 12-13 forbidden, 14-15 failed", "10", "", "12-13:1 14-15:1"},
		{"pictures that failed before", schemas.Users, "", "10-11 failed, 12-13 data", "12", "", ""},
		{"pictures that all failed", schemas.Users, "", "10-11 forbidden", "", "", "10-11:1"},
		{"today's picture failed", schemas.Users, "", "19-20 data, 20-21 failed", "19", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := state.State{Coverage: parts(t, c.coverage)}
			if c.since != "" {
				st.Since = statetest.Instant(t, c.since)
			}
			if c.picture != "" {
				st.Picture = statetest.Instant(t, c.picture)
			}
			store := statetest.Store(t, state.Pair{TenantID: tenant.ID, Dataset: c.dataset.Name}, st)
			s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{c.dataset}}
			if from, to, ok := strings.Cut(c.cut, "-"); ok {
				s.From, s.To = statetest.Instant(t, from), statetest.Instant(t, to)
			}
			a := audit.Auditor{Store: store, Now: statetest.Instant(t, "20T02"), Log: slog.New(slog.DiscardHandler)}
			found, err := a.Audit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found.Findings {
				if f.Kind == audit.FoundGap {
					if f.Date != f.From.Format(time.DateOnly) {
						t.Errorf("the gap from %v is filed under %s", f.From, f.Date)
					}
					got = append(got, fmt.Sprintf("%s-%s:%d", hours(f.From), hours(f.To), f.Count))
				}
			}
			if want := strings.Fields(c.want); !slices.Equal(got, want) {
				t.Errorf("the gaps are %q, want %q", got, want)
			}
			if c.cut != "" {
				return
			}
			status, err := clock.LoadStatus(t.Context(), store, s, nil, a.Now)
			if err != nil {
				t.Fatal(err)
			}
			if spans := status.Datasets[0].Gaps; !slices.EqualFunc(spans, strings.Fields(c.want), func(s clock.Span, w string) bool {
				return strings.HasPrefix(w, hours(s.From)+"-"+hours(s.To)+":")
			}) {
				t.Errorf("status has the gaps %v", spans)
			}
		})
	}
}

func hours(t time.Time) string { return strings.TrimSuffix(t.Format("02T15"), "T00") }

// What a run is reading is busy, and what it does not read, or has died over, is a gap, or dirty, as before.
func TestWhatIsBeingReadIsBusy(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	pair := state.Pair{TenantID: tenant.ID, Dataset: schemas.CallRecords.Name}
	for _, c := range []struct {
		name string
		beat time.Duration // ago
		want string
	}{
		{"alive", time.Second, "gap 2026-11-12 1 busy 2026-11-13 2 busy 2026-11-14 1"},
		{"stale", time.Hour, "gap 2026-11-12 3 dirty 2026-11-14 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := statetest.Store(t, pair, state.State{Coverage: parts(t, "10-12 removed, 15-16 removed"), Since: nov("12"), Dirty: []time.Time{nov("14")}})
			h := state.Heartbeat{Run: "r", Beat: time.Now().Add(-c.beat), Datasets: []state.HeldDataset{{TenantID: pair.TenantID, Dataset: pair.Dataset, From: nov("13"), To: nov("16")}}}
			if _, err := h.Write(t.Context(), store, ""); err != nil {
				t.Fatal(err)
			}
			a := audit.Auditor{Store: store, Now: nov("15T02"), Log: slog.New(slog.DiscardHandler)}
			found, err := a.Audit(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found.Findings {
				got = append(got, fmt.Sprint(f.Kind, " ", f.Date, " ", f.Count))
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("%s\nwant\n%s", got, c.want)
			}
		})
	}
}
