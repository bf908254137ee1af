package graphsim

import (
	"strconv"
	"time"
)

// countedTables are all tables of which Truth knows the rows.
const countedTables = `calls call_participants call_sessions call_segments call_media call_media_streams pstn_calls
	direct_routing_calls users user_licenses groups group_members group_owners tenants subscribed_skus teams channels
	channel_members presence mailbox_settings calendar_events event_attendees`

// position is a place in a list as part of a key.
func position(i int) string { return strconv.Itoa(i) }

// instantKey is an instant as part of a key.
func instantKey(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// countPicture adds what the tables hold at an instant, but for those of calls.
func (t *Tenant) countPicture(l ledger, now time.Time) {
	for p := range t.people(0, nil, now) {
		t.countUser(l, p, now)
	}
	for number := range t.groups(now) {
		if g, here := t.groupAt(number, now); here {
			t.countGroup(l, &g, now)
		}
	}
	l.add("tenants", t.Tenant)
	for _, v := range products {
		v.tenant = t.Tenant
		l.add("subscribed_skus", v.key())
	}
}

// countUser adds a user, and what may be read of their mailbox.
func (t *Tenant) countUser(l ledger, p *person, now time.Time) {
	id := p.id.String()
	l.add("users", id)
	for i := range p.licences() {
		l.add("user_licenses", id, skus[i])
	}
	l.add("presence", id, instantKey(now))
	if !p.hasMailbox() || t.forbidden(userIDs, p.number) {
		return
	}
	l.add("mailbox_settings", id)
	for day := t.first; day < t.first+t.days; day++ {
		for e := range t.plans(p.number, day, now) {
			if of := dayOf(e.start); of < t.first || of >= t.first+t.days {
				continue // it begins before or after the days that are counted
			}
			v := t.copyFor(p.number, e, now)
			event := idIn(e.seed, p.number)
			l.add("calendar_events", id, event)
			for i := range v.attendees() {
				l.add("event_attendees", id, event, position(i))
			}
		}
	}
}

// countGroup adds a group, and what may be read of its team.
func (t *Tenant) countGroup(l ledger, g *directoryGroup, now time.Time) {
	id := g.id.String()
	l.add("groups", id)
	for _, p := range t.groupMembers(g, 0, now) {
		l.add("group_members", id, p.id.String())
	}
	for _, p := range t.owners(g, now) {
		l.add("group_owners", id, p.id.String())
	}
	if g.kind != teamGroup || t.forbidden(groupIDs, g.number) {
		return
	}
	l.add("teams", id)
	for _, c := range t.channels(g, now) {
		l.add("channels", id, c.id)
		for m := range t.memberships(&c, now) {
			l.add("channel_members", id, c.id, m.id)
		}
	}
}
