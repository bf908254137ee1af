package graphsim

import "fmt"

// An attendee is somebody, or a room, who is invited to an event.
type attendee struct {
	number  int // of a user, whose name and address only a copy knows; nobody for whoever is none
	name    string
	address string
	role    string
}

// crowd is how many may be invited and still see each other.
const crowd = 12

// invited are those who are invited to an event, without its organizer.
func (t *Tenant) invited(e *event) []attendee {
	switch {
	case e.call != nil:
		return t.invitedToCall(e)
	case e.series != 0:
		return t.led(e.organizer)
	}
	return nil
}

// invitedToCall are those who then took part, but for those who came by the link; and sometimes a room.
func (t *Tenant) invitedToCall(e *event) (list []attendee) {
	for i, p := range t.parties(e.call)[1:] {
		a := attendee{number: nobody, role: "required"}
		switch p.kind {
		case internal:
			a.number = p.number
		case federated:
			a.name = fmt.Sprintf("guest%d@fabrikam.example", p.number)
			a.address = a.name
		default:
			continue
		}
		if i%7 == 6 {
			a.role = "optional"
		}
		list = append(list, a)
	}
	if e.seed%3 == 0 {
		list = append(list, attendee{nobody, "Room " + e.site.city, plain(e.site.city) + ".room@" + domain, "resource"})
	}
	return list
}

// led are those whom somebody led at first.
func (t *Tenant) led(leader int) (list []attendee) {
	first := firstLed(leader)
	for number := first; number < min(first+8, t.Users); number++ {
		list = append(list, attendee{number: number, role: "required"})
	}
	return list
}

// firstLed is the number of the first whom somebody led at first: ledBy, turned round.
func firstLed(leader int) int { return 8*leader + 1 }
