package graphsim

import (
	"strconv"
	"strings"
)

// usersDelta answers /users/delta: the whole directory page by page, and then, as nothing changes in
// this tenant, an empty set of changes for every deltaLink.
func (t *Tenant) usersDelta(w *writer, q *question) error {
	if err := q.unsimulated("$filter"); err != nil {
		return err
	}
	if err := q.allow("$select", "$skiptoken", "$deltatoken", "$deltaToken"); err != nil {
		return err
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
		user(w, &p, state.selection)
		t.managerDelta(w, &p, state.selection)
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
func (t *Tenant) managerDelta(w *writer, p *person, s selection) {
	if !s.has("manager") {
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
	selection
	from int
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
		return newDeltaState(t.Users, q.options.Get("$select"), q.options.Has("$select"))
	case since != "":
		text, err := t.resume("d", since)
		if err != nil {
			return deltaState{}, err
		}
		return newDeltaState(t.Users, text, text != "")
	case skip != "":
		text, err := t.resume("u", skip)
		if err != nil {
			return deltaState{}, err
		}
		number, selected, _ := strings.Cut(text, " ")
		from, _ := strconv.Atoi(number)
		return newDeltaState(from, selected, selected != "")
	}
	return newDeltaState(0, q.options.Get("$select"), q.options.Has("$select"))
}

// newDeltaState reads a selection, of which id is always part here.
func newDeltaState(from int, text string, chosen bool) (deltaState, error) {
	s, err := selectUsers(text, chosen)
	if !s.has("id") {
		s.names = append(s.names, "id")
	}
	return deltaState{s, from}, err
}

// resume opens a token. One that has the form but is not of this tenant as it is now has expired.
func (t *Tenant) resume(kind, token string) (string, error) {
	text, ok := t.unseal(kind, token)
	switch {
	case ok:
		return text, nil
	case isSealed(token):
		return "", expired()
	}
	return "", refuse(400, "Request_BadRequest", "Badly formed token.")
}

// expired refuses a token that is too old.
func expired() *refusal {
	return &refusal{status: 410, code: "syncStateNotFound", message: "The sync state generation is not found. Start again without a token."}
}
