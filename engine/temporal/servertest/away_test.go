package servertest

import (
	"net/http"
	"testing"
	"time"

	"graphlake/engine/temporal/internal/tenants"
)

// Graph is away for a tenant for longer than a client waits. The engine tries again, for as long as it takes.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	const away = 90 * time.Second
	r := newRig(t, setup{tenants: tenants.Make(2, options)})
	want := r.runJob()
	var until time.Time
	refused := 0
	r.put(func(of tenants.Asker, w http.ResponseWriter, _ *http.Request) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if of.Tenant != "tenant-002" {
			return false
		}
		if until.IsZero() {
			until = time.Now().Add(away)
		}
		if time.Now().After(until) {
			return false
		}
		refused++
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	r.start("unavailable-1")
	r.done(r.night())
	all := r.check(want)
	attempts := 0
	for _, day := range r.days(all) {
		for _, u := range day.Units {
			if day.Tenant == "tenant-002" {
				attempts = max(attempts, u.Attempts)
			} else if u.Attempts > 1 {
				t.Errorf("%+v was tried more than once", u)
			}
		}
	}
	if attempts < 5 || refused < 5 {
		t.Errorf("%d attempts, %d requests were refused", attempts, refused)
	}
	t.Logf("%d attempts, %d requests were refused in %s", attempts, refused, away)
}
