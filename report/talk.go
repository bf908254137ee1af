package report

import (
	"slices"
	"time"
)

// Hours is what was written and talked inside and outside of the working hours of whoever did (metric_message_hours,
// metric_call_hours). Working hours are those of the newest picture, also for days long past.
type Hours struct {
	Inside, Outside, NotKnown             int64   // messages
	TalkInside, TalkOutside, TalkNotKnown float64 // hours in calls, each instant of a person once
	insideTalk, outsideTalk, unknownTalk  time.Duration
}

// Messages is the share of those outside, among messages of people whose hours are known.
func (h Hours) Messages() Share { return Share{h.Outside, h.Inside + h.Outside} }

// TalkPercent is the same of the time in calls; false: no time is known.
func (h Hours) TalkPercent() (float64, bool) {
	if h.TalkInside+h.TalkOutside == 0 {
		return 0, false
	}
	return 100 * h.TalkOutside / (h.TalkInside + h.TalkOutside), true
}

// talks are when each user of the tenant was in an answered or joined leg of a day's calls (metric_talk_spans).
type talks map[string][]span

func (t talks) add(c call) {
	for _, l := range c.legs {
		if l.outcome != "answered" && l.outcome != "joined" || !l.end.After(l.start) {
			continue
		}
		if l.callerKind == "user" {
			t[l.callerID] = append(t[l.callerID], span{l.start, l.end})
		}
		if l.calleeKind == "user" {
			t[l.calleeID] = append(t[l.calleeID], span{l.start, l.end})
		}
	}
}

// talked takes a user's legs of a day. Of each only that counts which lies behind the furthest end so far.
func (p *pass) talked(user string, spans []span) {
	group := hoursOf(p.hours, p.directory.department(user))
	works := p.directory.people[user].hours
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var covered time.Time
	for _, s := range spans {
		if covered.After(s.from) {
			s.from = covered
		}
		if !s.to.After(s.from) {
			continue
		}
		covered = s.to
		if !works.known() {
			group.unknownTalk += s.length()
			continue
		}
		inside := works.inside(s)
		group.insideTalk += inside
		group.outsideTalk += s.length() - inside
	}
}

func hoursOf(all map[string]*Hours, group string) *Hours {
	if all[group] == nil {
		all[group] = &Hours{}
	}
	return all[group]
}
