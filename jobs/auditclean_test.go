package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Three nights and a rerun leave nothing to find: not pictures, of which each day holds the same
// keys, nor days without calls.
func TestCleanAfterNights(t *testing.T) {
	now := later
	r := newRig(t, graphsim.New(graphsim.Options{
		Users: 6, From: monday, To: monday.Add(3 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return now },
	}))
	datasets := []schemas.Dataset{schemas.CallRecords, schemas.PSTNCalls, schemas.DirectRoutingCalls, schemas.Users}
	all := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets}
	for night := range 3 {
		now = later.AddDate(0, 0, night)
		r.Now = now
		for range 2 {
			if rep, err := r.Run(t.Context(), all); err != nil || rep.Status != state.Data {
				t.Fatalf("night %d: %+v, %v", night, rep, err)
			}
		}
		want(t, r.audit(t, datasets...))
	}
	r.run(t, 3, schemas.CallRecords, schemas.PSTNCalls)
	want(t, r.audit(t, datasets...))
	a := audit.Auditor{Store: r.Store, Clients: r.Clients, Now: now, Log: slog.New(slog.DiscardHandler)}
	found, err := a.Audit(t.Context(), all)
	if err != nil || len(found.Notes) != 1 || found.Notes[0].Dataset != "users" || found.Days == 0 {
		t.Errorf("against Graph: %+v, %v", found, err)
	}
	want(t, lines(found))
}

// Records that could not be read are counted, and so is the quarantine that is empty again.
func TestAuditQuarantine(t *testing.T) {
	bad := 3
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		var users []string
		for i := range 5 {
			users = append(users, fmt.Sprintf(`{"id":"u%d","assignedLicenses":%s}`, i, []string{"[]", `"none"`}[b2i(i < bad)]))
		}
		fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, strings.Join(users, ","), r.Host)
	})
	r := newRig(t, h)
	quarantine := part(load.Quarantine, "users", later.Truncate(schemas.Day))
	r.run(t, 3, schemas.Users)
	want(t, r.audit(t, schemas.Users))
	r.rewrite(t, quarantine, schemas.QuarantineTable(schemas.Users), notFirst)
	want(t, r.audit(t, schemas.Users), "stale quarantine 2026-11-18 1")
	r.put(t, quarantine.Object(), []byte("no Parquet"))
	want(t, r.audit(t, schemas.Users), "unreadable quarantine 2026-11-18 1")
	r.put(t, quarantine.Object(), nil)
	want(t, r.audit(t, schemas.Users), "missing quarantine 2026-11-18 1")
	r.run(t, 3, schemas.Users)
	want(t, r.audit(t, schemas.Users))
	bad = 1
	r.run(t, 3, schemas.Users)
	want(t, r.audit(t, schemas.Users))
	bad = 0
	r.run(t, 3, schemas.Users)
	want(t, r.audit(t, schemas.Users))
	if n := r.count(t, quarantine); n != 0 {
		t.Errorf("%d users are in quarantine", n)
	}
}

// A record with two elements of one key has its row twice, and that is no fault of the derivation.
func TestAuditFindsKeysThatGraphRepeats(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":"u","assignedLicenses":[{"skuId":"s"},{"skuId":"s"},{"skuId":"s"}]}],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, r.Host)
	})
	r := newRig(t, h)
	r.run(t, 3, schemas.Users)
	want(t, r.audit(t, schemas.Users), "duplicate user_licenses 2026-11-18 2")
}

// What Graph lists is compared by id and version, and no record is read.
func TestAuditAgainstGraph(t *testing.T) {
	call := func(id string, version int, start, end string) string {
		return fmt.Sprintf(`{"id":%q,"version":%d,"startDateTime":"2026-11-%s:00:00Z","endDateTime":"2026-11-%s:30:00Z","sessions":[],"participants_v2":[]}`, id, version, start, end)
	}
	list := map[string]string{"a": call("a", 1, "16T10", "16T10"), "b": call("b", 2, "17T10", "17T10")}
	var details atomic.Int64 // requests come side by side
	refused := 0
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/communications/callRecords", func(w http.ResponseWriter, r *http.Request) {
		if w.Header().Set("Content-Type", "application/json"); refused > 0 {
			w.WriteHeader(refused)
			fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
			return
		}
		var page []string
		for _, text := range list {
			var c struct{ StartDateTime time.Time }
			if err := json.Unmarshal([]byte(text), &c); err != nil {
				t.Error(err)
			}
			f := strings.Fields(r.URL.Query().Get("$filter"))
			from, _ := time.Parse(time.RFC3339, f[2])
			to, _ := time.Parse(time.RFC3339, f[6])
			if (schemas.Range{From: from, To: to}).Contains(c.StartDateTime) {
				page = append(page, text)
			}
		}
		fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(page, ","))
	})
	h.HandleFunc("GET /v1.0/communications/callRecords/{id}", func(w http.ResponseWriter, r *http.Request) {
		details.Add(1)
		fmt.Fprint(w, list[r.PathValue("id")])
	})
	r := newRig(t, h)
	r.run(t, 2, schemas.CallRecords)
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}
	against := func() (audit.Audit, error) {
		a := audit.Auditor{Store: r.Store, Clients: r.Clients, Now: r.Now, Log: slog.New(slog.DiscardHandler)}
		return a.Audit(t.Context(), s)
	}
	check := func(findings ...string) {
		t.Helper()
		before := details.Load()
		found, err := against()
		if now := details.Load(); err != nil || now != before {
			t.Errorf("%d details were read, %v", now-before, err)
		}
		want(t, lines(found), findings...)
	}
	check()
	list["a"] = call("a", 1, "16T09", "16T10") // the same version: nothing that audit would know of
	check()
	list["b"] = call("b", 3, "16T23", "17T10") // moved to the day before, and held there
	check("behind raw 2026-11-16 1")
	list["c"], list["d"] = call("c", 1, "17T22", "18T00"), call("d", 1, "17T11", "17T11")
	list["young"] = call("young", 1, "17T22", "18T02") // ended at 02:30, now it is 02:30
	// and that of "c", at 00:30, is not 150 minutes ago
	list["never asked for"] = call("e", 1, "18T00", "18T00")
	check("behind raw 2026-11-16 1", "unread raw 2026-11-17 1")
	r.Now = later.AddDate(0, 0, 29) // Graph has forgotten what was before the 17th, 02:30
	list = map[string]string{"f": call("f", 1, "17T02", "17T02"), "g": call("g", 1, "17T03", "17T03")}
	check("unread raw 2026-11-17 1")
	refused = http.StatusForbidden
	if found, err := against(); graph.KindOf(err) != graph.Unauthorized || !strings.Contains(err.Error(), "audit call_records of contoso: 2026-11-17") {
		t.Errorf("Graph has refused, and the audit says %+v, %v", found, err)
	}
}

// In a lake with pseudonyms, what Graph lists is found under them.
func TestAuditOfPseudonymsAgainstGraph(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[{"id":"Ada"}]}`) })
	events := `{"id":"e","start":{"dateTime":"2026-11-16T10:00:00.0000000","timeZone":"UTC"},"lastModifiedDateTime":"2026-11-01T10:00:00Z"}`
	h.HandleFunc("GET /v1.0/users/{user}/calendarView", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[%s]}`, events)
	})
	r := newRig(t, h)
	r.Privacy = veiled
	r.run(t, 1, schemas.CalendarEvents)
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CalendarEvents}}
	a := audit.Auditor{Store: r.Store, Clients: r.Clients, Privacy: veiled, Now: r.Now, Log: slog.New(slog.DiscardHandler)}
	audit := func(findings ...string) {
		t.Helper()
		found, err := a.Audit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		want(t, lines(found), findings...)
	}
	audit()
	events += "," + strings.Replace(events, `"e"`, `"f"`, 1)
	audit("unread raw 2026-11-16 1")
}

// What changes while it is looked at is looked at again; what a run has begun, when the others are done.
func TestAuditBesideARun(t *testing.T) {
	for _, c := range []struct {
		name  string
		times int // the partition is replaced while the day is looked at
		want  []string
	}{
		{"once", 1, nil},
		{"three times", 3, nil},
		{"always", 1000, []string{"busy 2026-11-16 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := calls(t)
			times, streams := c.times, part(load.Tables, "call_media_streams", monday).Object()
			opened := 0
			store := &watched{Store: r.Store, opened: func(name string) {
				if name == streams {
					opened++
				}
				if name == streams && times > 0 && opened%2 == 0 {
					times--
					r.put(t, streams, whole[streams])
				}
			}}
			r.Store = store
			want(t, r.audit(t, schemas.CallRecords), c.want...)
			if opened == 0 {
				t.Error("the partition was not looked at")
			}
		})
	}
	t.Run("on other days", func(t *testing.T) {
		r := calls(t)
		r.Store = &watched{Store: r.Store, opened: func(string) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Requests++ })
		}}
		want(t, r.audit(t, schemas.CallRecords))
	})
	t.Run("dirty and then clean", func(t *testing.T) {
		r := calls(t)
		r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{monday} })
		done := false
		r.Store = &watched{Store: r.Store, opened: func(name string) {
			if name == part(load.Tables, "calls", tuesday).Object() && !done {
				done = true
				r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = slices.Delete(st.Dirty, 0, len(st.Dirty)) })
			}
		}}
		want(t, r.audit(t, schemas.CallRecords))
	})
}

// watched tells of every object that is opened, before it is.
type watched struct {
	state.Store
	opened func(name string)
	busy   bool
}

func (w *watched) Open(ctx context.Context, name string) (load.Object, error) {
	if !w.busy {
		w.busy = true
		w.opened(name)
		w.busy = false
	}
	return w.Store.Open(ctx, name)
}
