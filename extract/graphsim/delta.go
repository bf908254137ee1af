package graphsim

import (
	"slices"
	"strconv"
	"strings"
)

// userHandler answers /users/delta, under all the names that Graph knows it by.
func (t *Tenant) userHandler(path []string) (handler, error) {
	if len(path) > 1 {
		return handler{}, unknownSegment(path[1])
	}
	if len(path) == 1 && strings.TrimSuffix(strings.TrimPrefix(path[0], "microsoft.graph."), "()") == "delta" {
		return handler{userRoles, t.usersDelta}, nil
	}
	return handler{userRoles, func(*writer, *question) error {
		return refuse(501, "NotImplemented", "This simulator answers /users/delta only.")
	}}, nil
}

// usersDelta answers /users/delta: the whole directory page by page, and then, as nothing changes in
// this tenant, an empty set of changes for every deltaLink.
func (t *Tenant) usersDelta(w *writer, q *question) error {
	if err := q.allow("$select", "$filter", "$skiptoken", "$deltatoken", "$deltaToken"); err != nil {
		return err
	}
	if q.options.Has("$filter") {
		return refuse(501, "NotImplemented", "This simulator does not answer $filter on /users/delta.")
	}
	state, err := t.deltaState(q)
	if err != nil {
		return err
	}
	end := min(state.from+q.size(userPage), t.Users)
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users"+state.shape())
	w.list("value")
	for number := state.from; number < end; number++ {
		p := t.person(number)
		w.open("")
		t.user(w, &p, state.selected)
		t.managerDelta(w, &p, state.selected)
		w.close()
	}
	w.end()
	// The links carry the selection in their token: a client need not, and cannot, say it again.
	if path := q.root + "/users/delta?"; end < t.Users {
		w.text("@odata.nextLink", path+"$skiptoken="+t.seal("u", strconv.Itoa(end)+" "+state.text()))
	} else {
		w.text("@odata.deltaLink", path+"$deltatoken="+t.seal("d", state.text()))
	}
	w.close()
	return nil
}

// managerDelta writes the manager as Graph does here: a list of one under manager@delta, never an
// object under manager (api-guidelines, graph/patterns/change-tracking; issue 4500 of
// microsoft-graph-docs).
func (t *Tenant) managerDelta(w *writer, p *person, selected []string) {
	if !slices.Contains(selected, "manager") {
		return
	}
	number, ok := t.manager(p)
	if !ok {
		return
	}
	w.list("manager@delta")
	w.open("")
	w.text("@odata.type", "#microsoft.graph.user")
	w.guid("id", t.id(userIDs, uint64(number)))
	w.close()
	w.end()
}

// A deltaState is what a token of /users/delta carries.
type deltaState struct {
	from     int
	selected []string
	chosen   bool // by $select
}

func (s deltaState) text() string {
	if !s.chosen {
		return ""
	}
	return strings.Join(s.selected, ",")
}

func (s deltaState) shape() string {
	if !s.chosen {
		return ""
	}
	return "(" + s.text() + ")"
}

func (t *Tenant) deltaState(q *question) (deltaState, error) {
	since := q.options.Get("$deltatoken") + q.options.Get("$deltaToken") // Graph's own pages spell it both ways
	skip := q.options.Get("$skiptoken")
	switch {
	case since == "latest":
		s, err := t.selectUsers(q.options.Get("$select"), q.options.Has("$select"))
		s.from = t.Users
		return s, err
	case since != "":
		text, err := t.resume("d", since)
		if err != nil {
			return deltaState{}, err
		}
		s, err := t.selectUsers(text, text != "")
		s.from = t.Users
		return s, err
	case skip != "":
		text, err := t.resume("u", skip)
		if err != nil {
			return deltaState{}, err
		}
		from, selection, _ := strings.Cut(text, " ")
		s, err := t.selectUsers(selection, selection != "")
		s.from, _ = strconv.Atoi(from)
		return s, err
	}
	return t.selectUsers(q.options.Get("$select"), q.options.Has("$select"))
}

// resume opens a token. One that has the form but is not of this tenant as it is now has expired.
func (t *Tenant) resume(kind, token string) (string, error) {
	text, ok := t.unseal(kind, token)
	switch {
	case ok:
		return text, nil
	case isSealed(token):
		return "", refuse(410, "syncStateNotFound", "The sync state generation is not found. Start again without a token.")
	}
	return "", refuse(400, "Request_BadRequest", "Badly formed token.")
}

// selectUsers reads a selection of user properties; id is always part of it.
func (t *Tenant) selectUsers(text string, chosen bool) (deltaState, error) {
	if !chosen {
		return deltaState{selected: ordinary}, nil
	}
	s := deltaState{chosen: true}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(refusedProperties, name):
			return s, refuse(501, "NotImplemented", "This operation target is not yet supported.")
		case !isUserProperty(name):
			return s, badRequest("Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.user'.", name)
		}
		s.selected = append(s.selected, name)
	}
	if !slices.Contains(s.selected, "id") {
		s.selected = append(s.selected, "id")
	}
	return s, nil
}

func isUserProperty(name string) bool {
	if name == "manager" || slices.Contains(silentProperties, name) {
		return true
	}
	for _, u := range userWriters {
		if u.name == name {
			return true
		}
	}
	return false
}
