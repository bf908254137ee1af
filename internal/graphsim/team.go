package graphsim

import (
	"fmt"
	"time"
)

// A team is the team of a group as it is at an instant.
type team struct {
	directoryGroup
	tenant                  string
	archived                bool
	owners, members, guests int
}

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

// team counts what a team has.
func (t *Tenant) team(g directoryGroup, now time.Time) team {
	v := team{directoryGroup: g, tenant: t.Tenant, archived: t.archived(&g, now)}
	v.owners = len(t.owners(&g, now))
	for _, p := range t.groupMembers(&g, 0, now) {
		if p.guest {
			v.guests++
		} else {
			v.members++
		}
	}
	return v
}

// archived says whether nobody works in a team any more. Some teams are archived while the days pass.
func (t *Tenant) archived(g *directoryGroup, now time.Time) bool {
	s := seeded(t.seed, uint64(g.number), 'A')
	if !s.chance(0.12) {
		return false
	}
	return t.Moves <= 0 || now.After(midnight(t.first+s.between(-7, 7)).Add(time.Duration(s.below(secondsPerDay))*time.Second))
}

const teamType = "microsoft.graph.team"

// listedTeamProperties are what the list of teams says.
var listedTeamProperties = properties[directoryGroup]{
	{"id", func(w *writer, g *directoryGroup) { w.guid("id", g.id) }},
	{"displayName", func(w *writer, g *directoryGroup) { w.text("displayName", g.name) }},
	{"description", func(w *writer, g *directoryGroup) { w.textOrNull("description", g.description()) }},
}

// teamProperties are what a team says itself.
var teamProperties = properties[team]{
	{"id", func(w *writer, v *team) { w.guid("id", v.id) }},
	{"createdDateTime", func(w *writer, v *team) { w.time("createdDateTime", v.created.Add(1234*time.Millisecond)) }},
	{"displayName", func(w *writer, v *team) { w.text("displayName", v.name) }},
	{"description", func(w *writer, v *team) { w.textOrNull("description", v.description()) }},
	{"internalId", func(w *writer, v *team) { w.text("internalId", v.channelID(general)) }},
	{"classification", func(w *writer, v *team) { w.textOrNull("classification", v.classification()) }},
	{"specialization", func(w *writer, _ *team) { w.text("specialization", "none") }},
	{"visibility", func(w *writer, v *team) {
		w.text("visibility", map[bool]string{true: "private", false: "public"}[v.private])
	}},
	{"webUrl", func(w *writer, v *team) {
		w.text("webUrl", fmt.Sprintf("https://teams.example/l/team/%s/conversations?groupId=%s&tenantId=%s", v.channelID(general), v.id, v.tenant))
	}},
	{"isArchived", func(w *writer, v *team) { w.bool("isArchived", v.archived) }},
	{"firstChannelName", func(*writer, *team) {}},
	{"tenantId", func(w *writer, v *team) { w.text("tenantId", v.tenant) }},
	{"memberSettings", func(w *writer, v *team) {
		w.open("memberSettings")
		w.bool("allowCreateUpdateChannels", true)
		w.bool("allowCreatePrivateChannels", !v.private)
		w.bool("allowDeleteChannels", !v.private)
		w.bool("allowAddRemoveApps", true)
		w.bool("allowCreateUpdateRemoveTabs", true)
		w.bool("allowCreateUpdateRemoveConnectors", v.number%2 == 0)
		w.close()
	}},
	{"guestSettings", func(w *writer, v *team) {
		w.open("guestSettings")
		w.bool("allowCreateUpdateChannels", v.number%5 == 0)
		w.bool("allowDeleteChannels", false)
		w.close()
	}},
	{"messagingSettings", func(w *writer, v *team) {
		w.open("messagingSettings")
		w.bool("allowUserEditMessages", true)
		w.bool("allowUserDeleteMessages", v.number%3 != 0)
		w.bool("allowOwnerDeleteMessages", true)
		w.bool("allowTeamMentions", true)
		w.bool("allowChannelMentions", true)
		w.close()
	}},
	{"funSettings", func(w *writer, v *team) {
		w.open("funSettings")
		w.bool("allowGiphy", true)
		w.text("giphyContentRating", map[bool]string{true: "strict", false: "moderate"}[v.private])
		w.bool("allowStickersAndMemes", true)
		w.bool("allowCustomMemes", v.number%2 == 0)
		w.close()
	}},
	{"summary", func(w *writer, v *team) {
		w.open("summary")
		w.int("ownersCount", v.owners)
		w.int("membersCount", v.members)
		w.int("guestsCount", v.guests)
		w.close()
	}},
}
