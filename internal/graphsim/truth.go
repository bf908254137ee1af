package graphsim

import (
	"slices"
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
func (t *Tenant) Truth() Truth { return t.truth(ledger{of: map[string]*tally{}}) }

// TruthWithKeys is Truth with the keys of all rows.
func (t *Tenant) TruthWithKeys() Truth {
	return t.truth(ledger{map[string]*tally{}, map[string][]string{}})
}

func (t *Tenant) truth(l ledger) Truth {
	now := t.Now().UTC()
	for name := range strings.FieldsSeq(countedTables) {
		l.table(name) // there is one, even if nothing is in it
	}
	t.countPicture(l, now)
	truth := Truth{Users: t.countPeople(nil, now)}
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
		truth.Days = append(truth.Days, d)
	}
	truth.Changed = map[string]Changed{
		"chat_messages": t.chatTruth(l, now), "channel_messages": t.channelTruth(l, now),
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
