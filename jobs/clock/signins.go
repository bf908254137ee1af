package clock

import (
	"context"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// SignIn is how the sign-in of a tenant's person stands, by what the lake knows of it.
type SignIn struct {
	Tenant string `json:"tenant"`
	// Person is what they are called, for whoever can read the token cache: the lake does not know it.
	Person string `json:"person,omitempty"`
	// Renewed is when they signed in, or when their tokens were renewed last; zero: nobody has signed in yet.
	Renewed time.Time `json:"renewed,omitzero"`
	// SignedOut is set if they have to sign in before anything can be read.
	SignedOut *state.SignedOut `json:"signed_out,omitempty"`
}

// oldSignIn is how old the last renewal of tokens is of which status warns. Entra forgets a refresh token that was not used for
// 90 days.
const oldSignIn = 60 * schemas.Day

// nobodyYet is why nothing is read of a tenant at whose person nobody has signed in.
const nobodyYet = "nobody has signed in yet"

// Old reports whether the tokens were not renewed for so long that Entra may forget them soon.
func (s SignIn) Old(now time.Time) bool {
	return s.SignedOut == nil && now.Sub(s.Renewed) > oldSignIn
}

// LoadSignIns reads how the sign-ins stand of those of the tenants that are read for one person.
func LoadSignIns(ctx context.Context, store load.Store, tenants []plan.Tenant) ([]SignIn, error) {
	all := []SignIn{}
	for _, t := range tenants {
		if !t.Person {
			continue
		}
		known, err := state.LoadSignIn(ctx, store, t.ID)
		if err != nil {
			return all, err
		}
		s := SignIn{Tenant: t.Name, Renewed: known.Renewed, SignedOut: known.SignedOut}
		if s.SignedOut == nil && s.Renewed.IsZero() {
			s.SignedOut = &state.SignedOut{Reason: nobodyYet}
		}
		all = append(all, s)
	}
	return all, nil
}

// SignedOut are those of some sign-ins whose person has to sign in.
func SignedOut(all []SignIn) []SignIn {
	out := []SignIn{}
	for _, s := range all {
		if s.SignedOut != nil {
			out = append(out, s)
		}
	}
	return out
}
