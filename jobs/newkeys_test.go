package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/erased"
	"graphlake/jobs/state"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Who was erased and has another name since stays out by that, too, whatever was read before or after it; the key that somebody
// else has stays, in whatever spelling. The same picture again changes nothing more.
func TestNewKeysOfWhoWasErased(t *testing.T) {
	for name, key := range map[string][]byte{"in clear": nil, "pseudonyms": []byte(strings.Repeat("k", 32))} {
		t.Run(name, func(t *testing.T) {
			const ada, bea, cem = "11111111-aaaa-4bbb-8ccc-000000000001", "11111111-aaaa-4bbb-8ccc-000000000002", "11111111-aaaa-4bbb-8ccc-000000000003"
			who, number := "old", "+49 30 7654321"
			h := http.NewServeMux()
			h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, `{"value":[{"id":%[1]q,"mail":"bea@contoso.example","displayName":"Bea Lin","businessPhones":["0049 30 1234567"]},
					{"id":%[2]q,"mail":%[3]q,"userPrincipalName":%[3]q,"displayName":"Ada %[4]s","businessPhones":[%[5]q],"mobilePhone":"+44 7700 900%[6]d"},
					{"id":%[7]q,"displayName":"Cem Oz","mobilePhone":"+44 7700 900999"}],"@odata.deltaLink":"http://%[8]s/v1.0/users/delta?$deltatoken=x"}`,
					bea, ada, who+"@contoso.example", who, number, len(who), cem, r.Host)
			})
			h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"value":[{"id":%q,"mail":"bea@contoso.example"}]}`, bea)
			})
			h.HandleFunc("GET /v1.0/users/{user}/calendarView", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"value":[{"id":"%s-event","subject":"call 004930 1234567","organizer":{"emailAddress":{"address":%q,"name":"Ada %s"}},"start":{"dateTime":"2026-11-16T10:00:00.0000000","timeZone":"UTC"},"lastModifiedDateTime":"2026-11-01T10:00:00Z"}]}`,
					who, who+"@contoso.example", who)
			})
			r := newRig(t, h)
			r.Privacy = privacy.Settings{Key: key}
			datasets := []schemas.Dataset{schemas.CalendarEvents, schemas.Users}
			r.believing(t, datasets...)
			given := "old@contoso.example"
			d, err := erased.ReadDirectory(t.Context(), r.Lake, datasets, []string{tenant.ID}, r.Privacy)
			if err != nil {
				t.Fatal(err)
			}
			p, err := d.Find(given)
			if err != nil || p.ID == "" {
				t.Fatal(err)
			}
			list := func(change func(*erased.List) error) erased.List {
				t.Helper()
				l, err := erased.Update(t.Context(), r.Store, change)
				if err != nil {
					t.Fatal(err)
				}
				return l
			}
			list(func(l *erased.List) error {
				return l.Add(erased.Erasure{Tenants: []string{tenant.ID}}, []erased.Person{p}, r.Privacy)
			})
			r.believing(t, datasets...)
			who, number, r.Now = "newer", "+49 30 1234567", r.Now.Add(schemas.Day)
			rep := r.believing(t, datasets...)
			for _, u := range rep.Units {
				if u.Error != nil {
					t.Errorf("%s: %+v", u.Dataset, u.Error)
				}
			}
			l := list(func(*erased.List) error { return nil })
			if len(l.Erasures) != 2 || !l.IsWhole() || !slices.Equal(l.Erasures[0].People, l.Erasures[1].People) {
				t.Errorf("the list has %+v", l.Erasures)
			}
			people := l.Of(tenant.ID)
			for key, want := range map[string]bool{"newer@contoso.example": true, "Ada newer": true, "+44 7700 9005": true, "0049 30 1234567": false, "Cem Oz": false, "bea@contoso.example": false} {
				if people.Has(key) != want {
					t.Errorf("%s is on the list: %t", key, !want)
				}
			}
			if found := holding(t, r.Store, datasets, "newer@", "Ada newer", r.Privacy.Pseudonym("newer@contoso.example"), ada); len(found) > 0 {
				t.Errorf("in %q", found)
			}
			r.Now = r.Now.Add(schemas.Day)
			r.believing(t, datasets...)
			if l := list(func(*erased.List) error { return nil }); len(l.Erasures) != 2 {
				t.Errorf("%d erasures after one more night", len(l.Erasures))
			}
			st, err := state.Load(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: "users"})
			if err != nil || st.Erased != 2 {
				t.Errorf("users has been through %d, %v", st.Erased, err)
			}
			want(t, r.audit(t, datasets...))
		})
	}
}
