package graphsim

import (
	"encoding/hex"
)

// groupIDs is a kind of id, as those of callIDs and userIDs. A team has the id of its group.
const groupIDs uint64 = 0x101

// teams is how many teams there are: one for eight users.
func (t *Tenant) teams() int { return t.Users / 8 }

// A channel is one of a team's.
type channel struct {
	team, number int // the first is General
	id           string
	name         string
	seed         uint64
}

// channels are the channels of a team.
func (t *Tenant) channels(team int) []channel {
	s := seeded(t.seed, uint64(team), 'K')
	list := make([]channel, s.between(2, 5))
	for j := range list {
		s := seeded(t.seed, uint64(team), uint64(j), 'K')
		g := drawGUID(&s)
		list[j] = channel{team: team, number: j, id: "19:" + hex.EncodeToString(g[:]) + "@thread.tacv2", name: "General"}
		if j > 0 {
			list[j].name = pick(&s, subjects)
		}
		list[j].seed = s.next()
	}
	return list
}
