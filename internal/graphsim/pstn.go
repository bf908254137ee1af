package graphsim

import (
	"fmt"
	"time"
)

func (t *Tenant) pstnCount(c *call) int {
	switch c.kind {
	case pstnIn, pstnOut, queue, dialIn:
		return 1
	}
	return 0
}

func pstnID(c *call, _ int) guid {
	s := seeded(c.seed, 'p')
	return drawGUID(&s)
}

// pstnRow writes the row of a call over a calling plan of Microsoft. Its ids lead nowhere: neither
// the row's nor the callId is that of a call record.
func (t *Tenant) pstnRow(w *writer, c *call, _ int) {
	s := seeded(c.seed, 'p')
	parties := t.parties(c)
	duration := int(c.end.Sub(c.start) / time.Second)
	w.guid("id", drawGUID(&s))
	// Not unique: a transfer keeps the number, and the media server's address is shared.
	w.text("callId", fmt.Sprintf("%d_%d@198.51.100.%d", 1_000_000+c.seed%1_000_003, s.below(500), s.between(1, 9)))
	var who *person
	line := pick(&s, sites)
	switch c.kind {
	case pstnOut:
		p := t.person(c.first.number)
		who, line = &p, *p.site
	case pstnIn:
		if parties[1].kind == internal {
			p := t.person(parties[1].number)
			who, line = &p, *p.site
		}
	}
	account(w, who)
	w.time("startDateTime", c.start)
	w.time("endDateTime", c.start.Add(time.Duration(duration)*time.Second))
	w.int("duration", duration)
	ours := fmt.Sprintf("%s%06d", line.prefix, s.below(1e6))
	switch c.kind {
	case pstnOut:
		w.text("callType", pick(&s, []string{"user_out", "user_out", "user_out", "user_out_transfer", "user_out_forwarding"}))
		w.text("callerNumber", ours)
		w.text("calleeNumber", t.phone(parties[1].number))
	case queue:
		w.text("callType", "ucap_in")
		w.text("callerNumber", t.phone(c.first.number))
		w.text("calleeNumber", ours)
	case dialIn:
		w.text("callType", pick(&s, []string{"conf_in", "conf_out"}))
		w.text("callerNumber", t.phone(parties[1].number))
		w.text("calleeNumber", ours)
	default:
		w.text("callType", "user_in")
		w.text("callerNumber", t.phone(c.first.number))
		w.text("calleeNumber", ours)
	}
	t.charges(w, c, &line, &s)
}

func (t *Tenant) charges(w *writer, c *call, line *site, s *source) {
	w.text("tenantCountryCode", "CH")
	w.text("usageCountryCode", line.country)
	charge, connection := 0, 0
	if c.kind == pstnOut && s.chance(0.4) {
		charge, connection = s.between(1, 4000), pick(s, []int{0, 0, 5, 12})
		w.text("destinationContext", pick(s, []string{"Domestic", "International"}))
	} else {
		w.null("destinationContext")
	}
	w.cents("charge", charge)
	w.cents("connectionCharge", connection)
	w.text("currency", line.currency)
	w.textOrNull("destinationName", map[string]string{"CH": "Switzerland", "PT": "Portugal", "US": "United States"}[line.country])
	if c.kind == dialIn {
		w.text("conferenceId", fmt.Sprintf("%09d", s.below(1e9)))
		w.text("licenseCapability", "MCOMEETADD")
	} else {
		w.null("conferenceId")
		w.text("licenseCapability", pick(s, []string{"MCOPSTN1", "MCOPSTN2", "MCOPSTNPP", "MCOPSTNU"}))
	}
	w.textOrNull("inventoryType", pick(s, []string{"Subscriber", "Subscriber", "Service", "Toll-Free", ""}))
	if s.chance(0.3) {
		w.text("operator", "Fabrikam Telecom")
		w.text("callDurationSource", "operator")
	} else {
		w.text("operator", "Microsoft")
		w.text("callDurationSource", "microsoft")
	}
}

// account writes whose line it was; a bot's has nobody.
func account(w *writer, p *person) {
	if p == nil {
		w.null("userId")
		w.null("userPrincipalName")
		w.null("userDisplayName")
		return
	}
	w.guid("userId", p.id)
	w.text("userPrincipalName", p.principal)
	w.text("userDisplayName", p.name())
}
