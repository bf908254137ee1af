package jobs_test

import (
	"testing"

	"graphlake/jobs"
	"graphlake/schemas"
)

// A day that may not be read has no records: those of the others are as counted, and not estimated.
func TestARefusedDayIsCounted(t *testing.T) {
	store := stateOnly(t, schemas.ChatMessages, jobs.State{Coverage: jobs.Coverage{
		{From: instant(t, "03"), To: instant(t, "05"), Outcome: jobs.Data, Read: instant(t, "05T02"), Records: 9},
	}})
	pair := jobs.Pair{TenantID: tenant.ID, Dataset: "chat_messages"}
	for _, refused := range []string{"", `,{"dt":"2026-11-05","outcome":"refused"}`} {
		text := []byte(`{"days":[{"dt":"2026-11-03","outcome":"data","records":4},{"dt":"2026-11-04","outcome":"empty"}` + refused + `]}`)
		object := "state/" + pair.TenantID + "/" + pair.Dataset + ".days.json"
		if err := store.Remove(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Swap(t.Context(), object, "", text); err != nil {
			t.Fatal(err)
		}
		got, err := jobs.LoadStatus(t.Context(), store, jobs.Selection{
			Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.ChatMessages},
		}, nil, instant(t, "06T02"))
		if err != nil || got.Datasets[0].Records != 4 {
			t.Errorf("%q: %d records, %v; want 4", refused, got.Datasets[0].Records, err)
		}
	}
}
