package graphsim

import (
	"iter"
	"regexp"
	"time"
)

var (
	teamListRoles = []string{"Team.ReadBasic.All", "TeamSettings.Read.All", "TeamSettings.ReadWrite.All"}
	teamRoles     = []string{
		"Team.ReadBasic.All", "TeamSettings.Read.All", "TeamSettings.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
		"Directory.Read.All", "Directory.ReadWrite.All",
	}
	channelRoles = []string{
		"Channel.ReadBasic.All", "ChannelSettings.Read.All", "ChannelSettings.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
		"Directory.Read.All", "Directory.ReadWrite.All",
	}
	allChannelRoles    = []string{"Channel.ReadBasic.All", "ChannelSettings.Read.All", "ChannelSettings.ReadWrite.All"}
	channelMemberRoles = []string{"ChannelMember.Read.All", "ChannelMember.ReadWrite.All"}
)

func (t *Tenant) teamHandler(path []string) (handler, error) {
	switch {
	case len(path) == 0:
		return handler{teamListRoles, t.listTeams}, nil
	case len(path) == 1:
		return handler{teamRoles, func(w *writer, q *question) error { return t.oneTeam(w, q, path[0]) }}, nil
	case len(path) == 2 && path[1] == "channels":
		return handler{channelRoles, func(w *writer, q *question) error { return t.listChannels(w, q, path[0], false) }}, nil
	case len(path) == 2 && path[1] == "allChannels":
		return handler{allChannelRoles, func(w *writer, q *question) error { return t.listChannels(w, q, path[0], true) }}, nil
	case len(path) == 4 && path[1] == "channels" && path[3] == "members":
		return handler{channelMemberRoles, func(w *writer, q *question) error { return t.listChannelMembers(w, q, path[0], path[2]) }}, nil
	}
	return handler{}, unknownSegment(path[len(path)-1])
}

// teams are the groups with a team now, from a number on.
func (t *Tenant) teams(from int, now time.Time) iter.Seq[*directoryGroup] {
	return func(yield func(*directoryGroup) bool) {
		for number := from; number < t.groups(now); number++ {
			if g, here := t.groupAt(number, now); here && g.kind == teamGroup && !yield(&g) {
				return
			}
		}
	}
}

// listTeams answers /teams, which says little of each.
func (t *Tenant) listTeams(w *writer, q *question) error {
	if err := q.unsimulated("$filter", "$count"); err != nil {
		return err
	}
	if err := q.allow("$select", "$top", "$skiptoken"); err != nil {
		return err
	}
	chosen, err := listedTeamProperties.choose(teamType, q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	place, err := t.pageAsk(q, "teams")
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#teams"+chosen.shape())
	w.list("value")
	n, next := 0, -1
	for g := range t.teams(place.from, q.now) {
		if n == place.size {
			next = g.number
			break
		}
		n++
		w.open("")
		listedTeamProperties.whole(w, g, chosen)
		w.close()
	}
	w.end()
	w.int("@odata.count", n)
	if next >= 0 {
		w.text("@odata.nextLink", q.link("teams", "$skiptoken", t.token(place.kind, next)))
	}
	w.close()
	return nil
}

// oneTeam answers /teams/{id}.
func (t *Tenant) oneTeam(w *writer, q *question, id string) error {
	if err := q.unsimulated("$expand"); err != nil {
		return err
	}
	if err := q.allow("$select"); err != nil {
		return err
	}
	chosen, err := teamProperties.choose(teamType, q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	g, err := t.findTeam(id, q.now)
	if err != nil {
		return err
	}
	v := t.team(g, q.now)
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#teams"+chosen.shape()+"/$entity")
	teamProperties.whole(w, &v, chosen)
	w.close()
	return nil
}

var ofMembership = regexp.MustCompile(`^membershipType eq '(standard|private|shared)'$`)

// listChannels answers /teams/{id}/channels, and /teams/{id}/allChannels with those that other teams
// share. Both come whole.
func (t *Tenant) listChannels(w *writer, q *question, id string, everywhere bool) error {
	if err := q.allow("$select", "$filter"); err != nil {
		return err
	}
	chosen, err := channelProperties.choose(channelType, q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	only := ofMembership.FindStringSubmatch(q.options.Get("$filter"))
	if q.options.Has("$filter") && only == nil {
		return badRequest("Invalid filter clause: channels are filtered by membershipType eq only.")
	}
	g, err := t.findTeam(id, q.now)
	if err != nil {
		return err
	}
	list, path := t.channels(&g, q.now), "channels"
	if everywhere {
		list, path = append(list, t.incoming(&g, q.now)...), "allChannels"
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#teams('"+g.id.String()+"')/"+path+chosen.shape())
	w.list("value")
	n := 0
	for i := range list {
		c := &list[i]
		if only != nil && c.membership != only[1] {
			continue
		}
		n++
		w.open("")
		if everywhere {
			w.text("@odata.id", q.root+"/tenants/"+c.tenant+"/teams/"+c.team.id.String()+"/channels/"+c.id)
		}
		channelProperties.whole(w, c, chosen)
		w.close()
	}
	w.end()
	w.int("@odata.count", n)
	w.close()
	return nil
}
