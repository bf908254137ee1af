package facts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
	"graphlake/transform"
)

// lake is the tenant of the examples.
const lake = "t1"

// tablesOf are the tables of records in the lake of the tenant, by their names.
func tablesOf(t *testing.T, d schemas.Dataset, records ...string) map[string]arrow.RecordBatch {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	plan, err := transform.CompileRaw(d)
	if err != nil {
		t.Fatal(err)
	}
	raw := plan.NewBuilder(mem)
	defer raw.Release()
	for _, record := range records {
		if err := raw.Append([]byte(record)); err != nil {
			t.Fatal(err)
		}
	}
	rows := raw.Flush()[0]
	defer rows.Release()
	deriver, err := transform.NewDeriver(d, lake, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer deriver.Release()
	if err := deriver.Append(rows); err != nil {
		t.Fatal(err)
	}
	batches, quarantine := deriver.Flush()
	quarantine.Release()
	if n := deriver.Quarantined(); n > 0 {
		t.Errorf("%d records give no rows", n)
	}
	if m := deriver.Misfits(); len(m) > 0 {
		t.Errorf("in an example does not fit: %v", m)
	}
	tables := map[string]arrow.RecordBatch{}
	for i, batch := range batches {
		tables[d.Tables[i].Name] = batch
		t.Cleanup(batch.Release)
	}
	return tables
}

// say is the rows of a batch with some of its columns, a row a line.
func say(batch arrow.RecordBatch, columns ...string) (lines []string) {
	for row := range int(batch.NumRows()) {
		var cells []string
		for _, name := range columns {
			cells = append(cells, batch.Column(batch.Schema().FieldIndices(name)[0]).ValueStr(row))
		}
		lines = append(lines, strings.ReplaceAll(strings.Join(cells, ", "), array.NullValueStr, "-"))
	}
	return lines
}

func want(t *testing.T, got []string, lines ...string) {
	t.Helper()
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// call is a call record of the 16th, with sessions and whatever else it has.
func call(id, more string, sessions ...string) string {
	return fmt.Sprintf(`{"id": %q, "version": 1, "startDateTime": "2026-11-16T09:00:00Z", %s "sessions": [%s]}`, id, more, strings.Join(sessions, ", "))
}

// session is one of the 16th, as "09:00:00-09:04:00 ann>bob" and whatever else it has; of a service is given the role in
// brackets, and an end is empty if nothing is told of it.
func session(id, what, more string) string {
	when, ends, _ := strings.Cut(what, " ")
	from, to, _ := strings.Cut(when, "-")
	caller, callee, _ := strings.Cut(ends, ">")
	return fmt.Sprintf(`{"id": %q, "startDateTime": "2026-11-16T%sZ", "endDateTime": "2026-11-16T%sZ", "caller": %s, "callee": %s%s}`, id, from, to, end(caller), end(callee), more)
}

// end is one side: nobody, a [role], a +number, somebody@partner, or a user of the lake's tenant.
func end(who string) string {
	role, isRole := strings.CutPrefix(who, "[")
	name, partner, isOther := strings.Cut(who, "@")
	switch {
	case who == "":
		return "null"
	case isRole:
		return fmt.Sprintf(`{"userAgent": {"role": %q}}`, strings.TrimSuffix(role, "]"))
	case strings.HasPrefix(who, "+"):
		return fmt.Sprintf(`{"associatedIdentity": {"id": %q}}`, who)
	case isOther:
		return fmt.Sprintf(`{"associatedIdentity": {"id": %q, "tenantId": %q}}`, name, partner)
	}
	return fmt.Sprintf(`{"associatedIdentity": {"id": %q, "tenantId": %q}}`, who, lake)
}

const (
	withMedia = `, "segments": [{"id": "g1", "media": [{"label": "main-audio", "streams": [{"streamDirection": "callerToCallee"}]}]}]`
	inMidcall = `, "failureInfo": {"stage": "midcall"}`
	byQueue   = "[skypeForBusinessCallQueues]"
)

func inSetup(reason string) string {
	return fmt.Sprintf(`, "failureInfo": {"stage": "callSetup", "reason": %s}`, reason)
}

// In the place of a number is a pseudonym, and beside it what the number was; of an end that is a service nothing is told.
func TestEndsWithPseudonyms(t *testing.T) {
	hidden := func(id, beside string) string {
		return fmt.Sprintf(`{"associatedIdentity": {"id": %q%s}}`, id, beside)
	}
	record := fmt.Sprintf(`{"id": "c", "version": 1, "startDateTime": "2026-11-16T09:00:00Z", "organizer_v2": {"id": "9f86", "id@graphlake.shape": "+DE*"}, "sessions": [
		{"id": "s1", "caller": %s, "callee": %s}, {"id": "s2", "caller": %s, "callee": %s}, {"id": "s3", "caller": %s, "callee": {"userAgent": {"role": "gateway"}}},
		{"id": "s4", "caller": {"userAgent": {"role": "mediaController"}, "associatedIdentity": {"id": "e5f6", "id@graphlake.shape": "+CH"}}, "callee": null}]}`,
		hidden("9f86", `, "id@graphlake.shape": "+DE*"`), hidden("a1b2", `, "tenantId": "t1"`),
		hidden("c3d4", `, "id@graphlake.shape": "*"`), hidden("e5f6", `, "id@graphlake.shape": "+"`), hidden("e5f6", ""))
	got := tablesOf(t, schemas.CallRecords, record)
	want(t, say(got["call_legs"], "caller_kind", "caller_id", "caller_country", "caller_masked", "callee_kind", "callee_country", "callee_masked"),
		"pstn, 9f86, DE, true, user, -, -",
		"external, c3d4, -, true, pstn, -, false",
		"external, e5f6, -, -, pstn, -, -",
		"conference, -, -, -, unknown, -, -",
	)
	want(t, say(got["calls"], "organizer_id", "organizer_country", "organizer_masked"), "9f86, DE, true")
}

// What each end is, by the roles of services and by identities.
func TestKindsOfEnds(t *testing.T) {
	var sessions, wants []string
	for i, c := range []struct{ who, caller, callee string }{
		{"[mediationServer]", "pstn", "pstn"},
		{"[mediationServerCloudConnectorEdition]", "pstn", "pstn"},
		{"[gateway]", "pstn", "pstn"},
		{"[skypeForBusinessMicrosoftTeamsGateway]", "pstn", "pstn"},
		{"[voicemail]", "service", "voicemail"}, // as a caller it is a service
		{"[exchangeUnifiedMessagingService]", "service", "voicemail"},
		{byQueue, "queue", "queue"},
		{"[skypeForBusinessAutoAttendant]", "attendant", "attendant"},
		{"[mediaController]", "conference", "conference"},
		{"[audioTeleconferencerController]", "conference", "conference"},
		{"[skypeForBusinessAudioVideoMcu]", "conference", "conference"},
		{"[skypeForBusinessApplicationSharingMcu]", "conference", "conference"},
		{"[conferencingAttendant]", "conference", "conference"},
		{"[conferencingAnnouncementService]", "conference", "conference"},
		{"[customBot]", "service", "service"},
		{"[unknown]", "service", "service"},
		{"", "unknown", "unknown"},
		{"+41440000001", "pstn", "pstn"},
		{"ann", "user", "user"},
		{"eve@partner", "external", "external"},
		{"anonymous@", "external", "external"},
	} {
		sessions = append(sessions, session(fmt.Sprintf("s%02d", i), "09:00:00-09:01:00 "+c.who+">"+c.who, ""))
		wants = append(wants, c.caller+", "+c.callee)
	}
	got := tablesOf(t, schemas.CallRecords, call("c1", "", sessions...))
	want(t, say(got["call_legs"], "caller_kind", "callee_kind"), wants...)
}

// The worked example of the outcomes, with a queue that rings two agents at once, and one that rings them in turn.
func TestOutcomes(t *testing.T) {
	got := tablesOf(t, schemas.CallRecords,
		call("c1", "", session("s1", "09:00:00-09:04:00 ann>bob", withMedia)),
		call("c2", "", session("s1", "09:10:00-09:10:20 ann>bob", inSetup(`"The callee declined the call."`))),
		call("c3", "", session("s1", "09:20:10-09:20:40 "+byQueue+">bob", ""), session("s2", "09:20:12-09:25:00 "+byQueue+">cat", withMedia)),
		call("c4", "", session("s1", "09:30:00-09:30:30 ann>[voicemail]", "")),
		call("c5", "", session("s1", "09:40:00-09:40:25 ann>bob", "")),
		call("c6", "", session("s1", "10:00:10-10:00:40 "+byQueue+">fay", withMedia),
			session("s2", "10:00:50-10:01:00 "+byQueue+">gus", inSetup(`"No answer."`)), session("s3", "10:01:10-10:02:10 "+byQueue+">hal", withMedia)),
		call("c7", "", session("s1", "10:10:00-10:10:05 kim>lou", inSetup(`"Something else."`))),
		call("c8", "", session("s1", "10:20:00-10:20:05 kim>[voicemail]", inSetup(`"Something else."`))),
	)
	want(t, say(got["call_legs"], "call_id", "session_id", "caller_id", "callee_id", "outcome", "evidence", "talk_seconds"),
		"c1, s1, ann, bob, answered, media, 240",
		"c2, s1, ann, bob, declined, reason, 0",
		"c3, s1, -, bob, answered_elsewhere, sibling, 0",
		"c3, s2, -, cat, answered, media, 288",
		"c4, s1, ann, -, voicemail, role, 0",
		"c5, s1, ann, bob, unknown, none, 0",
		"c6, s1, -, fay, answered, media, 30",
		"c6, s2, -, gus, missed, reason, 0",
		"c6, s3, -, hal, answered, media, 60",
		"c7, s1, kim, lou, failed, stage, 0",
		"c8, s1, kim, -, voicemail, role, 0",
	)
}

// Words in the reason decide in their order, whatever their case; what fails in another stage says nothing.
func TestReasons(t *testing.T) {
	var records, wants []string
	for _, c := range []struct{ what, wants string }{
		{inSetup(`"REJECTED by the callee, who is busy"`), "declined, reason, false"},
		{inSetup(`"busy, no answer"`), "busy, reason, false"},
		{inSetup(`"Cancelled before the answer"`), "abandoned, reason, false"},
		{inSetup(`"abandoned"`), "abandoned, reason, false"},
		{inSetup(`"Timed out"`), "missed, reason, false"},
		{inSetup(`"timeout"`), "missed, reason, false"},
		{inSetup(`null`), "failed, stage, false"},
		{inSetup(`"no answer"`) + withMedia, "missed, reason, false"}, // media do not count
		{inMidcall, "answered, stage, true"},
		{inMidcall + withMedia, "answered, media, true"},
		{`, "failureInfo": {"stage": "unknown", "reason": "declined"}`, "unknown, none, false"},
	} {
		records = append(records, session(fmt.Sprintf("s%02d", len(records)), "09:00:00-09:01:00 ann>bob", c.what))
		wants = append(wants, c.wants)
	}
	records = append(records, session("s97", "09:00:00-09:01:00 ann>[mediaController]", inSetup(`"declined"`)), session("s98", "09:00:00-09:01:00 ann>[mediaController]", inMidcall))
	wants = append(wants, "failed, stage, false", "joined, role, true")
	got := tablesOf(t, schemas.CallRecords, call("c1", "", records...))
	want(t, say(got["call_legs"], "outcome", "evidence", "dropped"), wants...)
}

// An agent who rings while another answers was answered elsewhere, unless the two only touch, the agent answered or declined
// too, or the call came from no queue.
func TestAnsweredElsewhere(t *testing.T) {
	const taken = "09:01:00-09:05:00 " + byQueue + ">cat"
	for _, c := range []struct{ leg, more, wants string }{
		{"09:00:30-09:01:00 " + byQueue + ">bob", "", "unknown"}, // touches
		{"09:00:30-09:01:01 " + byQueue + ">bob", "", "answered_elsewhere"},
		{"09:04:59-09:06:00 " + byQueue + ">bob", "", "answered_elsewhere"},
		{"09:05:00-09:06:00 " + byQueue + ">bob", "", "unknown"},
		{"09:02:00-09:03:00 " + byQueue + ">bob", "", "answered_elsewhere"},
		{"09:00:00-09:09:00 " + byQueue + ">eve@partner", inSetup(`"no answer"`), "answered_elsewhere"},
		{"09:00:00-09:09:00 " + byQueue + ">bob", inSetup(`null`), "answered_elsewhere"},
		{"09:00:00-09:09:00 " + byQueue + ">bob", inSetup(`"cancelled"`), "answered_elsewhere"},
		{"09:00:00-09:09:00 " + byQueue + ">bob", inSetup(`"declined"`), "declined"},
		{"09:00:00-09:09:00 " + byQueue + ">bob", withMedia, "answered"},
		{"09:00:00-09:09:00 " + byQueue + ">+41440000001", "", "unknown"}, // no person
		{"09:00:00-09:09:00 ann>bob", "", "unknown"},
	} {
		got := tablesOf(t, schemas.CallRecords, call("c1", "", session("s1", c.leg, c.more), session("s2", taken, withMedia)))
		if outcomes := say(got["call_legs"], "outcome"); outcomes[0] != c.wants || outcomes[1] != "answered" {
			t.Errorf("%s%s beside %s: %v, want %s", c.leg, c.more, taken, outcomes, c.wants)
		}
	}
	// Of several, one is enough, be it an early one that lasts.
	got := tablesOf(t, schemas.CallRecords, call("c1", "",
		session("s1", "09:10:00-09:11:00 "+byQueue+">bob", ""), session("s2", "09:00:00-09:30:00 "+byQueue+">cat", withMedia), session("s3", "09:05:00-09:06:00 "+byQueue+">dan", withMedia)))
	want(t, say(got["call_legs"], "outcome"), "answered_elsewhere", "answered", "answered")
}

// Tests are no legs, wherever they stand; a session that Graph gives twice is two legs, and counts once.
func TestTestsAreNoLegs(t *testing.T) {
	const test = `, "isTest": true`
	got := tablesOf(t, schemas.CallRecords,
		call("c1", "", session("s1", "09:00:00-09:01:00 ann>bob", test), session("s2", "09:00:00-09:01:00 ann>bob", withMedia), session("s2", "09:00:00-09:01:00 ann>bob", "")),
		call("c2", "", session("s1", "09:00:00-09:01:00 ann>bob", test+withMedia)),
		call("c3", ""),
	)
	want(t, say(got["call_legs"], "call_id", "session_id", "session_index", "outcome"), "c1, s2, 1, answered", "c1, s2, 2, unknown")
	want(t, say(got["calls"], "call_id", "is_test", "session_count", "call_kind", "direction", "outcome"),
		"c1, false, 2, one_to_one, unknown, answered",
		"c2, true, 1, test, test, test",
		"c3, false, 0, one_to_one, unknown, unknown")
	want(t, say(got["call_media_streams"], "call_id", "is_test"), "c1, false", "c2, true")
}

// A leg whose end is not told, or before its start, has no length.
func TestLegsWithoutLength(t *testing.T) {
	open := fmt.Sprintf(`{"id": "s2", "startDateTime": "2026-11-16T09:00:00Z", "caller": %s, "callee": %s%s}`, end("ann"), end("bob"), withMedia)
	got := tablesOf(t, schemas.CallRecords, call("c1", "",
		session("s1", "09:05:00-09:04:00 ann>bob", withMedia), open, session("s3", "09:05:00-09:05:00 cat>[mediaController]", "")))
	want(t, say(got["call_legs"], "outcome", "talk_seconds"), "answered, 0", "answered, 0", "joined, 0")
	want(t, say(got["call_persons"], "person_id", "stays", "seconds"), "cat, 1, 0")
}

// The worked example of attendance: who leaves and comes back has two stays.
func TestStays(t *testing.T) {
	const service = ">[mediaController]"
	got := tablesOf(t, schemas.CallRecords, call("c1", "",
		session("s1", "09:01:00-10:00:00 ann"+service, ""), session("s2", "09:05:00-09:20:00 bob"+service, ""),
		session("s3", "09:30:00-09:50:00 bob"+service, ""), session("s4", "09:05:01-09:15:01 eve@partner"+service, "")))
	want(t, say(got["call_persons"], "person_id", "is_member", "stays", "first_time", "last_time", "seconds"),
		"ann, true, 1, 2026-11-16T09:01:00Z, 2026-11-16T10:00:00Z, 3540",
		"bob, true, 2, 2026-11-16T09:05:00Z, 2026-11-16T09:50:00Z, 2100",
		"eve, false, 1, 2026-11-16T09:05:01Z, 2026-11-16T09:15:01Z, 600")
}

// What overlaps counts once: the worked example of talk time, 09:00-09:30, 09:20-09:40 and 09:25-09:28, as legs of one call.
// Stays that touch are one.
func TestUnionOfStays(t *testing.T) {
	got := tablesOf(t, schemas.CallRecords, call("c1", "",
		session("s3", "09:25:00-09:28:00 ann>bob", withMedia), session("s1", "09:00:00-09:30:00 ann>bob", withMedia),
		session("s2", "09:20:00-09:40:00 bob>ann", withMedia), session("s4", "09:40:00-09:41:00 ann>+41440000001", withMedia),
		session("s5", "09:50:00-09:51:00 ann>bob", inSetup(`"no answer"`)), session("s6", "10:00:00-10:01:00 erased>excluded", withMedia)))
	want(t, say(got["call_persons"], "person_id", "is_member", "stays", "seconds"),
		"+41440000001, false, 1, 60", "ann, true, 1, 2460", "bob, true, 1, 2400")
}

// The worked example of calls, and what else decides their kind and direction.
func TestTotals(t *testing.T) {
	participants := func(who ...string) string {
		for i, one := range who {
			who[i] = fmt.Sprintf(`{"id": "p%d", "identity": {%s}}`, i, one)
		}
		return `"participants_v2": [` + strings.Join(who, ", ") + `], `
	}
	const (
		ann   = `"user": {"id": "ann", "tenantId": "t1"}`
		bob   = `"user": {"id": "bob", "tenantId": "t1"}`
		guest = `"guest": {"id": "g"}`
		eve   = `"user": {"id": "eve", "tenantId": "partner"}`
		lost  = `"user": {"id": "lost"}`
		phone = `"phone": {"id": "+41442"}`
		app   = `"applicationInstance": {"id": "app", "tenantId": "t1"}`
		acs   = `"acsUser": {"id": "acs"}, "endpointType": "default"`
		byAnn = `"organizer_v2": {"id": "ann", "identity": {` + ann + `}}, `
		byEve = `"organizer_v2": {"id": "eve", "identity": {` + eve + `}}, `
		by41  = `"organizer_v2": {"id": "+41441", "identity": {"phone": {"id": "+41441"}}}, `
		link  = `"joinWebUrl": "https://m/1", `
	)
	at := func(end string) string { return `"endDateTime": "2026-11-16T` + end + `Z", ` }
	got := tablesOf(t, schemas.CallRecords,
		call("c1", byAnn+at("09:04:00")+participants(ann, phone), session("s1", "09:00:00-09:04:00 ann>[mediationServer]", inMidcall)),
		call("c2", by41+at("09:02:00")+participants(phone, bob), session("s1", "09:00:00-09:02:00 +41441>bob", "")),
		call("c3", byAnn+link+at("09:30:00")+participants(ann, bob), session("s1", "09:00:00-09:30:00 ann>[mediaController]", "")),
		call("c4", byEve+participants(eve, bob), session("s1", "09:00:00-09:02:00 eve@partner>bob", withMedia)),
		call("c5", byAnn+at("08:59:00")+participants(ann, bob, eve), session("s1", "09:00:00-09:02:00 ann>bob", inSetup(`"busy"`)), session("s2", "09:00:00-09:02:00 ann>eve@partner", inSetup(`"no answer"`))),
		call("c6", byAnn+participants(ann, app), session("s1", "09:00:00-09:02:00 ann>"+byQueue, "")),
		call("c7", byAnn+participants(ann, bob), session("s1", "09:00:00-09:02:00 ann>[gateway]", inSetup("null"))),
		call("c8", byAnn+participants(ann, guest, acs, lost), session("s1", "09:00:00-09:02:00 ann>[voicemail]", "")),
	)
	want(t, say(got["calls"], "call_id", "call_kind", "direction", "outcome", "duration_seconds", "member_count", "outsider_count", "phone_count"),
		"c1, one_to_one, outbound, answered, 240, 1, 0, 1",
		"c2, one_to_one, inbound, unknown, 120, 1, 0, 1",
		"c3, meeting, conference, held, 1800, 2, 0, 0",
		"c4, one_to_one, inbound, answered, -, 1, 1, 0",
		"c5, group, outbound, busy, 0, 2, 1, 0",
		"c6, voice_app, internal, abandoned, -, 1, 0, 0",
		"c7, one_to_one, outbound, failed, -, 2, 0, 0", // a gateway without a number is a phone, too
		"c8, group, outbound, voicemail, -, 1, 3, 0",
	)
}

// The edges of both sets of rules, and all positions of null.
func TestStreamQuality(t *testing.T) {
	type measure = [2]string
	stream := func(all ...measure) string {
		var members []string
		for _, m := range all {
			members = append(members, fmt.Sprintf("%q: %s", m[0], m[1]))
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	packets := func(n string) measure { return measure{"packetUtilization", n} }
	trip := func(ms string) measure { return measure{"averageRoundTripTime", `"PT` + ms + `S"`} }
	jitter := func(ms string) measure { return measure{"averageJitter", `"PT` + ms + `S"`} }
	loss := func(part string) measure { return measure{"averagePacketLossRate", part} }
	lost := func(percent string) measure { return measure{"averageVideoFrameLossPercentage", percent} }
	rate := func(n string) measure { return measure{"averageVideoFrameRate", n} }
	repair := func(part string) measure { return measure{"postForwardErrorCorrectionPacketLossRate", part} }
	for _, c := range []struct{ label, stream, wants string }{
		{"main-audio", stream(packets("1001"), trip("0.5"), jitter("0.03"), loss("0.1")), "audio, good, false"}, // all exactly
		{"main-audio", stream(packets("1000"), trip("0.501")), "audio, poor, false"},
		{"main-audio", stream(packets("1001"), trip("0.501")), "audio, poor, true"},
		{"main-audio", stream(packets("500"), trip("0.501")), "audio, unclassified, false"},
		{"main-audio", stream(packets("501"), jitter("0.031")), "audio, poor, false"},
		{"main-audio", stream(packets("1001"), jitter("0.0304")), "audio, good, false"}, // whole milliseconds
		{"main-audio", stream(packets("1001"), jitter("0.0306")), "audio, poor, true"},
		{"main-audio", stream(packets("1001"), loss("0.1000001"), trip("0.1")), "audio, poor, true"},
		{"main-audio", stream(packets("1001"), loss("0")), "audio, good, false"}, // null is not zero
		{"main-audio", stream(packets("1001")), "audio, unclassified, false"},
		{"main-audio", stream(trip("9")), "audio, unclassified, false"},
		{"Main-AUDIO-applicationsharing", stream(), "audio, unclassified, false"},
		{"main-video", stream(packets("9000"), rate("6.9"), repair("0.0")), "video, poor, true"},
		{"main-video", stream(rate("7")), "video, good, false"},
		{"main-video", stream(lost("50"), rate("1"), repair("1")), "video, good, false"}, // the first that is told
		{"main-video", stream(lost("50.01"), rate("30")), "video, poor, true"},
		{"main-video", stream(repair("0.15")), "video, good, false"},
		{"main-video", stream(repair("0.151")), "video, poor, true"},
		{"panoramic-video", stream(trip("9"), loss("1")), "video, unclassified, false"}, // measures of audio
		{"applicationsharing-video", stream(rate("2.0"), repair("0.9")), "sharing, good, false"},
		{"applicationsharing-video", stream(rate("1.9")), "sharing, poor, true"},
		{"applicationsharing-video", stream(), "sharing, unclassified, false"},
		{"data", stream(packets("9000"), loss("1"), rate("0")), "other, unclassified, -"},
	} {
		segments := fmt.Sprintf(`, "segments": [{"id": "g1", "media": [{"label": %q, "streams": [%s]}]}]`, c.label, c.stream)
		got := tablesOf(t, schemas.CallRecords, call("c1", "", session("s1", "09:00:00-09:01:00 ann>bob", segments)))
		if said := say(got["call_media_streams"], "medium", "cqd_class", "cri_poor"); !slices.Equal(said, []string{c.wants}) {
			t.Errorf("%s %s: %v, want %s", c.label, c.stream, said, c.wants)
		}
	}
}

// Each stream has the session and the medium that it was in, also where ids are there twice, and the sides by its direction.
func TestSidesOfStreams(t *testing.T) {
	medium := func(subnet string, directions ...string) string {
		for i, d := range directions {
			directions[i] = fmt.Sprintf(`{"streamDirection": %q}`, d)
		}
		return fmt.Sprintf(`{"label": "main-audio", "callerNetwork": {"subnet": "caller %s"}, "calleeNetwork": {"subnet": "callee %s"}, "streams": [%s]}`, subnet, subnet, strings.Join(directions, ", "))
	}
	const there, back = "callerToCallee", "calleeToCaller"
	got := tablesOf(t, schemas.CallRecords,
		call("c1", "",
			session("s1", "09:00:00-09:01:00 ann>bob", `, "segments": [
				{"id": "g1", "media": [`+medium("1", there, back)+`, `+medium("none")+`, `+medium("2", back)+`]},
				{"id": "g1", "media": [`+medium("3", there, "sideways")+`]}, {"id": "g2", "media": null}]`),
			session("s2", "09:00:00-09:01:00 cat>dan", ""),
			session("s1", "09:00:00-09:01:00 eve@partner>bob", `, "segments": [{"id": "g1", "media": [null, `+medium("4", there)+`]}]`)),
		call("c2", "", session("s1", "09:00:00-09:01:00 kim>lou", `, "segments": [{"id": "g1", "media": [`+medium("5", back)+`]}]`)))
	want(t, say(got["call_media_streams"], "call_id", "sender_identity_id", "sender_tenant_id", "sender_subnet", "receiver_identity_id", "receiver_subnet"),
		"c1, ann, t1, caller 1, bob, callee 1",
		"c1, bob, t1, callee 1, ann, caller 1",
		"c1, bob, t1, callee 2, ann, caller 2",
		"c1, ann, t1, caller 3, bob, callee 3",
		"c1, -, -, -, -, -", // of this direction nobody knows who sends
		"c1, eve, partner, caller 4, bob, callee 4",
		"c2, lou, t1, callee 5, kim, caller 5",
	)
}

// Texts of sides are not repeated without bound: 3000 streams of few bytes would have 3000 times the name of a device.
func TestTextsOfSidesAreBounded(t *testing.T) {
	name := strings.Repeat("x", 60<<10)
	streams := strings.Repeat(`{"streamDirection": "callerToCallee"}, `, 2999) + `{"streamDirection": "callerToCallee"}`
	got := tablesOf(t, schemas.CallRecords, call("c1", "", session("s1", "09:00:00-09:01:00 ann>bob",
		fmt.Sprintf(`, "segments": [{"id": "g1", "media": [{"callerDevice": {"captureDeviceName": %q}, "streams": [%s]}]}]`, name, streams))))
	names := got["call_media_streams"].Column(got["call_media_streams"].Schema().FieldIndices("sender_capture_device")[0])
	if told := names.Len() - names.NullN(); names.Len() != 3000 || told < 60 || told > 80 {
		t.Errorf("of %d streams %d have the name, want those that fit into 4 MiB", names.Len(), told)
	}
}
