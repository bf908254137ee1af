package tenants

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
)

// ask asks with the first token of an environment, and says how that ended.
func ask(t *testing.T, url, variable string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1.0/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(variable, "=")
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestGraph(t *testing.T) {
	g := New(Make(3, func(i int) graphsim.Options { return graphsim.Options{Users: i + 1} }))
	url, err := g.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one, two := g.Environment("one"), g.Environment("two", "tenant-003")
	for _, c := range []struct {
		variable string
		status   int
	}{{one[0], 200}, {one[2], 200}, {two[0], 200}, {two[2], 401}, {"=", 401}} {
		if got := ask(t, url, c.variable); got != c.status {
			t.Errorf("%s: %d, want %d", c.variable, got, c.status)
		}
	}
	var asked []string
	for _, r := range g.Log() {
		asked = append(asked, r.Tenant+" "+r.Worker)
		if r.Status != 200 || r.Ended.Before(r.Began) || r.Path != "/v1.0/users" {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"tenant-001 one", "tenant-003 one", "tenant-001 two"}; !slices.Equal(asked, want) {
		t.Errorf("%q, want %q", asked, want)
	}
	if g.Wrong() != 2 || g.Throttled() != 0 {
		t.Errorf("wrong %d, throttled %d", g.Wrong(), g.Throttled())
	}
	if a, b := g.Tenant("tenant-001"), g.Tenant("tenant-003"); a.ID() == b.ID() || a.Users != 1 || b.Users != 3 {
		t.Errorf("%s with %d users, %s with %d", a.ID(), a.Users, b.ID(), b.Users)
	}
	g.Intercept(func(of Asker, w http.ResponseWriter, _ *http.Request) bool {
		if of.Tenant == "tenant-001" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return of.Tenant == "tenant-001"
	})
	if got := []int{ask(t, url, one[0]), ask(t, url, one[1])}; !slices.Equal(got, []int{503, 200}) {
		t.Errorf("with somebody between: %v", got)
	}
}

func TestOverlapping(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 11, 23, 2, 30, second, 0, time.UTC) }
	asked := func(tenant, worker string, from, to int) Request {
		return Request{Asker: Asker{tenant, worker}, Began: at(from), Ended: at(to)}
	}
	for _, c := range []struct {
		name string
		log  []Request
		want int
	}{
		{"one worker", []Request{asked("a", "1", 0, 9), asked("a", "1", 1, 2)}, 0},
		{"two tenants", []Request{asked("a", "1", 0, 9), asked("b", "2", 1, 2)}, 0},
		{"one after the other", []Request{asked("a", "1", 0, 1), asked("a", "2", 1, 2)}, 0},
		{"at once", []Request{asked("a", "2", 1, 2), asked("a", "1", 0, 9), asked("a", "2", 3, 4)}, 2},
	} {
		if got := Overlapping(c.log); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	log := []Request{asked("a", "1", 1, 2), asked("a", "2", 5, 6), asked("a", "1", 8, 9)}
	holds := []Hold{{Asker{"a", "1"}, at(0), at(3)}, {Asker{"a", "2"}, at(4), at(7)}}
	if requests, pairs := Outside(log, holds); requests != 1 || pairs != 0 {
		t.Errorf("outside: %d requests, %d pairs", requests, pairs)
	}
	holds[0].To = at(10)
	if requests, pairs := Outside(log, holds); requests != 0 || pairs != 1 {
		t.Errorf("held twice: %d requests, %d pairs", requests, pairs)
	}
}
