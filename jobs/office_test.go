package jobs_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/jobs/audit"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// office is a Graph of a few invented calls and users, and of what is wrong with some of them. It is changed
// between runs only.
type office struct {
	calls    map[string]call              // as they are read by their ids
	listed   map[string]call              // of these, as the list has them, where that is another
	users    []string                     // in the order of the list
	messages map[string][]message         // by user
	meetings map[string]map[string]string // by user: when they begin, by id
	sick     map[string]string            // by id of a call or a user: what every request for it is answered

	listFails map[int]int          // by day: the status of the answer to a list of its calls
	hold      func(from time.Time) // waits before the calls from a time on are listed; nil: nobody waits

	mu    sync.Mutex
	asked []string            // what calls were asked for, as "16T12:34:56 17T00:00:00"
	since map[string][]string // by user: from when on messages were asked for
}

type message struct{ id, written, changed string }

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	words := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1.0/"), "/")
	id := path.Base(r.URL.Path)
	if words[0] == "users" && len(words) > 1 {
		id = words[1]
	}
	how, sick := o.sick[id]
	switch {
	case words[0] == "users" && len(words) == 1:
		page(w, o.users, func(user string) string { return fmt.Sprintf(`{"id":%q}`, user) })
	case words[0] == "users" && strings.HasSuffix(r.URL.Path, "getAllMessages"):
		from, to := o.window(r, "lastModifiedDateTime g[te] (\\S+) and lastModifiedDateTime l[te] (\\S+)")
		o.mu.Lock()
		if o.since == nil {
			o.since = map[string][]string{}
		}
		o.since[id] = append(o.since[id], from.Add(time.Millisecond).Format("02T15:04"))
		o.mu.Unlock()
		if sick {
			answerSick(w, r, how)
			return
		}
		page(w, within(o.messages[id], from, to, func(m message) string { return m.changed }), func(m message) string {
			return fmt.Sprintf(`{"id":%q,"chatId":"chat-of-%s","createdDateTime":%q,"lastModifiedDateTime":%q,"body":{"contentType":"text","content":"x"}}`, m.id, id, m.written, m.changed)
		})
	case words[0] == "users" && strings.HasSuffix(r.URL.Path, "calendarView"):
		if sick {
			answerSick(w, r, how)
			return
		}
		from, to := moment(r.URL.Query().Get("startDateTime")), moment(r.URL.Query().Get("endDateTime"))
		starts := o.meetings[id]
		page(w, within(slices.Sorted(maps.Keys(starts)), from, to, func(id string) string { return starts[id] }), func(id string) string {
			return fmt.Sprintf(`{"id":%q,"lastModifiedDateTime":"2026-11-01T08:00:00Z","start":{"dateTime":%q,"timeZone":"UTC"}}`, id, moment(starts[id]).Format("2006-01-02T15:04:05.0000000"))
		})
	case id == "callRecords":
		from, to := o.window(r, bounds.String())
		o.mu.Lock()
		o.asked = append(o.asked, from.Format("02T15:04:05 ")+to.Format("02T15:04:05"))
		o.mu.Unlock()
		if o.hold != nil {
			o.hold(from)
		}
		if status := o.listFails[from.Day()]; status != 0 {
			answerSick(w, r, fmt.Sprint(status))
			return
		}
		list := func(id string) call {
			if c, ok := o.listed[id]; ok {
				return c
			}
			return o.calls[id]
		}
		page(w, within(slices.Sorted(maps.Keys(o.calls)), from, to, func(id string) string { return list(id).start }), func(id string) string {
			c := list(id)
			return fmt.Sprintf(`{"id":%q,"version":%d,"startDateTime":%q,"endDateTime":%[3]q}`, id, c.version, c.start)
		})
	case words[0] == "communications" && sick:
		answerSick(w, r, how)
	case words[0] == "communications":
		c := o.calls[id]
		fmt.Fprintf(w, `{"id":%q,"version":%d,"startDateTime":%q,"endDateTime":%[3]q,"sessions":[],"participants_v2":[]}`, id, c.version, c.start)
	default:
		answerSick(w, r, "404")
	}
}

// window is what a filter asks for.
func (o *office) window(r *http.Request, pattern string) (from, to time.Time) {
	m := regexp.MustCompile(pattern).FindStringSubmatch(r.URL.Query().Get("$filter"))
	return moment(m[1]), moment(m[2])
}

// days are what calls were asked for since the last time that somebody wanted to know, joined and in order, as
// "16T00:00:00 18T00:00:00".
func (o *office) days() (ranges []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	slices.Sort(o.asked)
	for _, r := range slices.Compact(o.asked) {
		if n := len(ranges); n > 0 && strings.HasSuffix(ranges[n-1], " "+r[:11]) {
			ranges[n-1] = ranges[n-1][:12] + r[12:]
			continue
		}
		ranges = append(ranges, r)
	}
	o.asked = nil
	return ranges
}

func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func within[T any](all []T, from, to time.Time, at func(T) string) (some []T) {
	for _, v := range all {
		if when := moment(at(v)); !when.Before(from) && when.Before(to) {
			some = append(some, v)
		}
	}
	return some
}

func page[T any](w http.ResponseWriter, all []T, write func(T) string) {
	texts := []string{}
	for _, v := range all {
		texts = append(texts, write(v))
	}
	fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(texts, ","))
}

// answerSick answers a status, or "cut", "{}", "another" or "circle".
func answerSick(w http.ResponseWriter, r *http.Request, how string) {
	var status int
	switch fmt.Sscan(how, &status); how {
	case "cut":
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"id":"b","version":1,"sta`)
	case "{}":
		fmt.Fprint(w, `{}`)
	case "another":
		fmt.Fprint(w, `{"id":"somebody-else","version":1,"startDateTime":"2026-11-16T12:00:00Z","sessions":[],"participants_v2":[]}`)
	case "circle":
		fmt.Fprintf(w, `{"value":[],"@odata.nextLink":"http://%s%s"}`, r.Host, r.URL.RequestURI())
	default:
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":"Sick","message":"of %d"}}`, status)
	}
}

// newOffice is a lake of an office. Every request is sent once: to be sent again takes a second.
func newOffice(t *testing.T, o *office) *rig {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		o.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return newRigOn(t, graph.Options{Endpoint: server.URL, Tries: 1})
}

// impatient is the same lake, for which every request is sent once.
func (r *rig) impatient(t *testing.T) *rig {
	next := *r
	client, err := graph.New(graph.Options{Endpoint: r.endpoint, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	next.Clients = map[string]*graph.Client{tenant.ID: client}
	return &next
}

// on are some columns of a dataset's root table on days of November, without the days that have none.
func (r *rig) on(t *testing.T, d schemas.Dataset, columns ...string) []string {
	t.Helper()
	var all []string
	for p, err := range r.Lake.Partitions(t.Context(), "tables", d.Root().Name, tenant.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.rows(t, d.Root(), p.Date, columns...) {
			all = append(all, fmt.Sprint(p.Date.Day(), " ", row))
		}
	}
	return all
}

// told is what a lake says of those who are behind or lost: the state, status, audit and the document of days.
func (r *rig) told(t *testing.T, d schemas.Dataset) (all []string) {
	t.Helper()
	who := func(b state.Behind) string {
		return fmt.Sprintf("%s %s-%s since %s: %s", b.Parent+b.Record, b.From.Format("02T15:04:05"), b.To.Format("02T15:04:05"), b.Since.Format("02T15"), b.Reason)
	}
	st := r.state(t, d)
	for _, b := range st.Behind {
		if !b.Gone {
			all = append(all, who(b))
		}
	}
	for _, l := range st.Lost {
		all = append(all, fmt.Sprintf("lost %s %s-%s", l.Parent+l.Record, l.From.Format("02T15:04:05"), l.To.Format("02T15:04:05")))
	}
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{d}}
	status, err := clock.LoadStatus(t.Context(), r.Store, s, nil, r.Now)
	if err != nil {
		t.Fatal(err)
	}
	a := audit.Auditor{Store: r.Store, Now: r.Now, Log: r.Log}
	found, err := a.Audit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	days, err := state.LoadDays(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
	if err != nil {
		t.Fatal(err)
	}
	var others [3][]string
	for _, b := range status.Datasets[0].Who {
		others[0] = append(others[0], who(b))
	}
	for _, l := range status.Datasets[0].Lost {
		others[0] = append(others[0], fmt.Sprintf("lost %s %s-%s", l.Parent+l.Record, l.From.Format("02T15:04:05"), l.To.Format("02T15:04:05")))
	}
	for _, f := range found.Findings {
		for _, b := range f.Who {
			switch f.Kind {
			case audit.FoundLost:
				others[1] = append(others[1], fmt.Sprintf("lost %s %s-%s", b.Parent+b.Record, b.From.Format("02T15:04:05"), b.To.Format("02T15:04:05")))
			case audit.FoundRefused:
				others[1] = append(others[1], who(b))
			default:
				t.Errorf("the audit finds %+v", f)
			}
		}
		if len(f.Who) == 0 {
			t.Errorf("the audit finds %+v", f)
		}
	}
	for _, b := range days.Incomplete {
		others[2] = append(others[2], who(state.Behind{Record: b.ID, From: b.From, To: b.To, Reason: b.Reason, Since: b.Since}))
	}
	for _, l := range all {
		if strings.HasPrefix(l, "lost") {
			others[2] = append(others[2], l) // which the document does not have
		}
	}
	for i, name := range []string{"status", "audit", "the document of days"} {
		if !slices.Equal(others[i], all) {
			t.Errorf("%s says %q, the state %q", name, others[i], all)
		}
	}
	return all
}
