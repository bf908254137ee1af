package graphsim

import "sync"

// A calendar remembers who was invited to which calls of a day: the one thing that cannot be made from
// the day and the index, because it is asked for by the invited. It is safe for concurrent use.
type calendar struct {
	mu   sync.Mutex
	days map[int]func() *invitations
}

// mostDays is how many days are remembered, of a few bytes for each invitation.
const mostDays = 64

// invitations are the calls of a day that each user was invited to.
type invitations struct {
	ends  []uint32 // of each user, where their part of indexes ends
	index []uint32 // of the calls
}

// of are the indexes of the calls that a user was invited to.
func (i *invitations) of(number int) []uint32 {
	if number >= len(i.ends) {
		return nil // who came later was in no call
	}
	from := uint32(0)
	if number > 0 {
		from = i.ends[number-1]
	}
	return i.index[from:i.ends[number]]
}

// invitations are those of a day.
func (t *Tenant) invitations(day int) *invitations {
	t.calendar.mu.Lock()
	if t.calendar.days == nil || len(t.calendar.days) >= mostDays {
		t.calendar.days = map[int]func() *invitations{}
	}
	known := t.calendar.days[day]
	if known == nil {
		known = sync.OnceValue(func() *invitations { return t.invite(day) })
		t.calendar.days[day] = known
	}
	t.calendar.mu.Unlock()
	return known()
}

// invite sorts the invitations of a day by user.
func (t *Tenant) invite(day int) *invitations {
	type invitation struct{ user, index uint32 }
	var all []invitation
	list := &invitations{ends: make([]uint32, t.Users)}
	for index := range t.count(day) {
		if t.kind(day, index) < dialIn {
			continue
		}
		c := t.call(day, index)
		if !c.scheduled() {
			continue
		}
		for _, p := range t.parties(&c) {
			if p.kind == internal {
				all = append(all, invitation{uint32(p.number), uint32(index)})
				list.ends[p.number]++
			}
		}
	}
	sum := uint32(0)
	for number, n := range list.ends {
		list.ends[number], sum = sum, sum+n // where the part begins, and, once it is filled, ends
	}
	list.index = make([]uint32, len(all))
	for _, one := range all {
		list.index[list.ends[one.user]] = one.index
		list.ends[one.user]++
	}
	return list
}

// scheduled says whether a call was in calendars before: meetings by users are, and half of the groups.
func (c *call) scheduled() bool {
	return c.kind >= dialIn && c.first.kind == internal && (c.kind != group || c.seed%2 == 0)
}
