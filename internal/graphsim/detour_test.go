package graphsim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A seenPage is what a client sees of a collection.
type seenPage struct {
	Value []struct{ ID string }
	Count *int   `json:"@odata.count"`
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
}

func (p seenPage) ids() (ids []string) {
	for _, v := range p.Value {
		ids = append(ids, v.ID)
	}
	return ids
}

func pageAt(t *testing.T, url string) (p seenPage) {
	t.Helper()
	s := see(t, url, false)
	if err := json.Unmarshal(s.body, &p); err != nil || s.status != 200 {
		t.Fatalf("%s: %d %v %.200s", url, s.status, err, s.body)
	}
	return p
}

// A host is a server whose tenant changes.
type host struct {
	*httptest.Server
	tenant atomic.Pointer[Tenant]
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := new(host)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.tenant.Load().ServeHTTP(w, r) }))
	t.Cleanup(h.Close)
	return h
}

// pages are a page, and the one that its link leads to, of a tenant that fails in one way.
func (h *host) pages(t *testing.T, url string, f Fault) (first, second seenPage) {
	t.Helper()
	o := small()
	o.Faults = Faults{Share: 1, Kinds: []Fault{f}}
	h.tenant.Store(New(o))
	first = pageAt(t, url)
	if strings.HasPrefix(first.Next, h.URL) {
		second = pageAt(t, first.Next)
	}
	return first, second
}

// The faults that collections have, on a first page, on a last one, on a log and on a delta.
func TestMisleadingFaults(t *testing.T) {
	h := newHost(t)
	h.tenant.Store(New(small()))
	last := pageAt(t, pageAt(t, h.URL+recordsPath).Next).Next
	tenant := h.tenant.Load()
	chats := h.URL + "/v1.0/users/" + tenant.id(userIDs, 0).String() + "/chats"
	for _, url := range []string{
		h.URL + recordsPath + "?$select=id", last, h.URL + "/v1.0/users?$top=7", h.URL + "/v1.0/users/delta?$select=displayName",
		h.URL + recordsPath + "/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)",
		chats, chats + "/getAllMessages?$top=5", h.URL + "/v1.0/chats/" + pageAt(t, chats).ids()[3] + "/members",
		h.URL + "/v1.0/teams/" + tenant.id(groupIDs, 1).String() + "/channels/getAllMessages",
	} {
		h.tenant.Store(New(small()))
		want := pageAt(t, url)
		if len(want.Value) == 0 {
			t.Fatalf("%s shows nothing", url)
		}
		first, second := h.pages(t, url, FaultRepeat)
		if !slices.Equal(first.ids(), want.ids()) || first.Delta != "" || first.Next == url || !reflect.DeepEqual(second, want) {
			t.Errorf("repeat, %s: %s, then on to %s%s", url, first.Next, second.Next, second.Delta)
		}
		first, second = h.pages(t, url, FaultEmpty)
		if len(first.Value) > 0 || first.Count != nil || first.Delta != "" || !reflect.DeepEqual(second, want) {
			t.Errorf("empty, %s: %d records, then on to %s%s", url, len(first.Value), second.Next, second.Delta)
		}
		first, second = h.pages(t, url, FaultLoop)
		for range 3 {
			if !slices.Equal(first.ids(), want.ids()) || first.Delta != "" || !reflect.DeepEqual(second, first) {
				t.Errorf("loop, %s: %s, then %s", url, first.Next, second.Next)
			}
			second = pageAt(t, second.Next)
		}
		first, _ = h.pages(t, url, FaultForeign)
		if !slices.Equal(first.ids(), want.ids()) || first.Delta != "" || !strings.HasPrefix(first.Next, "https://graph.adatum.example/v1.0/") {
			t.Errorf("foreign, %s: %s", url, first.Next)
		}
	}
}

// Whoever asks again after what is broken, starts again where links go in circles, follows no link to
// another host, and takes a record once, ends up with what there is.
func TestWhoHandlesFaultsRightLosesNothing(t *testing.T) {
	h := newHost(t)
	for _, path := range []string{recordsPath + "?$select=id", "/v1.0/users?$top=5", "/v1.0/users/delta?$select=displayName"} {
		o := small()
		h.tenant.Store(New(o))
		want, link := h.careful(t, path)
		o.Faults = Faults{Share: 0.3, Stall: time.Millisecond}
		tenant := New(o)
		h.tenant.Store(tenant)
		for range 5 {
			if got, _ := h.careful(t, path); !reflect.DeepEqual(got, want) || len(want) < 30 {
				t.Errorf("%s: %d records, want %d", path, len(got), len(want))
			}
		}
		if link != "" {
			if got, _ := h.careful(t, link); len(got) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %d records by the deltaLink, want none, or all %d after a 410", path, len(got), len(want))
			}
		}
	}
}

// careful reads a collection to its end, whatever goes wrong, and gives the ids in it and the deltaLink.
func (h *host) careful(t *testing.T, path string) (ids map[string]bool, delta string) {
	t.Helper()
	start := h.URL + strings.TrimPrefix(path, h.URL)
	ids = map[string]bool{}
	for url, asked := start, 0; ; asked++ {
		if asked > 1000 {
			t.Fatalf("%s comes to no end", path)
		}
		s := see(t, url, false)
		var p seenPage
		switch {
		case s.status == http.StatusGone:
			url, _, _ = strings.Cut(url, "?") // the whole collection
			continue
		case s.err != nil || s.status != http.StatusOK || json.Unmarshal(s.body, &p) != nil:
			continue
		}
		for _, id := range p.ids() {
			ids[id] = true
		}
		switch {
		case p.Next == "":
			return ids, p.Delta
		case p.Next == url:
			url = start
		case strings.HasPrefix(p.Next, h.URL):
			url = p.Next
		}
	}
}
