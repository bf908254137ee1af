package graphsim

import "slices"

var (
	sessionProperties     = []string{"id", "modalities", "startDateTime", "endDateTime", "isTest", "failureInfo", "caller", "callee", "segments"}
	participantProperties = []string{"id", "administrativeUnitInfos", "identity"}
)

// sessions answers /communications/callRecords/{id}/sessions.
func (t *Tenant) sessions(w *writer, q *question, id string) error {
	if err := q.allow("$select", "$expand", "$skiptoken"); err != nil {
		return err
	}
	if e := q.options.Get("$expand"); e == "segments" {
		q.ask.segments = true
	} else if e != "" {
		return badRequest("Could not find a property named '%s' on type 'microsoft.graph.callRecords.session'.", e)
	}
	if err := q.selectFrom("microsoft.graph.callRecords.session", sessionProperties); err != nil {
		return err
	}
	c, err := t.find(id, q.now)
	if err != nil {
		return err
	}
	legs := t.legs(&c)
	page, err := t.page(q, "s", len(legs), sessionPage)
	if err != nil {
		return err
	}
	path := "communications/callRecords('" + c.id.String() + "')/sessions"
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#"+path+q.ask.shape())
	w.list("value")
	for i := page.from; i < page.to; i++ {
		t.session(w, &c, &legs[i], q.ask)
	}
	w.end()
	t.next(w, q, path, page)
	w.close()
	return nil
}

// participants answers /communications/callRecords/{id}/participants_v2.
func (t *Tenant) participants(w *writer, q *question, id string) error {
	if err := q.allow("$select", "$skiptoken"); err != nil {
		return err
	}
	if err := q.selectFrom("microsoft.graph.callRecords.participant", participantProperties); err != nil {
		return err
	}
	c, err := t.find(id, q.now)
	if err != nil {
		return err
	}
	parties := t.parties(&c)
	page, err := t.page(q, "p", len(parties), participantPage)
	if err != nil {
		return err
	}
	path := "communications/callRecords('" + c.id.String() + "')/participants_v2"
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#"+path)
	w.list("value")
	for _, p := range parties[page.from:page.to] {
		w.open("")
		t.participant(w, q.ask, p)
		w.close()
	}
	w.end()
	t.next(w, q, path, page)
	w.close()
	return nil
}

// organizerOf answers /communications/callRecords/{id}/organizer_v2.
func (t *Tenant) organizerOf(w *writer, q *question, id string) error {
	if err := q.allow("$select"); err != nil {
		return err
	}
	if err := q.selectFrom("microsoft.graph.callRecords.organizer", participantProperties); err != nil {
		return err
	}
	c, err := t.find(id, q.now)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#communications/callRecords('"+c.id.String()+"')/organizer_v2/$entity")
	t.participant(w, q.ask, c.first)
	w.close()
	return nil
}

// A page is the part of a collection that one answer holds.
type page struct {
	kind     string
	from, to int
	more     bool
}

// page is where the request's token and preferred size lead in a collection of n.
func (t *Tenant) page(q *question, kind string, n, size int) (page, error) {
	p := page{kind: kind}
	if text := q.options.Get("$skiptoken"); text != "" {
		var ok bool
		if p.from, ok = t.position(kind, text); !ok {
			return p, badRequest("Skip token is invalid.")
		}
	}
	p.from = min(p.from, n)
	p.to = min(p.from+q.size(size), n)
	p.more = p.to < n
	return p, nil
}

// next writes the link to what follows the page: the same request, and where it goes on.
func (t *Tenant) next(w *writer, q *question, path string, p page) {
	if p.more {
		w.text("@odata.nextLink", q.link(path, "$skiptoken", t.token(p.kind, p.to)))
	}
}

// An ask says what of a record is wanted.
type ask struct {
	selected                         []string // nil is everything
	sessions, segments, participants bool
}

func (a ask) has(name string) bool { return a.selected == nil || slices.Contains(a.selected, name) }

// shape is what an answer's context says of its expansions.
func (a ask) shape() string {
	switch {
	case a.sessions && a.segments:
		return "(sessions(segments()))"
	case a.sessions:
		return "(sessions())"
	case a.participants:
		return "(participants_v2())"
	case a.segments:
		return "(segments())"
	}
	return ""
}
