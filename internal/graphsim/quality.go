package graphsim

import (
	"fmt"
	"math"
	"time"
)

// How good a stream is follows from where its two ends are, and lasts: a person has a desk in an office and a place at home, with
// the same network every day; one office network is bad, WiFi is worse than wire, its slow band worse than the fast ones, and one
// headset spoils what is said into it. On purpose some streams have values at, just below and just above what the published rules
// compare with.

// badSubnet is the third number of the office network, in every site, that is bad; of officeNets people sit in one.
const (
	officeNets   = 25
	badSubnet    = 13
	badHeadset   = "Headset (Proseware Air)"
	atHomeShare  = 0.35
	rememberedBy = 'n'
)

// A seat is where somebody is during a call.
type seat struct {
	connection string
	band       string // of WiFi; empty without
	a, b       int    // the middle numbers of its addresses, which tell the subnet
	bad        bool
	draw       source // draws the rest of it
}

// seat is where a party of a call is. A person of the tenant has two places and is in one of them for a day.
func (t *Tenant) seat(c *call, p party) seat {
	if p.kind != internal {
		s := seeded(c.seed, uint64(p.kind), uint64(p.number), rememberedBy)
		one := seat{connection: pick(&s, connections), a: s.below(256), b: s.below(256)}
		one.band, one.draw = band(one.connection, &s), s
		return one
	}
	today := seeded(t.seed, uint64(p.number), uint64(c.day), rememberedBy)
	home := today.chance(atHomeShare)
	s := seeded(t.seed, uint64(p.number), rememberedBy)
	if home {
		s = seeded(t.seed, uint64(p.number), rememberedBy, 'H')
		one := seat{connection: pick(&s, connectionsAtHome), a: 192, b: s.below(256)}
		one.band, one.draw = band(one.connection, &s), s
		return one
	}
	of := seeded(t.seed, uint64(p.number), 'p')
	where := t.siteOf(&of)
	one := seat{connection: pick(&s, connectionsAtWork), b: 1 + s.below(officeNets)}
	for i := range sites {
		if &sites[i] == where {
			one.a = 10 * (i + 1)
		}
	}
	one.bad = one.b == badSubnet
	one.band, one.draw = band(one.connection, &s), s
	return one
}

var (
	connections       = []string{"wifi", "wifi", "wifi", "wired", "wired", "mobile", "tunnel", "unknown"}
	connectionsAtHome = []string{"wifi", "wifi", "wifi", "wifi", "wired", "mobile", "tunnel"}
	connectionsAtWork = []string{"wifi", "wifi", "wired", "wired", "wired"}
)

const slowBand = "frequency24GHz"

func band(connection string, s *source) string {
	b := pick(s, []string{slowBand, "frequency50GHz", "frequency50GHz", "frequency50GHz", "frequency50GHz", "frequency60GHz"})
	return either(connection == "wifi", b, "")
}

// A harm is how many times more is lost, and later, than over a good wire.
type harm struct{ loss, jitter, delay float64 }

func (p *seat) harm() harm {
	h := harm{1, 1, 1}
	switch p.connection {
	case "wifi":
		h = harm{2, 1.4, 1.1}
		if p.band == slowBand {
			h = harm{4, 2, 1.3}
		}
	case "mobile", "tunnel":
		h = harm{3, 1.8, 2}
	}
	if p.bad {
		h.loss, h.jitter, h.delay = h.loss*60, h.jitter*5, h.delay*4
	}
	return h
}

// A flow is what is measured of a stream, as far as it decides whether that is good; what was not measured is NaN.
type flow struct {
	loss, jitter, delay float64 // a ratio, milliseconds, milliseconds
	packets             float64
	frameLoss           float64 // percent
	frameRate           float64
	fecLoss             float64
}

// The medians of what is measured over a good wire.
const (
	medianLoss, medianJitter, medianDelay = 0.001, 5, 40
	wideLoss, wideJitter, wideDelay       = 1.1, 0.55, 0.5 // the deviations of their logarithms
)

// edgeShare of the streams have values at a threshold, and nullShare of the values were not measured.
const edgeShare, nullShare = 0.03, 0.08

// flow draws what is measured of a stream of a leg: of the way from its sender to its receiver.
func (t *Tenant) flow(c *call, l *leg, at streamPlace) flow {
	s := seeded(c.seed, uint64(l.number), uint64(at.segment), uint64(at.medium), uint64(at.stream), 'f')
	h, modality, sends := harm{1, 1, 1}, at.modality, l.callee
	if at.there {
		sends = l.caller
	}
	for _, p := range []party{l.caller, l.callee} {
		if p.kind == service || p.kind == resource || p.kind == phone {
			continue
		}
		one := t.seat(c, p)
		more := one.harm()
		h.loss, h.jitter, h.delay = h.loss*more.loss, h.jitter*more.jitter, h.delay*more.delay
	}
	if modality == "audio" && t.headset(c, sends) == badHeadset {
		h.loss, h.jitter = h.loss*10, h.jitter*4
	}
	f := flow{
		loss:   math.Min(1, s.logNormal(medianLoss*h.loss, wideLoss)),
		jitter: s.logNormal(medianJitter*h.jitter, wideJitter),
		delay:  s.logNormal(medianDelay*h.delay, wideDelay),
	}
	f.loss = math.Round(f.loss*1e5) / 1e5
	length := l.end.Sub(l.start).Seconds()
	if modality == "audio" {
		f.packets = math.Ceil(length * 50 * (0.3 + 0.7*s.unit()))
		if s.chance(0.06) { // somebody who only listened
			f.packets = float64(s.between(1, 700))
		}
	} else {
		f.packets = math.Ceil(length * 150 * (0.3 + 0.7*s.unit()))
	}
	f.frameLoss = math.Min(100, s.logNormal(0.4*math.Sqrt(h.loss), 1.2))
	f.frameRate = math.Max(1, 29-s.logNormal(4*math.Sqrt(h.jitter), 0.7))
	f.fecLoss = math.Min(1, f.loss*(0.1+0.5*s.unit()))
	for _, v := range []*float64{&f.loss, &f.jitter, &f.delay, &f.packets, &f.frameLoss, &f.frameRate, &f.fecLoss} {
		if s.chance(nullShare) {
			*v = math.NaN()
		}
	}
	if s.chance(edgeShare) {
		f.edge(modality, &s)
	}
	return f.asSent()
}

// A streamPlace is a stream's place in its session.
type streamPlace struct {
	segment, medium, stream int
	modality                string
	there                   bool // from the caller to the callee
}

// edge puts one value of a flow at a threshold, and all others that decide aside, in some of them as if nothing was measured.
func (f *flow) edge(modality string, s *source) {
	none := math.NaN()
	if modality != "audio" {
		f.frameLoss, f.frameRate, f.fecLoss = none, none, none
		switch s.below(4) {
		case 0:
			f.frameLoss = pick(s, []float64{49.99, 50, 50.01})
		case 1:
			f.frameRate = pick(s, []float64{6.9, 7, 7.1, 1.9, 2, 2.1})
		case 2:
			f.fecLoss = pick(s, []float64{0.1499, 0.15, 0.1501})
		}
		return
	}
	f.loss, f.jitter, f.delay, f.packets = 0.001, 5, 40, pick(s, []float64{501, 1000, 1001, 1001, 20_000})
	switch s.below(6) {
	case 0:
		f.loss = pick(s, []float64{0.0999, 0.1, 0.1001})
	case 1:
		f.jitter = pick(s, []float64{29, 29.6, 30, 30.4, 30.6, 31})
	case 2:
		f.delay = pick(s, []float64{499, 500, 500.4, 500.6, 501})
	case 3:
		f.loss, f.packets = 0.2, pick(s, []float64{none, 500, 501, 1000, 1001})
	case 4:
		f.loss, f.jitter, f.delay = none, none, none
	}
	if s.chance(0.3) {
		*pick(s, []*float64{&f.loss, &f.jitter, &f.delay}) = none
	}
}

// asSent is a flow with the digits that Graph has: singles, and tenths of a millisecond.
func (f flow) asSent() flow {
	for _, v := range []*float64{&f.jitter, &f.delay} {
		*v = math.Round(*v*10) / 10
	}
	f.frameLoss, f.frameRate = math.Round(f.frameLoss*100)/100, math.Round(f.frameRate*10)/10
	f.fecLoss = math.Round(f.fecLoss*1e5) / 1e5
	return f
}

// logNormal draws a value of which half are below the median.
func (s *source) logNormal(median, wide float64) float64 {
	normal := math.Sqrt(-2*math.Log(1-s.unit())) * math.Cos(2*math.Pi*s.unit())
	return median * math.Exp(wide*normal)
}

// verdict is what two published rule sets say of a flow, by the label of its medium: that of Microsoft's Call Quality Dashboard, in its
// words, and that of Call Record Insights. A time is in whole milliseconds there. The rules are written here a second time, for the
// truth, and not as the tables have them.
func (f flow) verdict(label string) (class string, poor bool) {
	over := func(v, bound float64) bool { return !math.IsNaN(v) && v > bound }
	switch label {
	case labels["audio"]:
		bad := over(f.loss, 0.1) || over(math.Round(f.jitter), 30) || over(math.Round(f.delay), 500)
		measured := !math.IsNaN(f.loss) || !math.IsNaN(f.jitter) || !math.IsNaN(f.delay)
		switch {
		case !over(f.packets, 500) || !bad && !measured:
			class = "unclassified"
		default:
			class = either(bad, "poor", "good")
		}
		return class, bad && over(f.packets, 1000)
	case labels["video"], labels["screenSharing"]:
		slow := 7.0
		if label != labels["video"] {
			slow = 2
		}
		switch {
		case !math.IsNaN(f.frameLoss):
			poor = f.frameLoss > 50
		case !math.IsNaN(f.frameRate):
			poor = f.frameRate < slow
		case !math.IsNaN(f.fecLoss):
			poor = f.fecLoss > 0.15
		default:
			return "unclassified", false
		}
		return either(poor, "poor", "good"), poor
	}
	return "unclassified", false
}

// single is a measure as Graph sends it; nil if there is none.
func single(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return float32(v)
}

func milliseconds(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return time.Duration(math.Round(v*10)) * 100 * time.Microsecond
}

func whole32(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return int(v)
}

// headset is what somebody speaks into: one and the same all the time, for people of the tenant.
func (t *Tenant) headset(c *call, p party) string {
	s := seeded(c.seed, uint64(p.kind), uint64(p.number), 'M')
	if p.kind == internal {
		s = seeded(t.seed, uint64(p.number), 'M')
	}
	if s.chance(0.03) {
		return badHeadset
	}
	return pick(&s, microphones)
}

// network is the network at one side of a medium. A server's says little.
func (t *Tenant) network(c *call, p party, s *source) any {
	if s.chance(0.1) {
		return nil
	}
	if p.kind == service || p.kind == resource {
		return entity{
			"connectionType", "unknown", "networkTransportProtocol", "udp", "ipAddress", fmt.Sprintf("198.51.100.%d", s.below(256)),
			"port", s.between(3478, 3481), "traceRouteHops", []entity(nil),
		}
	}
	one := t.seat(c, p)
	place := one.draw
	e := entity{
		"connectionType", one.connection, "networkTransportProtocol", pick(&place, []string{"udp", "udp", "udp", "tcp", "unknown"}),
		"ipAddress", fmt.Sprintf("10.%d.%d.%d", one.a, one.b, place.between(2, 254)), "subnet", fmt.Sprintf("10.%d.%d.0", one.a, one.b),
		"reflexiveIPAddress", fmt.Sprintf("203.0.113.%d", place.below(256)), "port", s.between(50000, 50059),
		"dnsSuffix", orNull(pick(&place, []string{"", "corp.contoso.example", "home.arpa"})),
		"linkSpeed", pick(&place, []int{unknownSpeed, 54_000_000, 433_000_000, 866_700_000, 1_000_000_000}),
		"macAddress", fmt.Sprintf("02-00-5E-%02X-%02X-%02X", place.below(256), one.a, one.b),
	}
	if place.chance(0.1) {
		e = append(e, "relayIPAddress", fmt.Sprintf("192.0.2.%d", place.below(256)), "relayPort", 3478)
	} else {
		e = append(e, "relayIPAddress", nil, "relayPort", nil)
	}
	for _, n := range [...]string{"bandwidthLowEventRatio", "delayEventRatio", "receivedQualityEventRatio", "sentQualityEventRatio"} {
		e = append(e, n, measured(ratio, s))
	}
	e = append(e, wifi(one.band, &place)...)
	var hops []entity
	if s.chance(0.03) {
		for hop := range s.between(1, 4) {
			hops = append(hops, entity{
				"hopCount", hop + 1, "ipAddress", fmt.Sprintf("10.%d.255.%d", one.a, hop+1),
				"roundTripTime", time.Duration(s.between(1, 900)) * 100 * time.Microsecond,
			})
		}
	}
	return append(e, "traceRouteHops", hops)
}

func wifi(band string, s *source) entity {
	if band == "" {
		return entity{"wifiBand", "unknown", "wifiRadioType", "unknown"}
	}
	e := entity{"wifiBand", band}
	if s.chance(0.05) {
		// Younger than Graph's published metadata: a reader must not choke on it.
		e = append(e, "wifiRadioType", younger("wifi80211be"))
	} else {
		e = append(e, "wifiRadioType", pick(s, []string{"wifi80211ac", "wifi80211ac", "wifi80211ax", "wifi80211n"}))
	}
	e = append(e, "wifiChannel", pick(s, []int{1, 6, 11, 36, 44, 100, 149}), "wifiSignalStrength", s.between(20, 100), "wifiBatteryCharge", nil)
	if !s.chance(0.3) {
		e.set("wifiBatteryCharge", s.between(1, 100))
	}
	return append(e, "basicServiceSetIdentifier", fmt.Sprintf("02-00-5e-10-%02x-%02x", s.below(256), s.below(256)),
		"wifiMicrosoftDriver", "Virtual WiFi Miniport Adapter", "wifiMicrosoftDriverVersion", "10.0.22621.1",
		"wifiVendorDriver", "Fabrikam Wireless AX211", "wifiVendorDriverVersion", "22.200.0.6")
}
