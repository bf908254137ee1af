package graphsim

import (
	"encoding/json"
	"net/http"
)

// A linkedPage is a page that was answered, taken apart to give it another link.
type linkedPage struct {
	Context string          `json:"@odata.context"`
	Count   json.RawMessage `json:"@odata.count"`
	Value   json.RawMessage `json:"value"`
	next    string
}

// detours are links that a fault can put in the place of a page's own.
type detours struct {
	again   string // to the same page, without a fault
	loop    string // to the same page, whose link is then this one
	foreign string // to another host
	fresh   string // to the same page, by a link that was never given before
}

// What the faults of collections do to a page.
func repeat(c *linkedPage, d detours)   { c.next = d.again }
func loop(c *linkedPage, d detours)     { c.next = d.loop }
func estrange(c *linkedPage, d detours) { c.next = d.foreign }
func vacate(c *linkedPage, d detours)   { c.next, c.Value, c.Count = d.again, json.RawMessage("[]"), nil }

// detoursFrom makes the links that lead away from a request. Their tokens hold its query.
func (t *Tenant) detoursFrom(r *http.Request) detours {
	path := r.URL.EscapedPath() + "?"
	token := func(kind string) string {
		return origin(r) + path + "$skiptoken=" + t.seal(kind, r.URL.RawQuery)
	}
	return detours{again: token("again"), loop: token("loop"), foreign: "https://graph.adatum.example" + path + r.URL.RawQuery, fresh: t.freshLink(r)}
}

// meant is the request that is meant by one, and what goes wrong with it: a detour leads back, and on
// it nothing else goes wrong, so that it ends.
func (t *Tenant) meant(n uint64, r *http.Request) (*http.Request, *faultKind) {
	if t.Faults.Share <= 0 && t.Sick.Seed == 0 {
		return r, &faultKind{}
	}
	token := r.URL.Query().Get("$skiptoken")
	if query, ok := t.unseal("again", token); ok {
		return withQuery(r, query), &faultKind{}
	}
	if query, ok := t.unseal("loop", token); ok {
		return withQuery(r, query), &faultKinds[FaultLoop]
	}
	if t.Sick.Seed != 0 {
		fresh, ok := t.fromFresh(r)
		r = fresh
		if at, fault := t.sicken(r, t.Now().UTC()); ok || fault.any() || at != r {
			return at, fault
		}
	}
	return r, t.fault(n, r)
}

func withQuery(r *http.Request, query string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.RawQuery = query
	return r
}

// relink writes a page anew, as a fault of collections makes it.
func (t *Tenant) relink(w *writer, r *http.Request, change func(*linkedPage, detours)) error {
	var c linkedPage
	if err := json.Unmarshal(w.b, &c); err != nil {
		return err
	}
	change(&c, t.detoursFrom(r))
	w.b = w.b[:0]
	w.open("")
	w.text("@odata.context", c.Context)
	if c.Count != nil {
		w.raw("@odata.count", c.Count)
	}
	w.raw("value", c.Value)
	w.text("@odata.nextLink", c.next)
	w.close()
	return nil
}
