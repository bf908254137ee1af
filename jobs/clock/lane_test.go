package clock_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// How the Delta tables stand: which days they lack, how far they are, and which of them somebody has changed.
func TestStatusOfTheLane(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	for _, layout := range []lane.Layout{lane.Shared, lane.PerTenant} {
		t.Run(string(layout), func(t *testing.T) {
			store := memstore.New()
			sel := plan.Selection{
				Tenants:  []plan.Tenant{{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}, {Name: "fabrikam", ID: "5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}},
				Datasets: []schemas.Dataset{schemas.PSTNCalls, schemas.DirectRoutingCalls},
			}
			status, err := clock.LoadStatus(t.Context(), store, sel, nil, nov("20"))
			if err != nil || status.Lane != nil {
				t.Fatalf("a lake without one: %+v, %v", status.Lane, err)
			}
			id, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: layout})
			if err != nil {
				t.Fatal(err)
			}
			l := lane.Open(store, load.New(store, ""), id, lane.Options{Engine: "graphlake/test", Now: time.Now, NewID: func() string { return "an id" }, Log: slog.New(slog.DiscardHandler)})
			pair := state.Pair{TenantID: sel.Tenants[0].ID, Dataset: "pstn_calls"}
			doc, err := state.Open(t.Context(), store, pair, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			err = doc.Update(t.Context(), func(st *state.State) {
				st.MarkClean(nov("16"), "a", "")
				st.MarkClean(nov("17"), "a", id.ID)
				st.MarkClean(nov("18"), "a", "of another")
			})
			if err != nil {
				t.Fatal(err)
			}
			write := func(table schemas.Table, tenantID string, at time.Time) *delta.Table {
				to := &delta.Table{Store: store, Root: l.Root(table, tenantID), Now: func() time.Time { return at }, NewID: at.String, Log: slog.New(slog.DiscardHandler)}
				more, by := []delta.Column{{Name: "dt", Type: delta.DateType}}, []string{"dt"}
				values := map[string]string{"dt": "2026-11-17"}
				if layout == lane.Shared {
					more, by = append(more, delta.Column{Name: "tenant_id", Type: delta.StringType}), []string{"tenant_id", "dt"}
					values["tenant_id"] = tenantID
				}
				schema, err := delta.SchemaOf(table, more, by...)
				if err != nil {
					t.Fatal(err)
				}
				file := delta.File{Path: "x/" + tenantID + ".parquet", Values: values, Size: 1, Rows: 1, Modified: at}
				if _, _, err := to.Replace(t.Context(), func() error { return nil }, delta.Replacement{Schema: schema, Operation: "WRITE", Partitions: []delta.Partition{{Values: values, Files: []delta.File{file}}}}); err != nil {
					t.Fatal(err)
				}
				return to
			}
			calls, direct := schemas.PSTNCalls.Root(), schemas.DirectRoutingCalls.Root()
			write(calls, sel.Tenants[0].ID, nov("18"))
			write(calls, sel.Tenants[1].ID, nov("19"))
			changed := write(direct, sel.Tenants[0].ID, nov("18"))
			if _, err := store.Swap(t.Context(), load.DeltaEntry(changed.Root, 1), "", []byte(`{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}`+"\n")); err != nil {
				t.Fatal(err)
			}

			status, err = clock.LoadStatus(t.Context(), store, sel, nil, nov("20"))
			if err == nil {
				err = status.Lane.LoadTables(t.Context(), l, sel)
			}
			if err != nil || status.Lane.ID != id.ID || status.Lane.Layout != layout {
				t.Fatalf("%+v, %v", status.Lane, err)
			}
			if days := status.Datasets[0].NotInLane; days != 2 {
				t.Errorf("%d days are not there, want 2", days)
			}
			want := []clock.LaneTable{{Table: "pstn_calls", Version: 1, Written: nov("19")}, {Table: "direct_routing_calls", Version: 1}}
			if layout == lane.PerTenant {
				want = []clock.LaneTable{
					{Table: "pstn_calls", Tenant: "contoso", Written: nov("18")}, {Table: "direct_routing_calls", Tenant: "contoso", Version: 1},
					{Table: "pstn_calls", Tenant: "fabrikam", Written: nov("19")},
				}
			}
			if len(status.Lane.Tables) != len(want) {
				t.Fatalf("got  %+v\nwant %+v", status.Lane.Tables, want)
			}
			for i, got := range status.Lane.Tables {
				if isForeign := strings.Contains(got.Foreign, "readers need protocol 3"); isForeign != (got.Table == "direct_routing_calls") {
					t.Errorf("%+v", got)
				}
				if got.Foreign = ""; got != want[i] {
					t.Errorf("got  %+v\nwant %+v", got, want[i])
				}
			}
		})
	}
}
