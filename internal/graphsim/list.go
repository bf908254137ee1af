package graphsim

import "time"

// listRecords answers /communications/callRecords.
func (t *Tenant) listRecords(w *writer, q *question) error {
	if err := q.allow("$select", "$filter", "$skiptoken"); err != nil {
		return err
	}
	if err := q.selectFrom("microsoft.graph.callRecords.callRecord", recordProperties); err != nil {
		return err
	}
	var f filter
	if text, ok := q.options["$filter"]; ok {
		var err error
		if f, err = parseRecordFilter(text[0]); err != nil {
			return err
		}
	}
	at, err := t.begin(q, f)
	if err != nil {
		return err
	}
	const path = "communications/callRecords"
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#"+path)
	w.list("value")
	room, next := q.size(recordPage), -1
	for c := range t.listing(at, f, q.now) {
		if !c.listed(q.now) || f.participant != "" && !t.took(c, f.participant) {
			continue
		}
		if room == 0 {
			next = c.day<<32 | c.index
			break
		}
		room--
		w.open("")
		t.record(w, c, q)
		w.close()
	}
	w.end()
	if next >= 0 {
		w.text("@odata.nextLink", q.link(path, "$skiptoken", t.token("r", next)))
	}
	w.close()
	return nil
}

// begin is where a list begins: at the token's call, or at the first that the filter lets through.
func (t *Tenant) begin(q *question, f filter) (place, error) {
	text := q.options.Get("$skiptoken")
	if text == "" {
		if t.Sick.Seed != 0 && !f.from.IsZero() {
			return t.placeOf(f.from.Add(-farthest)), nil
		}
		return t.placeOf(f.from), nil
	}
	number, ok := t.position("r", text)
	if !ok {
		return place{}, badRequest("Skip token is invalid.")
	}
	return place{day: number >> 32, index: number & (1<<32 - 1)}, nil
}

// A place is a call's place in time.
type place struct{ day, index int }

// placeOf is the place of the first call that begins at or after an instant.
func (t *Tenant) placeOf(at time.Time) place {
	day := t.first
	if !at.IsZero() {
		day = max(day, dayOf(at))
	}
	return place{day, t.firstFrom(day, at)}
}

// calls are all calls from a place on that begin before an instant, the earliest first, as they are now.
func (t *Tenant) calls(at place, to, now time.Time) func(yield func(*call) bool) {
	return func(yield func(*call) bool) {
		for day, index := at.day, at.index; day < t.first+t.days; day, index = day+1, 0 {
			for n := t.count(day); index < n; index++ {
				if c := t.asOf(t.call(day, index), now); !to.IsZero() && !c.start.Before(to) || !yield(&c) {
					return
				}
			}
		}
	}
}

// took says whether somebody took part in a call.
func (t *Tenant) took(c *call, key string) bool {
	for _, p := range t.parties(c) {
		if t.key(p) == key {
			return true
		}
	}
	return false
}
