package graphsim

// listMembers answers /groups/{id}/members.
func (t *Tenant) listMembers(w *writer, q *question, id string) error {
	return t.listRelated(w, q, id, "members")
}

// listOwners answers /groups/{id}/owners.
func (t *Tenant) listOwners(w *writer, q *question, id string) error {
	return t.listRelated(w, q, id, "owners")
}

// listRelated writes a page of the users who are related to a group. A token is a place among the
// candidates, or among the owners.
func (t *Tenant) listRelated(w *writer, q *question, id, relation string) error {
	if err := q.unsimulated("$filter", "$orderby", "$search", "$count"); err != nil {
		return err
	}
	if err := q.allow("$select", "$top", "$skiptoken"); err != nil {
		return err
	}
	chosen, err := selectWhole(q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	path := "groups/" + id + "/" + relation
	place, err := t.pageAsk(q, path)
	if err != nil {
		return err
	}
	g, err := t.findGroup(id, q.now)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#directoryObjects"+chosen.shape())
	w.list("value")
	next := t.relatedPage(w, q, &g, place, related{relation, chosen})
	w.end()
	if next >= 0 {
		w.text("@odata.nextLink", q.link(path, "$skiptoken", t.token(place.kind, next)))
	}
	w.close()
	return nil
}

// A related says which users are wanted, and what of each.
type related struct {
	relation string
	selection
}

// relatedPage writes users, and gives the place at which the next page begins; -1 if there is none.
func (t *Tenant) relatedPage(w *writer, q *question, g *directoryGroup, place pageAsk, want related) (next int) {
	one := func(p *person) {
		w.open("")
		w.text("@odata.type", "#microsoft.graph.user")
		wholeUser(w, p, want.selection)
		w.close()
	}
	if want.relation == "owners" {
		for i, p := range t.owners(g, q.now) {
			if i >= place.from+place.size {
				return i
			}
			if i >= place.from {
				one(p)
			}
		}
		return -1
	}
	room := place.size
	for k, p := range t.groupMembers(g, place.from, q.now) {
		if room == 0 {
			return k
		}
		room--
		one(p)
	}
	return -1
}
