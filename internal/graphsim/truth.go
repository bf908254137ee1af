package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Truth is what a tenant holds, counted by the generator and not by reading its answers.
type Truth struct {
	Users int   `json:"users"` // that there are now
	Days  []Day `json:"days"`
	// Tables are what the tables of a lake must hold as of now: of windowed ones all days between From and
	// To, of pictures the newest, of presence one observation. What nobody may read is left out.
	Tables map[string]Table `json:"tables"`
	// Changed says of the tables of messages how much has happened to them.
	Changed map[string]Changed `json:"changed"`
	// Attendance sums up the reports about who was in meetings.
	Attendance Attendance `json:"attendance"`
	// Keys are the keys of all rows by table, each joined as for [Table.Keys], where they are asked for.
	Keys map[string][]string `json:"keys,omitempty"`
}

// A Day counts the records that begin on a UTC day and that Graph gives away now: call records whose
// details exist, and log rows of calls that have ended.
type Day struct {
	Date          string `json:"date"`
	CallRecords   int    `json:"call_records"`
	VersionSum    int    `json:"version_sum"` // of the versions of those call records
	Participants  int    `json:"participants"`
	Sessions      int    `json:"sessions"`
	Segments      int    `json:"segments"`
	Media         int    `json:"media"`
	Streams       int    `json:"streams"`
	PSTN          int    `json:"pstn"`
	DirectRouting int    `json:"direct_routing"`
}

// Truth counts. It takes time in proportion to the calls and messages.
func (t *Tenant) Truth() Truth { return t.truth(nil) }

// TruthWithKeys is Truth with the keys of all rows.
func (t *Tenant) TruthWithKeys() Truth {
	return t.truth(map[string][]string{})
}

func (t *Tenant) truth(keys map[string][]string) Truth {
	l := ledger{map[string]*tally{}, keys, map[string]*Changed{"chat_messages": {}, "channel_messages": {}}}
	now := t.Now().UTC()
	for name := range strings.FieldsSeq(countedTables + messageTables) {
		l.table(name) // there is one, even if nothing is in it
	}
	t.countPicture(l, now)
	truth := Truth{Users: t.countPeople(now)}
	for day := t.first; day < t.first+t.days; day++ {
		d := Day{Date: midnight(day).Format(time.DateOnly)}
		for c := range t.callsOf(day, now) {
			if !c.end.After(now) {
				d.PSTN += t.countRows(l, "pstn_calls", c, &pstnLog)
				d.DirectRouting += t.countRows(l, "direct_routing_calls", c, &routingLog)
			}
			if c.readable(now) {
				t.tally(l, c, &d)
			}
		}
		t.betaTruth(l, day, now)
		truth.Days = append(truth.Days, d)
	}
	t.chatTruth(l, now)
	t.channelTruth(l, now)
	t.captureTruth(l, now)
	truth.Attendance = t.attendanceTruth(l, now)
	truth.Changed = map[string]Changed{}
	for table, changed := range l.changed {
		truth.Changed[table] = *changed
	}
	truth.Tables, truth.Keys = l.tables(), l.keys
	return truth
}

// countRows adds a call's rows of a telephone log.
func (t *Tenant) countRows(l ledger, table string, c *call, log *telephoneLog) int {
	n := log.count(t, c)
	for row := range n {
		l.add(table, log.id(c, row).String())
	}
	return n
}

// tally adds a call record with all that is in it.
func (t *Tenant) tally(l ledger, c *call, d *Day) {
	id := c.id.String()
	l.add("calls", id)
	d.CallRecords++
	d.VersionSum += c.version
	for i := range t.parties(c) {
		l.add("call_participants", id, position(i))
		d.Participants++
	}
	legs := t.legs(c)
	for i := range legs {
		session, ends := c.sessionID(&legs[i])
		in := []string{id, session.String(), position(i)}
		l.add("call_sessions", in...)
		d.Sessions++
		segments := c.segments(&legs[i])
		ids := segmentIDs(session, len(segments), ends)
		for j, part := range segments {
			key := append(slices.Clip(in), ids[j].String())
			l.add("call_segments", key...)
			d.Segments++
			media := 0
			for k, modality := range part.media {
				if labels[modality] == "" {
					continue
				}
				key := append(slices.Clip(key), position(media))
				l.add("call_media", key...)
				media++
				s := c.medium(&legs[i], j, k)
				sent, received := streams(&s, modality)
				for stream := range sent + received {
					l.add("call_media_streams", append(slices.Clip(key), position(stream))...)
				}
				d.Streams += sent + received
			}
			d.Media += media
		}
	}
}

// countedTables are all tables of which Truth knows the rows.
const countedTables = `calls call_participants call_sessions call_segments call_media call_media_streams pstn_calls
	direct_routing_calls users user_licenses groups group_members group_owners tenants subscribed_skus teams channels
	channel_members presence mailbox_settings calendar_events event_attendees transcripts utterances recordings call_transcripts
	call_utterances call_recordings phone_numbers resource_accounts teams_user_configurations
	team_members incoming_channels joined_teams sms_logs blocked_users_log dial_out_logs
	attendance_reports attendance_records attendance_intervals`

const messageTables = ` chats chat_members chat_messages message_mentions message_attachments message_reactions message_events
	channel_messages channel_message_mentions channel_message_attachments channel_message_reactions channel_message_events`

// position is a place in a list as part of a key.
func position(i int) string { return strconv.Itoa(i) }

// instantKey is an instant as part of a key.
func instantKey(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// countPicture adds what the tables hold at an instant, but for those of calls.
func (t *Tenant) countPicture(l ledger, now time.Time) {
	for _, p := range t.people(0, now) {
		t.countUser(l, p, now)
	}
	for _, g := range t.directoryGroups(0, now) {
		t.countGroup(l, g, now)
	}
	l.add("tenants", t.Tenant)
	for i := range products {
		l.add("subscribed_skus", t.productKey(i))
	}
	t.countTelephony(l, now)
}

// countUser adds a user, and what may be read of their mailbox.
func (t *Tenant) countUser(l ledger, p *person, now time.Time) {
	id := p.id.String()
	l.add("users", id)
	for i := range p.licences() {
		l.add("user_licenses", id, skus[i])
	}
	l.add("presence", id, instantKey(now))
	if t.forbidden(userIDs, p.number) {
		return
	}
	for _, g := range t.teamsOf(p.number, 0, now) {
		l.add("joined_teams", id, g.id.String())
	}
	if !p.hasMailbox() {
		return
	}
	l.add("mailbox_settings", id)
	for day := t.first; day < t.first+t.days; day++ {
		for _, e := range t.plans(p.number, day, now) {
			if of := dayOf(e.start); of < t.first || of >= t.first+t.days {
				continue // it begins before or after the days that are counted
			}
			v := t.copyFor(p.number, e, now)
			event := t.idIn(e.seed, p.number)
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
	owners := t.ownerNumbers(g, now, true)
	for _, p := range t.groupMembers(g, 0, now) {
		l.add("team_members", id, t.teamMembership(g, p, owners).id)
	}
	for _, c := range t.incoming(g, now) {
		l.add("incoming_channels", id, c.id)
	}
	for _, c := range t.channels(g, now) {
		l.add("channels", id, c.id)
		for _, m := range t.memberships(&c, now) {
			l.add("channel_members", id, c.id, m.id)
		}
	}
}

// A Table is what a table of a lake must hold: so many rows, less those marked as removed, and a sum over
// their keys.
type Table struct {
	Rows int `json:"rows"`
	// Keys is the sum modulo 2⁶⁴, over all rows, of the first eight bytes, big-endian, of the SHA-256 of
	// the row's key: its values joined by the unit separator, numbers in decimal, times in RFC 3339 and UTC.
	Keys string `json:"keys"`
}

// A ledger counts rows by table.
type ledger struct {
	of   map[string]*tally
	keys map[string][]string // by table; nil: they are not kept

	changed map[string]*Changed // by table of messages
}

type tally struct {
	rows int
	sum  uint64
}

// add counts a row by its key.
func (l ledger) add(table string, key ...string) {
	joined := strings.Join(key, "\x1f")
	if l.keys != nil {
		l.keys[table] = append(l.keys[table], joined)
	}
	sum := sha256.Sum256([]byte(joined))
	of := l.table(table)
	of.rows++
	of.sum += binary.BigEndian.Uint64(sum[:8])
}

// table is what was counted of a table. A table without rows is one, too.
func (l ledger) table(name string) *tally {
	if l.of[name] == nil {
		l.of[name] = new(tally)
	}
	return l.of[name]
}

// tables is what was counted, as it is printed.
func (l ledger) tables() map[string]Table {
	all := map[string]Table{}
	for name, one := range l.of {
		all[name] = Table{Rows: one.rows, Keys: fmt.Sprintf("%016x", one.sum)}
	}
	return all
}

// A Changed counts the messages of a table to which something has happened until now.
type Changed struct {
	Edited  int `json:"edited"`
	Deleted int `json:"deleted"`
	Reacted int `json:"reacted"` // with at least one reaction
}

// everyChat are all chats that there have been until an instant. The first of its people tells of each.
func (t *Tenant) everyChat(now time.Time) iter.Seq[chat] {
	return func(yield func(chat) bool) {
		for user := range t.everybody(now) {
			for _, c := range t.chats(user) {
				if user == c.first && c.created.Before(now) && !yield(c) {
					return
				}
			}
		}
	}
}

// nobodysOwn is the mailbox in the key of a message in a chat: the threads of notes to oneself, where it is
// somebody's, are not simulated.
const nobodysOwn = ""

// chatTruth counts the tables of chats and of their messages.
func (t *Tenant) chatTruth(l ledger, now time.Time) {
	for c := range t.everyChat(now) {
		th := t.chatThread(&c)
		members := t.members(&c, now)
		if slices.ContainsFunc(members, func(m membership) bool {
			return m.who.kind == internal && !t.forbidden(userIDs, m.who.number) && m.in.has(now)
		}) {
			l.add("chats", th.id)
			for _, m := range members {
				if m.in.has(now) {
					l.add("chat_members", th.id, t.membershipID(&c, m.who))
				}
			}
		}
	}
	for m := range t.readableChatMessages(now) {
		t.countMessage(l, "chat_messages", &m, now, m.thread.id, m.id(), nobodysOwn)
	}
}

// readableChatMessages are the messages of chats that somebody may read, each once.
func (t *Tenant) readableChatMessages(now time.Time) iter.Seq[message] {
	return func(yield func(message) bool) {
		for c := range t.everyChat(now) {
			// A message is in the mailboxes of who was in the chat then; of those some are still there.
			readers := slices.DeleteFunc(t.members(&c, now), func(m membership) bool {
				return m.who.kind != internal || t.forbidden(userIDs, m.who.number) || !t.stay(m.who.number, now).has(now)
			})
			th, turns := t.chatThread(&c), t.turns(&c, now)
			for day := t.first; day < t.first+t.days; day++ {
				for _, m := range t.chatDay(th, day, turns, now) {
					if slices.ContainsFunc(readers, func(r membership) bool { return r.in.has(m.created) }) && !yield(m) {
						return
					}
				}
			}
		}
	}
}

// channelTruth counts the tables of the messages of channels.
func (t *Tenant) channelTruth(l ledger, now time.Time) {
	for _, team := range t.readableTeams(now) {
		for _, th := range t.channelThreads(team, now) {
			for day := t.first; day < t.first+t.days; day++ {
				for _, m := range t.channelDay(th, day, now) {
					t.countMessage(l, "channel_messages", &m, now, th.team, th.id, m.id())
				}
			}
		}
	}
}

// countMessage adds a message to a table, what stands below it to those of the same name, and what has happened to it.
func (t *Tenant) countMessage(l ledger, table string, m *message, now time.Time, key ...string) {
	l.add(table, key...)
	of := strings.TrimPrefix(strings.TrimSuffix(table, "s"), "chat_")
	c, reactions := t.content(m), len(m.reactions(now))
	for below, n := range map[string]int{"_mentions": len(c.mentions), "_attachments": len(c.attachments), "_reactions": reactions} {
		for i := range n {
			l.add(of+below, append(slices.Clip(key), position(i))...)
		}
	}
	changed := l.changed[table]
	if m.event != "" {
		l.add(of+"_events", key...)
	}
	if !m.edited.IsZero() {
		changed.Edited++
	}
	if !m.deleted.IsZero() {
		changed.Deleted++
	}
	if reactions > 0 {
		changed.Reacted++
	}
}
