package graphsim

import (
	"fmt"
	"time"
)

// unknownSpeed is what stands for a link speed that no client could tell: all bits of 32 set.
const unknownSpeed = 4294967295

var connections = []string{"wifi", "wifi", "wifi", "wired", "wired", "mobile", "tunnel", "unknown"}

// network writes the network at one side of a medium. A server's says little.
func (c *call) network(w *writer, name string, p party, s *source) {
	if s.chance(0.1) {
		w.null(name)
		return
	}
	w.open(name)
	defer w.close()
	if p.kind == service || p.kind == resource {
		w.text("connectionType", "unknown")
		w.text("networkTransportProtocol", "udp")
		w.text("ipAddress", fmt.Sprintf("198.51.100.%d", s.below(256)))
		w.int("port", s.between(3478, 3481))
		w.list("traceRouteHops")
		w.end()
		return
	}
	// A person sits in one place for the whole call.
	place := seeded(c.seed, uint64(p.kind), uint64(p.number), 'n')
	connection := pick(&place, connections)
	a, b := place.below(256), place.below(256)
	w.text("connectionType", connection)
	w.text("networkTransportProtocol", pick(&place, []string{"udp", "udp", "udp", "tcp", "unknown"}))
	w.text("ipAddress", fmt.Sprintf("10.%d.%d.%d", a, b, place.between(2, 254)))
	w.text("subnet", fmt.Sprintf("10.%d.%d.0", a, b))
	w.text("reflexiveIPAddress", fmt.Sprintf("203.0.113.%d", place.below(256)))
	w.int("port", s.between(50000, 50059))
	w.textOrNull("dnsSuffix", pick(&place, []string{"", "corp.contoso.example", "home.arpa"}))
	w.int("linkSpeed", pick(&place, []int{unknownSpeed, 54_000_000, 433_000_000, 866_700_000, 1_000_000_000}))
	w.text("macAddress", fmt.Sprintf("02-00-5E-%02X-%02X-%02X", place.below(256), a, b))
	if place.chance(0.1) {
		w.text("relayIPAddress", fmt.Sprintf("192.0.2.%d", place.below(256)))
		w.int("relayPort", 3478)
	} else {
		w.null("relayIPAddress")
		w.null("relayPort")
	}
	for _, n := range [...]string{"bandwidthLowEventRatio", "delayEventRatio", "receivedQualityEventRatio", "sentQualityEventRatio"} {
		w.measured(n, ratio, s)
	}
	wifi(w, connection == "wifi", &place)
	w.list("traceRouteHops")
	if place.chance(0.03) {
		for hop := range place.between(1, 4) {
			w.open("")
			w.int("hopCount", hop+1)
			w.text("ipAddress", fmt.Sprintf("10.%d.255.%d", a, hop+1))
			w.duration("roundTripTime", time.Duration(place.between(1, 900))*100*time.Microsecond)
			w.close()
		}
	}
	w.end()
}

func wifi(w *writer, on bool, s *source) {
	if !on {
		w.text("wifiBand", "unknown")
		w.text("wifiRadioType", "unknown")
		return
	}
	w.text("wifiBand", pick(s, []string{"frequency24GHz", "frequency50GHz", "frequency50GHz", "frequency60GHz"}))
	if s.chance(0.05) {
		// Younger than Graph's published metadata: a reader must not choke on it.
		w.member("wifiRadioType", "wifi80211be")
	} else {
		w.text("wifiRadioType", pick(s, []string{"wifi80211ac", "wifi80211ac", "wifi80211ax", "wifi80211n"}))
	}
	w.int("wifiChannel", pick(s, []int{1, 6, 11, 36, 44, 100, 149}))
	w.int("wifiSignalStrength", s.between(20, 100))
	if s.chance(0.3) {
		w.null("wifiBatteryCharge")
	} else {
		w.int("wifiBatteryCharge", s.between(1, 100))
	}
	w.text("basicServiceSetIdentifier", fmt.Sprintf("02-00-5e-10-%02x-%02x", s.below(256), s.below(256)))
	w.text("wifiMicrosoftDriver", "Virtual WiFi Miniport Adapter")
	w.text("wifiMicrosoftDriverVersion", "10.0.22621.1")
	w.text("wifiVendorDriver", "Fabrikam Wireless AX211")
	w.text("wifiVendorDriverVersion", "22.200.0.6")
}
