package graphsim

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"
)

// sick is a week of a small tenant, in which much is sick of everything in some seed.
func sick(seed int64, now time.Time) *Tenant {
	return New(Options{
		Seed: seed, Users: 12, CallsPerUserDay: 2, Large: 12, From: monday, To: sunday, Now: at(now),
		Sick: Sick{Seed: seed, Share: 0.2},
	})
}

// Who is sick follows from the seed, what the tenant has does not change, and healing ends it all.
func TestSickTenantIsTheSame(t *testing.T) {
	kinds := map[string]bool{}
	for seed := int64(1); seed <= 20; seed++ {
		for day := 1; day <= 7; day++ {
			now := monday.AddDate(0, 0, day)
			one, other := sick(seed, now), sick(seed, now)
			list := one.Illnesses(now)
			if !reflect.DeepEqual(list, other.Illnesses(now)) {
				t.Fatalf("seed %d: other illnesses in the same night", seed)
			}
			for _, i := range list {
				kinds[i.Kind] = true
				if i.From.After(now) || !i.To.IsZero() && !i.To.After(now) {
					t.Errorf("seed %d: %+v at %v", seed, i, now)
				}
			}
			other.Heal(now)
			if left := other.Illnesses(now); left != nil {
				t.Errorf("seed %d: healed, and still %v", seed, left)
			}
			if day == 7 && !reflect.DeepEqual(one.Truth(), other.Truth()) {
				t.Errorf("seed %d: what is sick changes what there is", seed)
			}
		}
	}
	for _, name := range SickKinds(false) {
		if !kinds[name] && name != "page-expired" { // which is never sick for a whole night
			t.Errorf("nothing was ever sick of %s", name)
		}
	}
}

// The list of the calls of a healed tenant is what the truth counts, wherever calls have moved to.
func TestStrayCallsAreCounted(t *testing.T) {
	now := sunday
	tenant := sick(3, now)
	tenant.Heal(monday)
	truth, moved := tenant.Truth(), 0
	for i, day := range truth.Days {
		from := monday.AddDate(0, 0, i)
		calls, _ := all(t, tenant, recordsPath+"?$filter=startDateTime ge "+from.Format(time.RFC3339)+" and startDateTime lt "+from.AddDate(0, 0, 1).Format(time.RFC3339))
		readable := 0
		for _, c := range calls {
			if get(t, tenant, recordsPath+"/"+c["id"].(string)).status == http.StatusOK {
				readable++
			}
			if number, _ := tenant.number(callIDs, c["id"].(string)); midnight(int(number>>32)) != from {
				moved++
			}
		}
		if readable != day.CallRecords {
			t.Errorf("%s: %d calls, want %d", day.Date, readable, day.CallRecords)
		}
	}
	if moved == 0 {
		t.Error("no call has moved")
	}
}

// What is sick does not answer as what is well, at least in one of its requests.
func TestSickCallsAnswerOtherwise(t *testing.T) {
	now := monday.AddDate(0, 0, 3)
	ill, well := sick(2, now), sick(2, now)
	well.Heal(monday)
	n := 0
	for _, i := range ill.Illnesses(now) {
		if i.Dataset != "call_records" || i.ID == "" || i.Kind == "ahead" || i.Kind == "elsewhere" {
			continue
		}
		n++
		path := recordsPath + "/" + i.ID + "?$expand=sessions($expand=segments)"
		a, b := fetch(t, ill, path), fetch(t, well, path)
		if a.Code == b.Code && a.Body.String() == b.Body.String() && i.Kind != "respelled" && i.Kind != "missing-session" {
			t.Errorf("%s answers as if it were well", i.Kind)
		}
	}
	if n == 0 {
		t.Error("no call is sick")
	}
}

func fetch(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil))
	return rec
}
