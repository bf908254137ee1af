package graphsim

import (
	"iter"
	"time"
)

// A room is a channel of a team, as what is written in it needs it.
type room struct {
	team, number int // the first is General
	id, name     string
	founded      time.Time // its team
}

// teamsWithRooms are the numbers of the teams at an instant whose messages may be read.
func (t *Tenant) teamsWithRooms(now time.Time) iter.Seq[int] {
	return func(yield func(int) bool) {
		for g := range t.teams(0, now) {
			if !t.forbidden(groupIDs, g.number) && !yield(g.number) {
				return
			}
		}
	}
}

// teamWithRooms is the number of the team of an id.
func (t *Tenant) teamWithRooms(id string, now time.Time) (int, error) {
	g, err := t.findTeam(id, now)
	return g.number, err
}

// rooms are the channels of a team at an instant.
func (t *Tenant) rooms(team int, now time.Time) []room {
	g, _ := t.groupAt(team, now)
	var list []room
	for _, c := range t.channels(&g, now) {
		list = append(list, room{team, c.number, c.id, c.name, g.created})
	}
	return list
}
