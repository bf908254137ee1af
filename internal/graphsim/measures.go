package graphsim

import "time"

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

type measure uint8

const (
	ratio measure = iota
	degradation
	percentage
	rate
	length
	amount
)

// measured writes a measure, or null where nothing was measured.
func (w *writer) measured(name string, kind measure, s *source) {
	if s.chance(0.15) || kind == degradation && s.chance(0.6) {
		w.null(name)
		return
	}
	switch kind {
	case ratio:
		w.single(name, drawRatio(s))
	case degradation:
		w.single(name, float32(s.below(300))/100)
	case percentage:
		w.single(name, float32(s.below(1000))/100)
	case rate:
		w.single(name, float32(s.between(50, 300))/10)
	case length:
		w.duration(name, time.Duration(s.below(80))*time.Millisecond)
	case amount:
		w.int(name, s.between(100, 9_000_000))
	}
}

func drawRatio(s *source) float32 {
	switch {
	case s.chance(0.4):
		return 0
	case s.chance(0.05):
		return float32(s.between(1, 99)) / 1e6
	}
	return float32(s.below(10000)) / 10000
}

func (c *call) media(w *writer, l *leg, segment int, modalities []string) {
	w.list("media")
	for i, m := range modalities {
		label := labels[m]
		if label == "" {
			continue
		}
		s := c.medium(l, segment, i)
		sent, received := streams(&s, m)
		w.open("")
		w.text("label", label)
		deviceInfo(w, "callerDevice", l.caller, m == "audio", &s)
		deviceInfo(w, "calleeDevice", l.callee, m == "audio", &s)
		c.network(w, "callerNetwork", l.caller, &s)
		c.network(w, "calleeNetwork", l.callee, &s)
		w.list("streams")
		for range sent {
			stream(w, l, m, "callerToCallee", &s)
		}
		for range received {
			stream(w, l, m, "calleeToCaller", &s)
		}
		w.end()
		w.close()
	}
	w.end()
}

func deviceInfo(w *writer, name string, p party, sound bool, s *source) {
	if p.kind == service || p.kind == resource || p.kind == phone || s.chance(0.25) {
		w.null(name)
		return
	}
	w.open(name)
	w.text("captureDeviceName", pick(s, microphones))
	w.textOrNull("captureDeviceDriver", pick(s, drivers))
	w.text("renderDeviceName", pick(s, speakers))
	w.textOrNull("renderDeviceDriver", pick(s, drivers))
	if sound && !s.chance(0.3) { // older clients name their devices and measure nothing
		for _, n := range deviceRatios {
			w.measured(n, ratio, s)
		}
		for _, n := range deviceLevels {
			w.int(n, -s.between(5, 80))
		}
		w.single("initialSignalLevelRootMeanSquare", float32(s.between(0, 9000))/10)
		w.single("micGlitchRate", float32(s.below(40)))
		w.single("speakerGlitchRate", float32(s.below(40)))
		w.int("howlingEventCount", s.below(3))
	}
	w.close()
}

func stream(w *writer, l *leg, modality, direction string, s *source) {
	sound := modality == "audio"
	w.open("")
	w.digits("streamId", s.between(1000, 4_000_000_000))
	if s.chance(0.9) {
		w.time("startDateTime", l.start)
		w.time("endDateTime", l.end)
	} else {
		w.null("startDateTime")
		w.null("endDateTime")
	}
	w.text("streamDirection", direction)
	for _, m := range streamMeasures {
		if sound && m.sound || !sound && m.image {
			w.measured(m.name, m.kind, s)
		}
	}
	w.bool("wasMediaBypassed", s.chance(0.05))
	if sound {
		w.bool("isAudioForwardErrorCorrectionUsed", s.chance(0.3))
		w.text("audioCodec", pick(s, []string{"satin", "satin", "satin", "opus", "silkWide", "g722", "pcmu", "unknown"}))
		w.null("videoCodec")
	} else {
		w.null("isAudioForwardErrorCorrectionUsed")
		w.null("audioCodec")
		w.text("videoCodec", pick(s, []string{"h264", "h264", "h264s", "av1", "unknown"}))
	}
	w.close()
}
