package graphsim

import (
	"iter"
	"net/url"
	"time"
)

var channelMessageRoles = []string{"ChannelMessage.Read.All"}

// teamMessages answers /teams/{id}/channels/getAllMessages: the messages of all channels of a team, with
// the replies among them.
func (t *Tenant) teamMessages(w *writer, q *question, key string) error {
	a, err := t.messageAsk(q, "teams/"+url.PathEscape(key)+"/channels/getAllMessages")
	if err != nil {
		return err
	}
	team, err := t.teamWithRooms(key, q.now)
	if err != nil {
		return err
	}
	t.export(w, q, &a, t.inTeam(team, &a, q.now))
	return nil
}

// inTeam are the messages of a team from a place on.
func (t *Tenant) inTeam(team int, a *messageAsk, now time.Time) iter.Seq2[messagePlace, message] {
	threads := t.channelThreads(team, now)
	from, to := a.filter.days(t, now)
	return func(yield func(messagePlace, message) bool) {
		for day := max(from, a.from.day); day < to; day++ {
			for i, th := range threads {
				for m := range t.channelDay(th, day, now) {
					at := messagePlace{day, i, m.index}
					if at.number() >= a.from.number() && a.filter.holds(t, &m) && !yield(at, m) {
						return
					}
				}
			}
		}
	}
}

// channelThreads are the threads of a team's channels.
func (t *Tenant) channelThreads(team int, now time.Time) (list []*thread) {
	of := t.id(groupIDs, uint64(team)).String()
	for _, c := range t.rooms(team, now) {
		seed := seeded(t.seed, uint64(c.team), uint64(c.number), 'T')
		list = append(list, &thread{id: c.id, seed: uint64(seed), team: of, room: c})
	}
	return list
}

// postings is how many messages there are in a channel on a day. In the first channel of a team is as
// much as in two others.
func (t *Tenant) postings(th *thread, day int) int {
	share := 1.0 / 6
	if th.room.number == 0 {
		share = 1.0 / 3
	}
	return t.written(th, day, share*t.MessagesPerUserDay)
}

// channelDay are the messages of a channel that were created on a day and before now, as they are now.
// None is older than the team, or replies to what would be.
func (t *Tenant) channelDay(th *thread, day int, now time.Time) iter.Seq[message] {
	return func(yield func(message) bool) {
		for i := range t.postings(th, day) {
			m := t.posting(th, day, i)
			if !m.created.Before(now) {
				return
			}
			if since := th.room.founded; m.created.Before(since) || !m.root.IsZero() && m.root.Before(since) {
				continue
			}
			if m.settle(now); !yield(m) {
				return
			}
		}
	}
}

// posting is a message of a channel, as it was at first. Of three the first begins a conversation and
// the others reply to it; the second of a day goes on with the conversation of the day before.
func (t *Tenant) posting(th *thread, day, index int) message {
	s := seeded(th.seed, uint64(day), uint64(index), 'w')
	m := message{thread: th, index: index, created: t.posted(th, day, index)}
	switch {
	case index == 1 && t.postings(th, day-1) > 0:
		m.root = t.posted(th, day-1, 0)
	case index%3 > 0:
		m.root = t.posted(th, day, index-index%3)
	case s.chance(0.1):
		m.event = pick(&s, teamEvents)
	}
	m.seed = s.next()
	return m
}

// posted is when a message of a channel was created. Each has its own share of the day.
func (t *Tenant) posted(th *thread, day, index int) time.Time {
	s := seeded(th.seed, uint64(day), uint64(index), 'a')
	share := (float64(index) + 0.1 + 0.8*s.unit()) / float64(t.postings(th, day))
	return midnight(day).Add(t.day.at(share)).Truncate(time.Millisecond)
}
