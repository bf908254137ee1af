package graphsim

import "bytes"

const (
	groupPage    = 100 // groups on a page of delta
	relationPage = 150 // members and owners on it, of all groups together
)

var groupDelta = deltaKind{"gu", "gd", func(text string, chosen bool) (selection, error) {
	s, err := groupProperties.choose(groupType, text, chosen, "members", "owners")
	if !chosen {
		s.names = append(s.names, "members", "owners")
	}
	return s, err
}}

// groupsDelta answers /groups/delta. A group with more members than a page has room for comes again on
// the next page, with all that is selected of it and further members.
func (t *Tenant) groupsDelta(w *writer, q *question) error {
	if err := q.unsimulated("$filter"); err != nil {
		return err
	}
	if err := q.allow("$select", "$skiptoken", "$deltatoken", "$deltaToken"); err != nil {
		return err
	}
	state, err := t.deltaState(q, &groupDelta)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#groups"+state.shape())
	w.list("value")
	next := t.groupChanges(w, &state, q.size(groupPage))
	w.end()
	t.links(w, q.root+"/groups/delta", &groupDelta, state, next)
	w.close()
	return nil
}

// groupChanges writes a page of groups, and gives the place at which the next one begins; -1 if there is
// none. A place is a group and, in the lower half, one of its relations.
func (t *Tenant) groupChanges(w *writer, s *deltaState, groups int) (next int) {
	room, end := relationPage, t.groups(s.at)
	k := s.from & (1<<32 - 1)
	for number := s.from >> 32; number < end; number, k = number+1, 0 {
		if groups == 0 || room == 0 {
			return number<<32 | k
		}
		before := len(w.b)
		rest := t.groupChange(w, s, number, k, &room)
		if rest >= 0 {
			return number<<32 | rest
		}
		if len(w.b) > before {
			groups--
		}
	}
	return -1
}

// groupChange writes what has changed of a group, from its k-th relation on, and nothing if nothing has
// of what is selected. It gives the relation with which the group goes on; -1 if this was all.
func (t *Tenant) groupChange(w *writer, s *deltaState, number, k int, room *int) (rest int) {
	g, here := t.groupAt(number, s.at)
	old, was := directoryGroup{}, false
	if !s.since.IsZero() {
		old, was = t.groupAt(number, s.since)
	}
	if was && !here {
		w.open("")
		w.guid("id", g.id)
		removed(w, map[bool]string{true: "deleted", false: "changed"}[g.kind == securityGroup]) // others can be restored
		w.close()
		return -1
	}
	if !here {
		return -1
	}
	members, owners, rest := t.relations(&g, s, was, k, *room)
	if was && k == 0 && len(members)+len(owners) == 0 && rest < 0 && bytes.Equal(groupBytes(&old, s), groupBytes(&g, s)) {
		return -1
	}
	*room -= len(members) + len(owners)
	w.open("")
	groupProperties.write(w, &g, s.selection)
	t.related(w, "members@delta", members)
	t.related(w, "owners@delta", owners)
	w.close()
	return rest
}

func groupBytes(g *directoryGroup, s *deltaState) []byte {
	var w writer
	groupProperties.write(&w, g, s.selection)
	return w.b
}

// relations are the members and the owners who came or went, from the k-th on: first come the
// candidates, then the changes of owners. It gives the place that there was no room for; -1 if there was.
func (t *Tenant) relations(g *directoryGroup, s *deltaState, was bool, k, room int) (members, owners []relation, rest int) {
	candidates := t.candidates(g, s.at)
	if s.has("members") {
		for ; k < candidates; k++ {
			number, member := t.candidate(g, k, s.at)
			before := false
			if was {
				_, before = t.candidate(g, k, s.since)
			}
			if member == before {
				continue
			}
			if len(members) == room {
				return members, nil, k
			}
			members = append(members, relation{number, before})
		}
	}
	if !s.has("owners") {
		return members, nil, -1
	}
	changes := ownerChanges(t.ownerNumbers(g, s.since, was), t.ownerNumbers(g, s.at, true))
	for i := max(0, k-candidates); i < len(changes); i++ {
		if len(members)+len(owners) == room {
			return members, owners, candidates + i
		}
		owners = append(owners, changes[i])
	}
	return members, owners, -1
}

// related writes the members or the owners that delta names.
func (t *Tenant) related(w *writer, name string, list []relation) {
	if len(list) == 0 {
		return
	}
	w.list(name)
	for _, r := range list {
		w.open("")
		w.text("@odata.type", "#microsoft.graph.user")
		w.guid("id", t.id(userIDs, uint64(r.number)))
		if r.gone {
			removed(w, "deleted")
		}
		w.close()
	}
	w.end()
}
