package schemas

import "slices"

// callLegs has what Graph does not say in one place: who called whom, and what became of it. The rules are in
// transform/facts.
var callLegs = Table{
	Name:     "call_legs",
	Doc:      "A row per session that was no test: who called whom, what became of it, and how long the two talked.",
	Each:     "sessions[]",
	Key:      []string{"call_id", "session_id", "session_index"},
	Computed: CallLegs,
	Columns: computed(CallLegs,
		ofCall[0], ofCall[1], ofSession,
		Column{Name: "start_time", Type: Timestamp, Doc: "When the session began."},
		Column{Name: "end_time", Type: Timestamp, Doc: "When the session ended."},
		Column{Name: "caller_kind", Type: Enum, Doc: "What called: user of this tenant, external, pstn, queue, attendant, conference, another service, or unknown."},
		Column{Name: "caller_id", Path: "caller.associatedIdentity.id", Type: String, Personal: true, Doc: "Who called, if that is a user, external or pstn: the id, or the number of a phone."},
		Column{Name: "callee_kind", Type: Enum, Doc: "What was called: as caller_kind, or voicemail."},
		Column{Name: "callee_id", Path: "callee.associatedIdentity.id", Type: String, Personal: true, Doc: "Who was called, if that is a user, external or pstn."},
		Column{Name: "outcome", Type: Enum, Doc: "answered, answered_elsewhere (another agent of the queue took the call while this one rang), joined, voicemail, attendant, queued, declined, busy, abandoned, missed, failed or unknown."},
		Column{Name: "evidence", Type: Enum, Doc: "What decided the outcome: role of the callee, reason or stage of the failure, media, sibling, or none."},
		Column{Name: "dropped", Type: Bool, Doc: "Whether the connection broke midcall."},
		Column{Name: "talk_seconds", Type: Float64, Doc: "Length of a leg that was answered or joined; 0 for others."},
		sessionIndex,
		countryOf("caller", "caller_id"), maskedOf("caller", "caller_id"),
		countryOf("callee", "callee_id"), maskedOf("callee", "callee_id"),
	),
}

// callPersons leaves out who was erased: their rows would tell how long they talked.
var callPersons = Table{
	Name:     "call_persons",
	Doc:      "A row per person and call, of those who were at an end of an answered or joined leg.",
	Each:     "sessions[]",
	Key:      []string{"call_id", "person_id"},
	Computed: CallPersons,
	Columns: computed(CallPersons,
		ofCall[0], ofCall[1],
		Column{Name: "person_id", Path: "caller.associatedIdentity.id", Else: []Path{"callee.associatedIdentity.id"}, Type: String, Personal: true, Doc: "Id of the person, or the number of a phone."},
		Column{Name: "is_member", Type: Bool, Doc: "Whether the person is a user of this tenant."},
		Column{Name: "stays", Type: Int32, Doc: "How often the person came: legs that overlap or touch are one stay."},
		Column{Name: "first_time", Type: Timestamp, Doc: "When the first stay began."},
		Column{Name: "last_time", Type: Timestamp, Doc: "When the last stay ended."},
		Column{Name: "seconds", Type: Float64, Doc: "Time in the call, overlapping legs counted once."},
	),
}

// callTotals are columns of calls.
var callTotals = computed(CallTotals,
	Column{Name: "duration_seconds", Type: Float64, Doc: "From start_time to end_time; 0 if it ended before, null if no end is told."},
	Column{Name: "is_test", Type: Bool, Doc: "Whether all sessions were tests; leave these out of statistics."},
	Column{Name: "session_count", Type: Int32, Doc: "Sessions of the call, tests too; one that Graph gave twice is one."},
	Column{Name: "member_count", Type: Int32, Doc: "Participants who are users of this tenant."},
	Column{Name: "outsider_count", Type: Int32, Doc: "Participants who are other people: users of other tenants, guests without an account, users of Azure Communication Services or of Skype for Business, encrypted identities."},
	Column{Name: "phone_count", Type: Int32, Doc: "Participants who are phones."},
	Column{Name: "call_kind", Type: Enum, Doc: "test, meeting (there is a link to join), voice_app (a queue or attendant took part), group (more than two participants) or one_to_one."},
	Column{Name: "direction", Type: Enum, Doc: "inbound (begun by somebody who is no user of this tenant), outbound (by one, with a phone or outsider), internal, conference for meetings, test, or unknown where no organizer is told."},
	Column{Name: "outcome", Type: Enum, Doc: "The best of its legs: answered, held (somebody joined), voicemail, declined, busy, missed, abandoned (also who only waited), failed, unknown; test."},
	countryOf("organizer", "organizer_id"), maskedOf("organizer", "organizer_id"),
)

// streamQuality is columns of call_media_streams.
var streamQuality = computed(StreamQuality, append([]Column{
	{Name: "is_test", Type: Bool, Doc: "Whether the session was a test; leave these out of statistics."},
	{Name: "medium", Type: Enum, Doc: "By the label of the medium: audio, sharing (of a screen, as video), video or other."},
	{Name: "cqd_class", Type: Enum, Doc: "good, poor or unclassified by the rules of Microsoft's Call Quality Dashboard: audio of more than 500 packets is poor above 500 ms round trip, 0.1 loss or 30 ms jitter; video by the first that is there of lost frames above 50 %, less than 7 frames a second (sharing 2), loss after correction above 0.15."},
	{Name: "cri_poor", Type: Bool, Doc: "Whether Microsoft's Call Record Insights calls it poor: as cqd_class, of audio only with more than 1000 packets; null for other media."},
}, slices.Concat(sideOfStream(sends, "sends"), sideOfStream(receives, "receives"))...)...)

// The sides of a stream, as columns are called, and its directions, as Graph calls them.
const (
	sends          = "sender"
	receives       = "receiver"
	callerToCallee = "callerToCallee"
	calleeToCaller = "calleeToCaller"
)

// sideOfStream is what the session and the medium say of the side that sends a stream, or receives it. Either may be the
// caller: stream_direction says which.
func sideOfStream(side, does string) []Column {
	const session, medium = "/sessions[].", "/sessions[].segments[].media[]."
	of := func(name string, caller, callee Path, t Type, doc string) Column {
		return Column{Name: side + "_" + name, Path: caller, Else: []Path{callee}, Type: t, Doc: doc + " of the side that " + does + "."}
	}
	device := func(name string, member Path, doc string) Column {
		c := of(name, medium+"callerDevice."+member, medium+"calleeDevice."+member, String, doc)
		c.Personal, c.Quasi = true, true
		return c
	}
	network := func(name string, member Path, t Type, doc string) Column {
		return of(name, medium+"callerNetwork."+member, medium+"calleeNetwork."+member, t, doc)
	}
	identity := of("identity_id", session+"caller.associatedIdentity.id", session+"callee.associatedIdentity.id", String, "Id")
	subnet, address := network("subnet", "subnet", String, "Subnet"), network("public_address", "reflexiveIPAddress", String, "Address as the relay sees it, usually the public one,")
	identity.Personal, subnet.Personal, address.Personal = true, true, true
	band := network("wifi_band", "wifiBand", Enum, "WiFi band")
	band.Quasi = true
	return []Column{
		identity,
		of("tenant_id", session+"caller.associatedIdentity.tenantId", session+"callee.associatedIdentity.tenantId", String, "Tenant"),
		of("platform", session+"caller.userAgent.platform", session+"callee.userAgent.platform", Enum, "Platform of the client"),
		network("connection_type", "connectionType", Enum, "Connection"),
		network("transport", "networkTransportProtocol", Enum, "Transport"),
		subnet, address, band,
		device("capture_device", "captureDeviceName", "Microphone or camera"),
		device("render_device", "renderDeviceName", "Loudspeaker or screen"),
	}
}
