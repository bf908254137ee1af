package graphsim

import "bytes"

// usersDelta answers /users/delta: the whole directory page by page, and then, for a deltaLink, what has
// changed since it was given.
func (t *Tenant) usersDelta(w *writer, q *question) error {
	if err := q.unsimulated("$filter"); err != nil {
		return err
	}
	if err := q.allow("$select", "$skiptoken", "$deltatoken", "$deltaToken"); err != nil {
		return err
	}
	state, err := t.deltaState(q, &userDelta)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users"+state.shape())
	w.list("value")
	room, next, end := q.size(userPage), -1, t.everybody(state.at)
	for number := state.from; number < end; number++ {
		before := len(w.b)
		if t.changes(w, number, &state); len(w.b) == before {
			continue
		}
		if room == 0 {
			w.b, next = w.b[:before], number
			break
		}
		room--
	}
	w.end()
	t.links(w, q.root+"/users/delta", &userDelta, state, next)
	w.close()
	return nil
}

// changes writes what has changed of a user, and nothing if nothing has of what is selected.
func (t *Tenant) changes(w *writer, number int, s *deltaState) {
	p, here := t.personAt(number, s.at)
	if s.since.IsZero() {
		if here {
			t.changed(w, &p, s.selection, nobody, t.manager(&p, s.at))
		}
		return
	}
	old, was := t.personAt(number, s.since)
	switch {
	case was && !here:
		w.open("")
		w.guid("id", p.id)
		removed(w, "deleted")
		w.close()
	case here && !was:
		t.changed(w, &p, s.selection, nobody, t.manager(&p, s.at))
	case here:
		led, leads := t.manager(&old, s.since), t.manager(&p, s.at)
		if s.has("manager") && led != leads || p != old && !bytes.Equal(rendered(&old, s), rendered(&p, s)) {
			t.changed(w, &p, s.selection, led, leads)
		}
	}
}

func rendered(p *person, s *deltaState) []byte {
	var w writer
	user(&w, p, s.selection)
	return w.b
}

// changed writes all selected properties of a user, but the manager only where it is another one. It
// writes the manager as Graph does here: as a list under manager@delta, never an object under manager
// (api-guidelines, graph/patterns/change-tracking; issue 4500 of microsoft-graph-docs).
func (t *Tenant) changed(w *writer, p *person, s selection, before, now int) {
	w.open("")
	defer w.close()
	user(w, p, s)
	if !s.has("manager") || before == now {
		return
	}
	w.list("manager@delta")
	if now != nobody {
		w.open("")
		w.text("@odata.type", "#microsoft.graph.user")
		w.guid("id", t.id(userIDs, uint64(now)))
		w.close()
	}
	if before != nobody {
		w.open("")
		w.text("@odata.type", "#microsoft.graph.user")
		w.guid("id", t.id(userIDs, uint64(before)))
		removed(w, "deleted")
		w.close()
	}
	w.end()
}

func removed(w *writer, reason string) {
	w.open("@removed")
	w.text("reason", reason)
	w.close()
}
