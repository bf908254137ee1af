package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/entrasim"
	"graphlake/internal/graphsim"
)

// challengedSite is a site with the Graph of a simulated tenant, which takes a token until something happens to it.
type challengedSite struct {
	*personSite
	requests atomic.Int64
	happens  atomic.Pointer[func(n int64)] // at the n-th request
}

// week is a run of what one person may see.
var week = []string{"run", "--dataset", "calendar_events,chats,presence,joined_teams", "--from", "2026-11-16", "--to", "2026-11-23", "--now", "2026-11-23T02:30:00Z"}

func newChallengedSite(t *testing.T) *challengedSite {
	t.Helper()
	s := new(challengedSite)
	sim := graphsim.New(graphsim.Options{Seed: 4, Users: 12, From: november(16), To: november(23), Token: "an application's",
		Now: func() time.Time { return november(23).Add(150 * time.Minute) },
		Bearer: func(token string) (graphsim.Bearer, bool) {
			who, err := s.entra.Check(token)
			return graphsim.Bearer{Person: who.PersonID, Scopes: who.Scopes, Challenge: s.entra.Challenge()}, err == nil
		}})
	s.personSite = newPersonSite(t, entrasim.Options{
		Tenants: []string{sim.Tenant},
		Apps:    []entrasim.App{{ClientID: signInClient, Public: true, Consented: []string{"*"}}},
		People:  []entrasim.Person{{ID: firstUser(t, sim), TenantID: sim.Tenant, Username: adele}},
	})
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if happens := s.happens.Load(); happens != nil && r.Method != http.MethodHead {
			(*happens)(s.requests.Add(1))
		}
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(graph.Close)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`endpoint: "[^"]*"`).ReplaceAll(text, fmt.Appendf(nil, "rate: 100000, endpoint: %q", graph.URL))
	text = regexp.MustCompile(`datasets: \[.*\]`).ReplaceAll(text, fmt.Appendf(nil, "datasets: [%s]", week[2]))
	if err := os.WriteFile(s.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s.signIn(t, adele).want(t, "sign-in", ExitDone)
	return s
}

// at lets something happen at the n-th request from now on.
func (s *challengedSite) at(n int64, happens func(username string)) {
	s.requests.Store(0)
	s.happens.Store(new(func(i int64) {
		if i == n {
			happens(adele)
		}
	}))
}

// firstUser is the id of the user whom a tenant lists first.
func firstUser(t *testing.T, sim *graphsim.Tenant) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1.0/users", nil)
	r.Header.Set("Authorization", "Bearer "+sim.Token)
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	var page struct{ Value []struct{ ID string } }
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page.Value) == 0 {
		t.Fatal(w.Body, err)
	}
	return page.Value[0].ID
}

// tables are the bytes of what readers see.
func (s *challengedSite) tables(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	dir := filepath.Join(s.dir, "lake", "tables")
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir)] = string(text)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d tables, %v", len(all), err)
	}
	return all
}

// A token that is taken back in the middle of a run is renewed by what Graph wants of the next, once for all requests in flight, and
// the lake is as if nothing had happened.
func TestRunAnswersAChallenge(t *testing.T) {
	t.Parallel()
	s := newChallengedSite(t)
	s.run(t, week...).want(t, "a run", ExitDone)
	want := s.tables(t)
	for _, at := range []int64{1, 3, 6} {
		if err := os.RemoveAll(filepath.Join(s.dir, "lake")); err != nil {
			t.Fatal(err)
		}
		s.at(at, s.entra.RevokeAccess)
		before := len(s.entra.Requests())
		s.run(t, week...).want(t, "a run whose token is taken back", ExitDone)
		var claims []string
		for _, r := range s.entra.Requests()[before:] {
			if r.Kind == entrasim.Refresh {
				claims = append(claims, r.Claims)
			}
		}
		if len(claims) != 1 || !strings.Contains(claims[0], `"nbf"`) {
			t.Errorf("taken back at the request %d, the token is renewed with %q", at, claims)
		}
		if got := s.tables(t); !maps.Equal(got, want) {
			t.Errorf("taken back at the request %d, the %d tables are others than those %d", at, len(got), len(want))
		}
	}

	// Where Entra does not renew, the rest of the run is not asked for, and what was read is kept.
	s.at(4, s.entra.Revoke)
	s.run(t, week...).want(t, "a run in whose middle the person is signed out", ExitForbidden, "signed_out", "AADSTS50173", "sign-in --tenant contoso")
	asked := s.requests.Load()
	s.run(t, "sign-in", "--status").want(t, "status", ExitForbidden, "signed out since ", "AADSTS50173")
	s.signIn(t, adele).want(t, "signing in again", ExitDone)
	s.run(t, week...).want(t, "the run after it", ExitDone)
	if asked > 20 {
		t.Errorf("%d requests were sent by a run that was signed out at the fourth", asked)
	}
}
