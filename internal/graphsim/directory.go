package graphsim

import (
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// listUsers answers /users.
func (t *Tenant) listUsers(w *writer, q *question) error {
	ask, err := t.listAsk(q)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users"+ask.shape())
	if ask.counted {
		w.int("@odata.count", t.countPeople(ask.filter, q.now))
	}
	w.list("value")
	room, next := ask.size, -1
	for p := range t.people(ask.from, ask.filter, q.now) {
		if room == 0 {
			next = p.number
			break
		}
		room--
		w.open("")
		t.entry(w, p, ask.userAsk, q.now)
		w.close()
	}
	w.end()
	if next >= 0 {
		w.text("@odata.nextLink", q.link("users", "$skiptoken", t.token(ask.kind, next)))
	}
	w.close()
	return nil
}

// people are the users now, from a number on, for whom a filter holds.
func (t *Tenant) people(from int, f userFilter, now time.Time) iter.Seq[*person] {
	return func(yield func(*person) bool) {
		for number := from; number < t.everybody(now); number++ {
			if p, here := t.personAt(number, now); here && f.holds(&p) && !yield(&p) {
				return
			}
		}
	}
}

func (t *Tenant) countPeople(f userFilter, now time.Time) (n int) {
	for range t.people(0, f, now) {
		n++
	}
	return n
}

// oneUser answers /users/{id or userPrincipalName}.
func (t *Tenant) oneUser(w *writer, q *question, key string) error {
	if err := q.allow("$select", "$expand"); err != nil {
		return err
	}
	ask, err := q.userAsk()
	if err != nil {
		return err
	}
	p, ok := t.findPerson(key, q.now)
	if !ok {
		return notThere(key)
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users"+ask.shape()+"/$entity")
	t.entry(w, &p, ask, q.now)
	w.close()
	return nil
}

func notThere(key string) error {
	return refuse(404, "Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present.", key)
}

// inPrincipal finds a person's number in a userPrincipalName.
var inPrincipal = regexp.MustCompile(`(?i)(\d+)(_adatum\.example#EXT#)?@`)

func (t *Tenant) findPerson(key string, now time.Time) (person, bool) {
	number, ok := t.number(userIDs, key)
	if m := inPrincipal.FindStringSubmatch(key); m != nil {
		n, err := strconv.ParseUint(m[1], 10, 31)
		number, ok = n, err == nil
	}
	if !ok || number >= uint64(t.everybody(now)) {
		return person{}, false
	}
	p, here := t.personAt(int(number), now)
	return p, here && (strings.EqualFold(key, p.id.String()) || strings.EqualFold(key, p.principal))
}

// entry writes what is asked for of a user, as it is now.
func (t *Tenant) entry(w *writer, p *person, ask userAsk, now time.Time) {
	wholeUser(w, p, ask.selection)
	if ask.manager == nil {
		return
	}
	if number := t.manager(p, now); number != nobody {
		above, _ := t.personAt(number, now)
		w.open("manager")
		w.text("@odata.type", "#microsoft.graph.user") // the metadata says directoryObject
		wholeUser(w, &above, *ask.manager)
		w.close()
	}
}
