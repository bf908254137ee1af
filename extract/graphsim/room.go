package graphsim

import (
	"encoding/hex"
	"iter"
	"time"
)

// groupIDs is a kind of id, as those of callIDs and userIDs. A team has the id of its group.
const groupIDs uint64 = 0x101

// A room is a channel of a team, as what is written in it needs it.
type room struct {
	team, number int // the first is General
	id, name     string
}

// teamsWithRooms are the numbers of the teams at an instant: one for eight users.
func (t *Tenant) teamsWithRooms(time.Time) iter.Seq[int] {
	return func(yield func(int) bool) {
		for team := range t.Users / 8 {
			if !yield(team) {
				return
			}
		}
	}
}

// teamWithRooms is the number of the team of an id.
func (t *Tenant) teamWithRooms(id string, _ time.Time) (int, error) {
	number, ok := t.number(groupIDs, id)
	if !ok || number >= uint64(t.Users/8) {
		return 0, refuse(404, "NotFound", "No team found with Group Id %s", id)
	}
	return int(number), nil
}

// rooms are the channels of a team at an instant.
func (t *Tenant) rooms(team int, _ time.Time) []room {
	s := seeded(t.seed, uint64(team), 'K')
	list := make([]room, s.between(2, 5))
	for j := range list {
		s := seeded(t.seed, uint64(team), uint64(j), 'K')
		g := drawGUID(&s)
		list[j] = room{team, j, "19:" + hex.EncodeToString(g[:]) + "@thread.tacv2", "General"}
		if j > 0 {
			list[j].name = pick(&s, subjects)
		}
	}
	return list
}
