package graphsim

import (
	"strconv"
	"strings"
	"time"
)

// session is a session, with its segments if they were asked for.
func (t *Tenant) session(c *call, l *leg, segments bool) entity {
	id, ends := c.sessionID(l)
	caller, callee := t.endpoint(c, l.caller, ends), t.endpoint(c, l.callee, ends)
	e := entity{
		"id", id, "modalities", l.modalities, "startDateTime", l.start, "endDateTime", l.end, "isTest", l.test,
		"failureInfo", l.failure(), "caller", caller, "callee", callee,
	}
	if !segments {
		return e
	}
	parts := c.segments(l)
	ids, list := segmentIDs(id, len(parts), ends), make([]entity, len(parts))
	for i, part := range parts {
		list[i] = entity{
			"id", ids[i], "startDateTime", part.start, "endDateTime", part.end, "caller", caller, "callee", callee,
			"failureInfo", when(part.last, l.failure()), "media", t.media(c, l, i, part.media),
		}
	}
	return append(e, "segments", list)
}

// failure is what Graph says of a leg that failed.
func (l *leg) failure() any {
	return when(l.stage != "", entity{"stage", l.stage, "reason", orNull(l.reason)})
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

// Measured properties of devices, in Graph's words. A ratio lies in [0, 1].
var (
	deviceRatios = [...]string{
		"captureNotFunctioningEventRatio", "cpuInsufficentEventRatio", "deviceClippingEventRatio", "deviceGlitchEventRatio",
		"lowSpeechLevelEventRatio", "lowSpeechToNoiseEventRatio", "renderMuteEventRatio", "renderNotFunctioningEventRatio",
		"renderZeroVolumeEventRatio",
	}
	deviceLevels = [...]string{"receivedNoiseLevel", "receivedSignalLevel", "sentNoiseLevel", "sentSignalLevel"}
	microphones  = []string{"Headset (Litware 75)", "Microphone Array (Fabrikam Audio)", "Room Bar – Görlitz", "Default input device"}
	speakers     = []string{"Headset (Litware 75)", "Speakers (Fabrikam Audio)", "Default output device"}
	drivers      = []string{"", "Fabrikam: 10.0.22621.1", "Litware: 6.0.9527.1"}
)

// What is measured of a stream, and of which media. Graph leaves out what makes no sense for one.
var streamMeasures = [...]struct {
	name         string
	kind         measure
	sound, image bool
}{
	{"averageAudioDegradation", degradation, true, false},
	{"averageAudioNetworkJitter", length, true, false},
	{"averageJitter", length, true, true},
	{"averagePacketLossRate", ratio, true, true},
	{"averageRatioOfConcealedSamples", ratio, true, false},
	{"averageRoundTripTime", length, true, true},
	{"maxAudioNetworkJitter", length, true, false},
	{"maxJitter", length, true, true},
	{"maxPacketLossRate", ratio, true, true},
	{"maxRatioOfConcealedSamples", ratio, true, false},
	{"maxRoundTripTime", length, true, true},
	{"averageBandwidthEstimate", amount, true, true},
	{"packetUtilization", amount, true, true},
	{"averageFreezeDuration", length, false, true},
	{"averageReceivedFrameRate", rate, false, true},
	{"averageVideoFrameLossPercentage", percentage, false, true},
	{"averageVideoFrameRate", rate, false, true},
	{"averageVideoPacketLossRate", ratio, false, true},
	{"lowFrameRateRatio", ratio, false, true},
	{"lowVideoProcessingCapabilityRatio", ratio, false, true},
	{"postForwardErrorCorrectionPacketLossRate", ratio, false, true},
	{"rmsFreezeDuration", length, false, true},
}

// measure is one of what is measured of a stream: what decides about it is that of its flow, and what goes with it.
func (f flow) measure(name string, kind measure, s *source) any {
	switch name {
	case "averagePacketLossRate":
		return single(f.loss)
	case "maxPacketLossRate", "averageVideoPacketLossRate":
		return single(min(1, f.loss*3))
	case "averageJitter":
		return milliseconds(f.jitter)
	case "maxJitter", "maxAudioNetworkJitter":
		return milliseconds(f.jitter * 4)
	case "averageRoundTripTime":
		return milliseconds(f.delay)
	case "maxRoundTripTime":
		return milliseconds(f.delay * 2)
	case "packetUtilization":
		return whole32(f.packets)
	case "averageVideoFrameLossPercentage":
		return single(f.frameLoss)
	case "averageVideoFrameRate":
		return single(f.frameRate)
	case "postForwardErrorCorrectionPacketLossRate":
		return single(f.fecLoss)
	}
	return measured(kind, s)
}

type measure uint8

const (
	ratio measure = iota
	degradation
	percentage
	rate
	length
	amount
)

// measured is a measure, or nil where nothing was measured.
func measured(kind measure, s *source) any {
	if s.chance(0.15) || kind == degradation && s.chance(0.6) {
		return nil
	}
	switch kind {
	case degradation:
		return float32(s.below(300)) / 100
	case percentage:
		return float32(s.below(1000)) / 100
	case rate:
		return float32(s.between(50, 300)) / 10
	case length:
		return time.Duration(s.below(80)) * time.Millisecond
	case amount:
		return s.between(100, 9_000_000)
	}
	return drawRatio(s)
}

func drawRatio(s *source) float32 {
	switch {
	case s.chance(0.4):
		return 0
	case s.chance(0.05):
		return float32(s.between(1, 99)) / 1e6
	}
	return float32(int(10000*min(1, s.logNormal(0.01, 1)))) / 10000
}

func (t *Tenant) media(c *call, l *leg, segment int, modalities []string) (list []entity) {
	for i, m := range modalities {
		label := labels[m]
		if label == "" {
			continue
		}
		s := c.medium(l, segment, i)
		sent, received := streams(&s, m)
		e := entity{
			"label", label, "callerDevice", t.deviceInfo(c, l.caller, m == "audio", &s), "calleeDevice", t.deviceInfo(c, l.callee, m == "audio", &s),
			"callerNetwork", t.network(c, l.caller, &s), "calleeNetwork", t.network(c, l.callee, &s),
		}
		flows := make([]entity, 0, sent+received)
		for n := range sent + received {
			f := t.flow(c, l, streamPlace{segment, i, n, m, n < sent})
			flows = append(flows, stream(l, m, either(n < sent, "callerToCallee", "calleeToCaller"), f, &s))
		}
		list = append(list, append(e, "streams", flows))
	}
	return list
}

func (t *Tenant) deviceInfo(c *call, p party, sound bool, s *source) any {
	if p.kind == service || p.kind == resource || p.kind == phone || s.chance(0.25) {
		return nil
	}
	e := entity{
		"captureDeviceName", t.headset(c, p), "captureDeviceDriver", orNull(pick(s, drivers)), "renderDeviceName", pick(s, speakers),
		"renderDeviceDriver", orNull(pick(s, drivers)),
	}
	if !sound || s.chance(0.3) { // older clients name their devices and measure nothing
		return e
	}
	for _, n := range deviceRatios {
		e = append(e, n, measured(ratio, s))
	}
	for _, n := range deviceLevels {
		e = append(e, n, -s.between(5, 80))
	}
	return append(e, "initialSignalLevelRootMeanSquare", float32(s.between(0, 9000))/10, "micGlitchRate", float32(s.below(40)),
		"speakerGlitchRate", float32(s.below(40)), "howlingEventCount", s.below(3))
}

func stream(l *leg, modality, direction string, f flow, s *source) entity {
	sound := modality == "audio"
	id := strconv.Itoa(s.between(1000, 4_000_000_000))
	timed := s.chance(0.9)
	e := append(make(entity, 0, 64), "streamId", id, "startDateTime", when(timed, l.start), "endDateTime", when(timed, l.end),
		"streamDirection", direction)
	for _, m := range streamMeasures {
		if sound && m.sound || !sound && m.image {
			e = append(e, m.name, f.measure(m.name, m.kind, s))
		}
	}
	e = append(e, "wasMediaBypassed", s.chance(0.05))
	if sound {
		return append(e, "isAudioForwardErrorCorrectionUsed", s.chance(0.3),
			"audioCodec", pick(s, []string{"satin", "satin", "satin", "opus", "silkWide", "g722", "pcmu", "unknown"}), "videoCodec", nil)
	}
	return append(e, "isAudioForwardErrorCorrectionUsed", nil, "audioCodec", nil,
		"videoCodec", pick(s, []string{"h264", "h264", "h264s", "av1", "unknown"}))
}

// unknownSpeed is what stands for a link speed that no client could tell: all bits of 32 set.
const unknownSpeed = 4294967295
