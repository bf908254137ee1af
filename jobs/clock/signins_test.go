package clock_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/jobs/state/statetest"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// A status says of each tenant that is read for one person how long their sign-in will do, and of no other.
func TestStatusOfSignIns(t *testing.T) {
	nov := func(s string) time.Time { return statetest.Instant(t, s) }
	store := memstore.New()
	person := func(name, id string) plan.Tenant { return plan.Tenant{Name: name, ID: id, Person: true} }
	never := person("adatum", "0f7c9a52-3b1e-4d68-8f20-6d3e9b1c4a75")
	out := person("fabrikam", "1f7c9a52-3b1e-4d68-8f20-6d3e9b1c4a75")
	fine := person("wingtip", "2f7c9a52-3b1e-4d68-8f20-6d3e9b1c4a75")
	refused := &state.SignedOut{Since: nov("20T02"), Reason: "the password was changed (AADSTS50173)"}
	for id, s := range map[string]state.SignIn{
		out.ID: {Renewed: nov("19T02"), SignedOut: refused}, fine.ID: {Renewed: nov("21T02")},
		tenant.ID: {Renewed: nov("01")}, // it was one person's once, and is an application's now
	} {
		if err := state.UpdateSignIn(t.Context(), store, id, func(known *state.SignIn) { *known = s }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := clock.LoadStatus(t.Context(), store, plan.Selection{
		Tenants: []plan.Tenant{never, tenant, out, fine}, Datasets: []schemas.Dataset{schemas.Presence},
	}, nil, nov("22T02"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got.SignIns)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"tenant":"adatum","signed_out":{"reason":"nobody has signed in yet"}},` +
		`{"tenant":"fabrikam","renewed":"2026-11-19T02:00:00Z","signed_out":{"since":"2026-11-20T02:00:00Z","reason":"the password was changed (AADSTS50173)"}},` +
		`{"tenant":"wingtip","renewed":"2026-11-21T02:00:00Z"}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	var who []string
	for _, s := range clock.SignedOut(got.SignIns) {
		who = append(who, s.Tenant)
	}
	if !slices.Equal(who, []string{"adatum", "fabrikam"}) {
		t.Errorf("signed out are %q", who)
	}
	last := got.SignIns[2]
	if last.Old(last.Renewed.AddDate(0, 0, 60)) || !last.Old(last.Renewed.AddDate(0, 0, 61)) || got.SignIns[1].Old(nov("22").AddDate(1, 0, 0)) {
		t.Error("who was renewed 61 days ago is old, who was 60 days ago is not, and who is signed out is something else")
	}
}
