package graphsim

import (
	"encoding/base64"
	"fmt"
	"iter"
	"slices"
	"time"
)

// findTeam is the team of an id, unless nobody may read it.
func (t *Tenant) findTeam(id string, now time.Time) (directoryGroup, error) {
	g, err := t.findGroup(id, now)
	if err != nil || g.kind != teamGroup {
		return g, refuse(404, "NotFound", "No team found with Group Id %s", id)
	}
	if t.forbidden(groupIDs, g.number) {
		return g, accessDenied()
	}
	return g, nil
}

// team is what a team says itself.
func (t *Tenant) team(g *directoryGroup, now time.Time) entity {
	members, guests := 0, 0
	for _, p := range t.groupMembers(g, 0, now) {
		if p.guest {
			guests++
		} else {
			members++
		}
	}
	main := g.channelID(general)
	return entity{
		"id", g.id, "createdDateTime", g.created.Add(1234 * time.Millisecond), "displayName", g.name, "description", orNull(g.description()),
		"internalId", main, "classification", orNull(g.classification()), "specialization", "none",
		"visibility", either(g.private, "private", "public"),
		"webUrl", fmt.Sprintf("https://teams.example/l/team/%s/conversations?groupId=%s&tenantId=%s", main, g.id, t.Tenant),
		"isArchived", t.archived(g, now), "firstChannelName", nil, "tenantId", t.Tenant,
		"memberSettings", entity{
			"allowCreateUpdateChannels", true, "allowCreatePrivateChannels", !g.private, "allowDeleteChannels", !g.private,
			"allowAddRemoveApps", true, "allowCreateUpdateRemoveTabs", true, "allowCreateUpdateRemoveConnectors", g.number%2 == 0,
		},
		"guestSettings", entity{"allowCreateUpdateChannels", g.number%5 == 0, "allowDeleteChannels", false},
		"messagingSettings", entity{
			"allowUserEditMessages", true, "allowUserDeleteMessages", g.number%3 != 0, "allowOwnerDeleteMessages", true,
			"allowTeamMentions", true, "allowChannelMentions", true,
		},
		"funSettings", entity{
			"allowGiphy", true, "giphyContentRating", either(g.private, "strict", "moderate"), "allowStickersAndMemes", true,
			"allowCustomMemes", g.number%2 == 0,
		},
		"summary", entity{"ownersCount", len(t.owners(g, now)), "membersCount", members, "guestsCount", guests},
	}
}

// archived says whether nobody works in a team any more. Some teams are archived while the days pass.
func (t *Tenant) archived(g *directoryGroup, now time.Time) bool {
	s := seeded(t.seed, uint64(g.number), 'A')
	if !s.chance(0.12) {
		return false
	}
	return t.Moves <= 0 || now.After(midnight(t.first+s.between(-7, 7)).Add(time.Duration(s.below(secondsPerDay))*time.Second))
}

var (
	teamType = entityType{name: "microsoft.graph.team", sample: func(t *Tenant) entity { return t.team(new(t.group(0)), time.Time{}) }}

	listedTeamType = entityType{name: teamType.name, sample: func(t *Tenant) entity { return listedTeam(new(t.group(0))) }}
	channelType    = entityType{name: "microsoft.graph.channel", sample: func(t *Tenant) entity { return (&channel{team: new(t.group(0))}).entity() }}
)

// listedTeam is what the list of teams says.
func listedTeam(g *directoryGroup) entity {
	return entity{"id", g.id, "displayName", g.name, "description", orNull(g.description())}
}

// teams are the groups with a team at an instant, from a number on.
func (t *Tenant) teams(from int, now time.Time) iter.Seq2[int, *directoryGroup] {
	return func(yield func(int, *directoryGroup) bool) {
		for number, g := range t.directoryGroups(from, now) {
			if g.kind == teamGroup && !yield(number, g) {
				return
			}
		}
	}
}

func (t *Tenant) listTeams(r *request) (rows, error) {
	return from(t.teams(r.from, r.now), listedTeam), nil
}

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

// incoming are the channels that other teams share with a team: one of another tenant, and the shared ones of the team before it.
func (t *Tenant) incoming(g *directoryGroup, now time.Time) (list []channel) {
	if c, there := t.foreign(g, now); there {
		list = append(list, c)
	}
	other, here := t.groupAt(max(0, g.number-1), now)
	if !here || other.number == g.number || other.kind != teamGroup {
		return list
	}
	for _, c := range t.channels(&other, now) {
		if c.membership == "shared" {
			list = append(list, c)
		}
	}
	return list
}

// foreign is the channel that a team of another tenant shares with a team, from some day on; a few have one.
func (t *Tenant) foreign(g *directoryGroup, now time.Time) (c channel, there bool) {
	s := seeded(t.seed, uint64(g.number), 'F')
	if !s.chance(0.3) {
		return c, false
	}
	host := &directoryGroup{number: g.number, id: drawGUID(&s), name: fmt.Sprintf("Fabrikam %d", g.number)}
	c = channel{number: 1, team: host, name: "Fabrikam × Contoso", membership: "shared", tenant: partnerTenant}
	c.id = fmt.Sprintf("19:%016x%016x@thread.tacv2", s.next(), s.next())
	c.created = later(g.created, midnight(t.first-3+s.below(6))).Add(time.Duration(s.below(secondsPerDay)) * time.Second)
	return c, !c.created.After(now)
}

// entity is what a channel says itself.
func (c *channel) entity() entity {
	var description, favorite any
	mail, membership := "", any(c.membership)
	if c.number%2 == 0 {
		description = c.name + " of " + c.team.name
	}
	if c.number == general {
		mail = fmt.Sprintf("general%d@emea.teams.example", c.team.number)
	} else {
		favorite = c.number == 1
	}
	if c.membership == "shared" {
		membership = younger("shared")
	}
	return entity{
		"id", c.id, "createdDateTime", c.created, "displayName", c.name, "description", description, "isFavoriteByDefault", favorite,
		"email", mail, "tenantId", c.tenant,
		"webUrl", fmt.Sprintf("https://teams.example/l/channel/%s/x?groupId=%s&tenantId=%s", c.id, c.team.id, c.tenant),
		"membershipType", membership, "isArchived", c.archived,
	}
}

func (t *Tenant) listChannels(r *request, g directoryGroup) rows {
	return listed(r, t.channels(&g, r.now), func(c channel) entity { return c.entity() })
}

// allChannels are the channels of a team with those that other teams share with it.
func (t *Tenant) allChannels(r *request, g directoryGroup) rows {
	return listed(r, append(t.channels(&g, r.now), t.incoming(&g, r.now)...), channel.linked)
}

func (t *Tenant) incomingChannels(r *request, g directoryGroup) rows {
	return listed(r, t.incoming(&g, r.now), channel.linked)
}

// linked is a channel with the link to where it is hosted, by Graph's own name: a lake that is read again elsewhere has the same.
func (c channel) linked() entity {
	return append(entity{"@odata.id", "https://graph.microsoft.com/v1.0/tenants/" + c.tenant + "/teams/" + c.team.id.String() + "/channels/" + c.id}, c.entity()...)
}

// teamMembership is a user's place in a team. Its id says nothing: some are made of the id of the team before it, and
// so are the same in both.
func (t *Tenant) teamMembership(g *directoryGroup, p *person, owners []int) channelMembership {
	m := channelMembership{
		name: p.name(), email: p.mail(), user: p.id.String(), tenant: t.Tenant, owner: slices.Contains(owners, p.number), guest: p.guest,
	}
	of := g.id
	if s := seeded(uint64(g.source), uint64(p.number), 'T'); g.number > 0 && s.chance(0.1) {
		of = t.id(groupIDs, uint64(g.number-1))
	}
	m.id = base64.StdEncoding.EncodeToString([]byte(of.String() + "##" + m.user))
	return m
}

func (t *Tenant) teamMembers(r *request, g directoryGroup) rows {
	owners := t.ownerNumbers(&g, r.now, true)
	return from(t.groupMembers(&g, r.from, r.now), func(p *person) entity { return t.teamMembership(&g, p, owners).entity() })
}

// teamsOf are the teams that a user belongs to, from a number on.
func (t *Tenant) teamsOf(user, number int, now time.Time) iter.Seq2[int, *directoryGroup] {
	return func(yield func(int, *directoryGroup) bool) {
		for at, g := range t.teams(number, now) {
			if t.isMember(g, user, now) && !yield(at, g) {
				return
			}
		}
	}
}

func (t *Tenant) joinedTeams(r *request, p person) rows {
	return from(t.teamsOf(p.number, r.from, r.now), listedTeam)
}

// isMember says whether a user is in a group that is not the one of all.
func (t *Tenant) isMember(g *directoryGroup, user int, now time.Time) bool {
	for k := range t.candidates(g, now) {
		if (g.first+k*stride(t.Users))%t.Users == user {
			_, member := t.candidate(g, k, now)
			return member
		}
	}
	return false
}

// A channelMembership is somebody's place in a channel.
type channelMembership struct {
	id                        string // opaque, and another one in every channel
	name, email, user, tenant string
	owner, guest              bool
}

// memberships are who is in a channel: all of the team in a standard one, some in the others, and in a
// shared one also somebody of another tenant.
func (t *Tenant) memberships(c *channel, now time.Time) (list []channelMembership) {
	owners := t.ownerNumbers(c.team, now, true)
	for _, p := range t.groupMembers(c.team, 0, now) {
		m := channelMembership{name: p.name(), email: p.mail(), user: p.id.String(), tenant: c.tenant, guest: p.guest}
		m.owner = slices.Contains(owners, p.number)
		s := seeded(uint64(c.team.source), uint64(c.number), uint64(p.number), 'M')
		if c.membership == "standard" || m.owner || s.chance(0.4) {
			list = append(list, m)
		}
	}
	if c.membership == "shared" {
		p := party{kind: federated, number: c.team.number}
		list = append(list, channelMembership{name: "External user", email: "guest@fabrikam.example", user: t.key(p), tenant: partnerTenant})
	}
	for i := range list {
		list[i].id = c.membershipID(list[i].user)
	}
	return list
}

func (c *channel) membershipID(user string) string {
	return base64.StdEncoding.EncodeToString([]byte(c.tenant + "##" + c.id + "##" + user))
}

func (t *Tenant) channelMembers(r *request) (rows, error) {
	g, err := t.findTeam(r.keys[0], r.now)
	if err != nil {
		return nil, err
	}
	list := t.channels(&g, r.now)
	i := slices.IndexFunc(list, func(c channel) bool { return c.id == r.keys[1] })
	if i < 0 {
		return nil, refuse(404, "NotFound", "NotFound")
	}
	return listed(r, t.memberships(&list[i], r.now), channelMembership.entity), nil
}

func (m channelMembership) entity() entity {
	var roles []string
	switch {
	case m.owner:
		roles = []string{"owner"}
	case m.guest:
		roles = []string{"guest"}
	}
	return entity{
		"@odata.type", "#microsoft.graph.aadUserConversationMember", "id", m.id, "roles", roles, "displayName", m.name, "userId", m.user,
		"email", m.email, "tenantId", m.tenant, "visibleHistoryStartDateTime", never,
	}
}

// A room is a channel of a team, as what is written in it needs it.
type room struct {
	team, number int // the first is General
	id, name     string
	founded      time.Time // its team
}

// readableTeams are the numbers of the teams at an instant whose messages may be read.
func (t *Tenant) readableTeams(now time.Time) (list []int) {
	for number := range t.teams(0, now) {
		if !t.forbidden(groupIDs, number) {
			list = append(list, number)
		}
	}
	return list
}

// rooms are the channels of a team at an instant.
func (t *Tenant) rooms(team int, now time.Time) (list []room) {
	g, _ := t.groupAt(team, now)
	for _, c := range t.channels(&g, now) {
		list = append(list, room{team, c.number, c.id, c.name, g.created})
	}
	return list
}
