package graphsim

import "strings"

// session writes a session, with its segments if they were asked for.
func (t *Tenant) session(w *writer, c *call, l *leg, ask ask) {
	w.open("")
	defer w.close()
	id, ends := c.sessionID(l)
	if ask.has("id") {
		w.guid("id", id)
	}
	if ask.has("modalities") {
		w.texts("modalities", l.modalities...)
	}
	if ask.has("startDateTime") {
		w.time("startDateTime", l.start)
	}
	if ask.has("endDateTime") {
		w.time("endDateTime", l.end)
	}
	if ask.has("isTest") {
		w.bool("isTest", l.test)
	}
	if ask.has("failureInfo") {
		c.failure(w, l, ends)
	}
	if ask.has("caller") {
		t.endpoint(w, "caller", c, l.caller, ends)
	}
	if ask.has("callee") {
		t.endpoint(w, "callee", c, l.callee, ends)
	}
	if !ask.segments {
		return
	}
	w.list("segments")
	segments := c.segments(l)
	ids := segmentIDs(id, len(segments), ends)
	for i, part := range segments {
		w.open("")
		w.guid("id", ids[i])
		w.time("startDateTime", part.start)
		w.time("endDateTime", part.end)
		t.endpoint(w, "caller", c, l.caller, ends)
		t.endpoint(w, "callee", c, l.callee, ends)
		if part.last {
			c.failure(w, l, ends)
		} else {
			w.null("failureInfo")
		}
		c.media(w, l, i, part.media)
		w.close()
	}
	w.end()
}

// sessionID is the id of a session, and what its two sides draw, the same in the session and its segments.
func (c *call) sessionID(l *leg) (id guid, ends source) {
	ends = seeded(c.seed, uint64(l.number), 'w')
	if l.number > 0 || c.kind >= queue {
		return drawGUID(&ends), ends
	}
	return c.id, ends
}

// segmentIDs are the ids of a session's segments, of which the first has that of the session.
func segmentIDs(session guid, n int, s source) []guid {
	ids := make([]guid, n)
	for i := range ids {
		if ids[i] = session; i > 0 {
			ids[i] = drawGUID(&s)
		}
	}
	return ids
}

func (c *call) failure(w *writer, l *leg, s source) {
	if !l.failed {
		w.null("failureInfo")
		return
	}
	w.open("failureInfo")
	switch {
	case c.kind == missed || c.kind == voicemail:
		w.text("stage", "callSetup")
		w.text("reason", pick(&s, []string{"The callee did not answer.", "The callee declined the call.", "The callee was busy."}))
	case s.chance(0.1):
		w.text("stage", "unknown")
		w.null("reason")
	default:
		w.text("stage", "midcall")
		w.text("reason", pick(&s, []string{"The network of the caller changed.", `The media relay reported "timeout".`}))
	}
	w.close()
}

// endpoint writes one side of a session. A person's machine and programme are the same in all of a
// call, whichever session it is.
func (t *Tenant) endpoint(w *writer, name string, c *call, p party, shared source) {
	s := seeded(c.seed, uint64(p.kind), uint64(p.number), 'e')
	w.open(name)
	defer w.close()
	switch p.kind {
	case service:
		w.text("@odata.type", "#microsoft.graph.callRecords.serviceEndpoint")
		serviceAgent(w, p.role, &shared)
		return
	case resource:
		w.text("@odata.type", "#microsoft.graph.callRecords.serviceEndpoint")
		serviceAgent(w, "skypeForBusinessCallQueues", &shared)
		return
	case phone:
		if c.kind == pstnIn || c.kind == pstnOut {
			w.text("@odata.type", "#microsoft.graph.callRecords.serviceEndpoint")
			serviceAgent(w, "mediationServer", &shared)
			return
		}
		w.text("@odata.type", "#microsoft.graph.callRecords.participantEndpoint")
		serviceAgent(w, "gateway", &shared)
	default:
		w.text("@odata.type", "#microsoft.graph.callRecords.participantEndpoint")
		clientAgent(w, p, &s)
	}
	machine(w, p, &s)
	// Replaced by associatedIdentity, and empty since the middle of 2026.
	w.null("identity")
	w.open("associatedIdentity")
	t.identityOf(w, p)
	w.close()
	feedback(w, p, &s)
}

func serviceAgent(w *writer, role string, s *source) {
	w.open("userAgent")
	w.text("@odata.type", "#microsoft.graph.callRecords.serviceUserAgent")
	w.textOrNull("applicationVersion", pick(s, []string{"", "2026.41.1.7"}))
	w.text("headerValue", "RTCC/7.0.0.0 "+role+"/1.0")
	w.text("role", role)
	w.close()
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

func clientAgent(w *writer, p party, s *source) {
	if s.chance(0.02) {
		w.null("userAgent")
		return
	}
	client := pick(s, clients)
	_, version, _ := strings.Cut(client.header, "/")
	version, _, _ = strings.Cut(version, "//")
	w.open("userAgent")
	w.text("@odata.type", "#microsoft.graph.callRecords.clientUserAgent")
	w.textOrNull("headerValue", client.header)
	w.textOrNull("applicationVersion", version)
	w.text("platform", client.platform)
	if p.kind == acs {
		w.member("productFamily", "azureCommunicationServices")
		w.text("azureADAppId", "5b9f0d1c-77aa-4d0e-9a3e-0c2f6d8be417")
		w.text("communicationServiceId", partnerTenant)
	} else {
		w.text("productFamily", "teams")
		w.null("azureADAppId")
		w.null("communicationServiceId")
	}
	w.close()
}

func machine(w *writer, p party, s *source) {
	if p.kind != internal || s.chance(0.2) {
		w.null("name")
		w.null("cpuName")
		w.null("cpuCoresCount")
		w.null("cpuProcessorSpeedInMhz")
		return
	}
	w.text("name", "CONTOSO-"+strings.ToUpper(string(drawGUID(s).append(nil)[:6])))
	w.text("cpuName", pick(s, []string{"Fabrikam F9-1340P @ 1.90GHz", "Adatum A14 (8 cores)", "Fabrikam F7-1185G7"}))
	w.int("cpuCoresCount", pick(s, []int{4, 8, 8, 12, 16}))
	w.int("cpuProcessorSpeedInMhz", pick(s, []int{1896, 2400, 2995, 3201}))
}

var remarks = []string{
	"", "", "", "Sound was choppy", "He said \"can you hear me?\" for ten minutes\nand then hung up",
	`Path C:\logs\call was full`, "Great 👍🏽", "L'écran a gelé – deux fois",
}

// feedback is what a person said of the call. Few do; and the tokens are whatever the client sent.
func feedback(w *writer, p party, s *source) {
	if p.kind == phone || !s.chance(0.08) {
		w.null("feedback")
		return
	}
	w.open("feedback")
	w.text("rating", pick(s, []string{"notRated", "bad", "poor", "fair", "good", "good", "excellent", "excellent"}))
	w.textOrNull("text", pick(s, remarks))
	if s.chance(0.5) {
		w.open("tokens")
		w.bool("NoSound", s.chance(0.3))
		w.bool("OtherNoSound", s.chance(0.3))
		w.bool("StoppedUnexpectedly", s.chance(0.1))
		w.close()
	} else {
		w.null("tokens")
	}
	w.close()
}
