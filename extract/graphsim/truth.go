package graphsim

import "time"

// Truth is what a tenant holds, counted by the generator and not by reading its answers.
type Truth struct {
	Users int   `json:"users"` // that there are now
	Days  []Day `json:"days"`
	// Tables are those of chats and of messages, by name.
	Tables map[string]Table `json:"tables"`
	// Changed says of the tables of messages how much has happened to them.
	Changed map[string]Changed `json:"changed"`
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
func (t *Tenant) Truth() Truth {
	now := t.Now().UTC()
	truth := Truth{Users: t.countPeople(nil, now)}
	for day := t.first; day < t.first+t.days; day++ {
		d := Day{Date: midnight(day).Format(time.DateOnly)}
		for c := range t.calls(place{day: day}, midnight(day+1), now) {
			if !c.end.After(now) {
				d.PSTN += t.pstnCount(c)
				d.DirectRouting += t.routingCount(c)
			}
			if c.readable(now) {
				t.tally(c, &d)
			}
		}
		truth.Days = append(truth.Days, d)
	}
	counted := ledger{}
	truth.Changed = map[string]Changed{
		"chat_messages": t.chatTruth(counted, now), "channel_messages": t.channelTruth(counted, now),
	}
	truth.Tables = counted.tables()
	return truth
}

func (t *Tenant) tally(c *call, d *Day) {
	d.CallRecords++
	d.VersionSum += c.version
	d.Participants += len(t.parties(c))
	legs := t.legs(c)
	d.Sessions += len(legs)
	for i := range legs {
		segments := c.segments(&legs[i])
		d.Segments += len(segments)
		for j, part := range segments {
			for k, modality := range part.media {
				if labels[modality] == "" {
					continue
				}
				d.Media++
				s := c.medium(&legs[i], j, k)
				sent, received := streams(&s, modality)
				d.Streams += sent + received
			}
		}
	}
}
