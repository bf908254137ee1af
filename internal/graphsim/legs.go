package graphsim

import "time"

// legs are the sessions of a call, by their start as they were planned.
func (t *Tenant) legs(c *call) []leg {
	parties := t.parties(c)
	s := seeded(c.seed, 'l')
	var legs []leg
	switch c.kind {
	case queue:
		legs = c.queued(parties, &s)
	case voicemail:
		ring := c.start.Add(c.end.Sub(c.start) / 4)
		legs = []leg{
			{caller: parties[0], callee: parties[1], end: ring, failed: true},
			{caller: parties[0], callee: server(pick(&s, []string{"voicemail", "exchangeUnifiedMessagingService"})), start: ring},
		}
	case trial:
		legs = []leg{{caller: parties[0], callee: server("customBot"), test: true}}
	case dialIn, group, meeting, assembly:
		legs = c.conference(parties, &s)
	default:
		legs = []leg{{caller: parties[0], callee: parties[1], failed: c.kind == missed || c.kind == dropped}}
	}
	for i := range legs {
		l := &legs[i]
		l.number = i
		if l.start.IsZero() {
			l.start = c.start
		}
		if l.end.IsZero() {
			l.end = c.end
		}
		if l.modalities == nil {
			l.modalities = c.modalities
		}
	}
	return legs
}

func server(role string) party { return party{kind: service, role: role} }

// queued is a call that an auto attendant hands to a queue, and the queue to an agent.
func (c *call) queued(parties []party, s *source) []leg {
	length := c.end.Sub(c.start)
	menu := c.start.Add(length / 6).Truncate(precision(s))
	menu = later(menu, c.start)
	answered := menu.Add(length / 5)
	return []leg{
		{caller: parties[0], callee: server("skypeForBusinessAutoAttendant"), end: menu},
		{caller: parties[0], callee: server("skypeForBusinessCallQueues"), start: menu},
		{caller: server("skypeForBusinessCallQueues"), callee: parties[3], start: answered},
	}
}

// conference is a call in which everybody talks to a server. Some leave and come back.
func (c *call) conference(parties []party, s *source) []leg {
	roles := []string{"mediaController", "skypeForBusinessAudioVideoMcu", "skypeForBusinessAudioVideoMcu"}
	hub := server(pick(s, roles))
	length := c.end.Sub(c.start)
	legs := make([]leg, 0, len(parties)+len(parties)/6+1)
	legs = append(legs, leg{caller: parties[0], callee: hub}) // the organizer stays, and shows and says everything
	for _, p := range parties[1:] {
		in := c.start.Add(time.Duration(s.unit() * s.unit() * 0.4 * float64(length)))
		out := c.end.Add(-time.Duration(s.unit() * s.unit() * 0.5 * float64(length)))
		l := leg{caller: p, callee: hub, modalities: c.share(p, s), failed: s.chance(0.02)}
		for parts := c.visits(s); parts > 0; parts-- {
			away := in.Add(out.Sub(in) / time.Duration(parts))
			l.start, l.end = later(in.Truncate(precision(s)), c.start), away.Truncate(tick)
			if parts > 1 { // gone for the last tenth of this part
				l.end = away.Add(-away.Sub(in) / 10).Truncate(tick)
			}
			legs = append(legs, l)
			in = away
		}
	}
	return legs
}

func (c *call) visits(s *source) int {
	switch {
	case s.chance(0.02):
		return 3
	case s.chance(0.1):
		return 2
	}
	return 1
}

// share draws which of the call's modalities somebody used.
func (c *call) share(p party, s *source) []string {
	if p.kind == phone || len(c.modalities) == 1 || s.chance(0.5) {
		return c.modalities[:1]
	}
	return c.modalities[:s.between(1, len(c.modalities))]
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
