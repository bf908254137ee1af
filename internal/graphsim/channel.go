package graphsim

import (
	"fmt"
	"time"
)

// A channel is a channel of a team.
type channel struct {
	number     int
	id         string
	team       *directoryGroup
	name       string
	membership string // standard, private or shared
	created    time.Time
	archived   bool
	tenant     string
}

// general is the number of the channel that every team has.
const general = 0

// channelID is the id of a team's channel, which is that of its thread.
func (g *directoryGroup) channelID(number int) string {
	s := seeded(uint64(g.source), uint64(number), 'C')
	return fmt.Sprintf("19:%016x%016x@thread.tacv2", s.next(), s.next())
}

// channels are the channels that a team hosts, General first.
func (t *Tenant) channels(g *directoryGroup, now time.Time) []channel {
	s := seeded(t.seed, uint64(g.number), 'C')
	archived := t.archived(g, now)
	list := make([]channel, 1+s.below(6))
	for i := range list {
		c := channel{number: i, id: g.channelID(i), team: g, name: "General", membership: "standard", tenant: t.Tenant, archived: archived}
		c.created = g.created.Add(time.Duration(s.between(1, 30*24*3600*1000)) * time.Millisecond)
		if i == general {
			c.created = g.created.Add(1500 * time.Millisecond)
		} else {
			c.name = fmt.Sprintf("%s %d", pick(&s, []string{"Announcements", "Café ☕", "Design", "Incidents", "Planning", "Travel"}), i)
			c.membership = pick(&s, []string{"standard", "standard", "standard", "private", "shared"})
			c.archived = archived || s.chance(0.05)
		}
		list[i] = c
	}
	return list
}

// incoming are the channels that other teams share with a team: the shared ones of the team before it.
func (t *Tenant) incoming(g *directoryGroup, now time.Time) (list []channel) {
	other, here := t.groupAt(max(0, g.number-1), now)
	if !here || other.number == g.number || other.kind != teamGroup {
		return nil
	}
	for _, c := range t.channels(&other, now) {
		if c.membership == "shared" {
			list = append(list, c)
		}
	}
	return list
}

const channelType = "microsoft.graph.channel"

var channelProperties = properties[channel]{
	{"id", func(w *writer, c *channel) { w.text("id", c.id) }},
	{"createdDateTime", func(w *writer, c *channel) { w.time("createdDateTime", c.created) }},
	{"displayName", func(w *writer, c *channel) { w.text("displayName", c.name) }},
	{"description", func(w *writer, c *channel) {
		if c.number%2 == 0 {
			w.text("description", c.name+" of "+c.team.name)
		}
	}},
	{"isFavoriteByDefault", func(w *writer, c *channel) {
		if c.number != general {
			w.bool("isFavoriteByDefault", c.number == 1)
		}
	}},
	{"email", func(w *writer, c *channel) {
		if c.number == general {
			w.text("email", fmt.Sprintf("general%d@emea.teams.example", c.team.number))
		} else {
			w.text("email", "")
		}
	}},
	{"tenantId", func(w *writer, c *channel) { w.text("tenantId", c.tenant) }},
	{"webUrl", func(w *writer, c *channel) {
		w.text("webUrl", fmt.Sprintf("https://teams.example/l/channel/%s/x?groupId=%s&tenantId=%s", c.id, c.team.id, c.tenant))
	}},
	{"membershipType", func(w *writer, c *channel) {
		if c.membership == "shared" {
			w.member("membershipType", "shared")
		} else {
			w.text("membershipType", c.membership)
		}
	}},
	{"isArchived", func(w *writer, c *channel) { w.bool("isArchived", c.archived) }},
}
