package graphsim

import (
	"encoding/base64"
	"iter"
	"slices"
	"time"
)

// A channelMembership is somebody's place in a channel.
type channelMembership struct {
	id                        string // opaque, and another one in every channel
	name, email, user, tenant string
	owner, guest              bool
}

// memberships are who is in a channel: all of the team in a standard one, some in the others, and in a
// shared one also somebody of another tenant.
func (t *Tenant) memberships(c *channel, now time.Time) iter.Seq[channelMembership] {
	return func(yield func(channelMembership) bool) {
		owners := t.ownerNumbers(c.team, now, true)
		for _, p := range t.groupMembers(c.team, 0, now) {
			m := channelMembership{name: p.name(), email: p.mail(), user: p.id.String(), tenant: c.tenant, guest: p.guest}
			m.owner = slices.Contains(owners, p.number)
			s := seeded(uint64(c.team.source), uint64(c.number), uint64(p.number), 'M')
			if c.membership != "standard" && !m.owner && !s.chance(0.4) {
				continue
			}
			m.id = c.membershipID(m.user)
			if !yield(m) {
				return
			}
		}
		if c.membership != "shared" {
			return
		}
		p := party{kind: federated, number: c.team.number}
		m := channelMembership{name: "External user", email: "guest@fabrikam.example", user: t.key(p), tenant: partnerTenant}
		m.id = c.membershipID(m.user)
		yield(m)
	}
}

func (c *channel) membershipID(user string) string {
	return base64.StdEncoding.EncodeToString([]byte(c.tenant + "##" + c.id + "##" + user))
}

// listChannelMembers answers /teams/{id}/channels/{id}/members.
func (t *Tenant) listChannelMembers(w *writer, q *question, id, channelID string) error {
	if err := q.unsimulated("$filter", "$select"); err != nil {
		return err
	}
	if err := q.allow("$top", "$skiptoken"); err != nil {
		return err
	}
	path := "teams/" + id + "/channels/" + channelID + "/members"
	place, err := t.pageAsk(q, path)
	if err != nil {
		return err
	}
	g, err := t.findTeam(id, q.now)
	if err != nil {
		return err
	}
	list := t.channels(&g, q.now)
	i := slices.IndexFunc(list, func(c channel) bool { return c.id == channelID })
	if i < 0 {
		return refuse(404, "NotFound", "NotFound")
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#teams('"+g.id.String()+"')/channels('"+channelID+"')/members")
	w.list("value")
	n, next := 0, -1
	for m := range t.memberships(&list[i], q.now) {
		if n == place.from+place.size {
			next = n
			break
		}
		if n++; n > place.from {
			m.write(w)
		}
	}
	w.end()
	w.int("@odata.count", n-place.from)
	if next >= 0 {
		w.text("@odata.nextLink", q.link(path, "$skiptoken", t.token(place.kind, next)))
	}
	w.close()
	return nil
}

func (m *channelMembership) write(w *writer) {
	w.open("")
	w.text("@odata.type", "#microsoft.graph.aadUserConversationMember")
	w.text("id", m.id)
	switch {
	case m.owner:
		w.texts("roles", "owner")
	case m.guest:
		w.texts("roles", "guest")
	default:
		w.texts("roles")
	}
	w.text("displayName", m.name)
	w.text("userId", m.user)
	w.text("email", m.email)
	w.text("tenantId", m.tenant)
	w.time("visibleHistoryStartDateTime", never)
	w.close()
}
