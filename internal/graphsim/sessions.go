package graphsim

import (
	"strings"
)

// session is a session, with its segments if they were asked for.
func (t *Tenant) session(c *call, l *leg, segments bool) entity {
	id, ends := c.sessionID(l)
	caller, callee := t.endpoint(c, l.caller, ends), t.endpoint(c, l.callee, ends)
	e := entity{
		"id", id, "modalities", l.modalities, "startDateTime", l.start, "endDateTime", l.end, "isTest", l.test,
		"failureInfo", c.failure(l, ends), "caller", caller, "callee", callee,
	}
	if !segments {
		return e
	}
	parts := c.segments(l)
	ids, list := segmentIDs(id, len(parts), ends), make([]entity, len(parts))
	for i, part := range parts {
		list[i] = entity{
			"id", ids[i], "startDateTime", part.start, "endDateTime", part.end, "caller", caller, "callee", callee,
			"failureInfo", when(part.last, c.failure(l, ends)), "media", c.media(l, i, part.media),
		}
	}
	return append(e, "segments", list)
}

func (c *call) failure(l *leg, s source) any {
	switch {
	case !l.failed:
		return nil
	case c.kind == missed || c.kind == voicemail:
		why := pick(&s, []string{"The callee did not answer.", "The callee declined the call.", "The callee was busy."})
		return entity{"stage", "callSetup", "reason", why}
	case s.chance(0.1):
		return entity{"stage", "unknown", "reason", nil}
	}
	return entity{"stage", "midcall", "reason", pick(&s, []string{"The network of the caller changed.", `The media relay reported "timeout".`})}
}

// endpoint is one side of a session. A person's machine and programme are the same in all of a
// call, whichever session it is.
func (t *Tenant) endpoint(c *call, p party, shared source) entity {
	s := seeded(c.seed, uint64(p.kind), uint64(p.number), 'e')
	role, agent := "", any(nil)
	switch {
	case p.kind == service:
		role = p.role
	case p.kind == resource:
		role = "skypeForBusinessCallQueues"
	case p.kind == phone && (c.kind == pstnIn || c.kind == pstnOut):
		role = "mediationServer"
	case p.kind == phone:
		agent = serviceAgent("gateway", &shared)
	default:
		agent = clientAgent(p, &s)
	}
	if role != "" {
		return entity{"@odata.type", "#microsoft.graph.callRecords.serviceEndpoint", "userAgent", serviceAgent(role, &shared)}
	}
	e := append(entity{"@odata.type", "#microsoft.graph.callRecords.participantEndpoint", "userAgent", agent}, machine(p, &s)...)
	// identity is replaced by associatedIdentity, and empty since the middle of 2026.
	return append(e, "identity", nil, "associatedIdentity", t.identityOf(p), "feedback", feedback(p, &s))
}

func serviceAgent(role string, s *source) entity {
	return entity{
		"@odata.type", "#microsoft.graph.callRecords.serviceUserAgent", "applicationVersion", orNull(pick(s, []string{"", "2026.41.1.7"})),
		"headerValue", "RTCC/7.0.0.0 " + role + "/1.0", "role", role,
	}
}

var clients = []struct{ platform, header string }{
	{"windows", "CallSignalingAgent (27/26290.1412.3890.2044//;release_2026/27)"},
	{"windows", "CallSignalingAgent (27/26290.1412.3890.2044//;release_2026/27)"},
	{"windows", "CallSignalingAgent (27/26274.1002.3801.1870//;release_2026/26)"},
	{"macOS", "CallSignalingAgent (28/26290.1412.3890.2044//;release_2026/27)"},
	{"iOS", "CallSignalingAgent (29/8.19.1.2026//;release_2026/27)"},
	{"android", "CallSignalingAgent (30/1416.2026.0193//;release_2026/27)"},
	{"web", "CallSignalingAgent (31/2026.40.01//;release_2026/27)"},
	{"ipPhone", "CallSignalingAgent (32/1449.2026.7//;release_2026/20)"},
	{"roomSystem", "CallSignalingAgent (33/5.4.220//;release_2026/22)"},
	{"surfaceHub", "CallSignalingAgent (33/5.4.220//;release_2026/22)"},
	{"unknown", ""},
}

func clientAgent(p party, s *source) any {
	if s.chance(0.02) {
		return nil
	}
	client := pick(s, clients)
	_, version, _ := strings.Cut(client.header, "/")
	version, _, _ = strings.Cut(version, "//")
	e := entity{
		"@odata.type", "#microsoft.graph.callRecords.clientUserAgent", "headerValue", orNull(client.header),
		"applicationVersion", orNull(version), "platform", client.platform,
	}
	if p.kind == acs {
		return append(e, "productFamily", younger("azureCommunicationServices"), "azureADAppId", "5b9f0d1c-77aa-4d0e-9a3e-0c2f6d8be417",
			"communicationServiceId", partnerTenant)
	}
	return append(e, "productFamily", "teams", "azureADAppId", nil, "communicationServiceId", nil)
}

func machine(p party, s *source) entity {
	if p.kind != internal || s.chance(0.2) {
		return entity{"name", nil, "cpuName", nil, "cpuCoresCount", nil, "cpuProcessorSpeedInMhz", nil}
	}
	return entity{
		"name", "CONTOSO-" + strings.ToUpper(string(drawGUID(s).append(nil)[:6])),
		"cpuName", pick(s, []string{"Fabrikam F9-1340P @ 1.90GHz", "Adatum A14 (8 cores)", "Fabrikam F7-1185G7"}),
		"cpuCoresCount", pick(s, []int{4, 8, 8, 12, 16}), "cpuProcessorSpeedInMhz", pick(s, []int{1896, 2400, 2995, 3201}),
	}
}

var remarks = []string{
	"", "", "", "Sound was choppy", "He said \"can you hear me?\" for ten minutes\nand then hung up",
	`Path C:\logs\call was full`, "Great 👍🏽", "L'écran a gelé – deux fois",
}

// feedback is what a person said of the call. Few do; and the tokens are whatever the client sent.
func feedback(p party, s *source) any {
	if p.kind == phone || !s.chance(0.08) {
		return nil
	}
	e := entity{
		"rating", pick(s, []string{"notRated", "bad", "poor", "fair", "good", "good", "excellent", "excellent"}),
		"text", orNull(pick(s, remarks)),
	}
	if !s.chance(0.5) {
		return append(e, "tokens", nil)
	}
	return append(e, "tokens", entity{"NoSound", s.chance(0.3), "OtherNoSound", s.chance(0.3), "StoppedUnexpectedly", s.chance(0.1)})
}
