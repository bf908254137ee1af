package facts_test

import (
	"fmt"
	"slices"
	"testing"

	"graphlake/schemas"
)

// Whose a number is, by its prefix: of shared country codes the longest decides, and what belongs to nobody alone is unknown.
func TestCountriesOfNumbers(t *testing.T) {
	var records, wants []string
	for _, c := range []struct{ number, country string }{
		{"+41440000001", "CH, false"}, {"+4930000***", "DE, true"}, {"+423000", "LI, false"}, {"+420000", "CZ, false"}, {"+4", "-, false"},
		{"+12125550100", "US, false"}, {"+14165550100", "CA, false"}, {"+18765550100", "JM, false"}, {"+17875550100", "PR, false"},
		{"+18005550100", "-, false"}, {"+1", "-, false"}, {"+121*******", "-, true"}, {"+1212*******", "US, true"}, {"+1416*****", "CA, true"},
		{"+78120000000", "RU, false"}, {"+77270000000", "KZ, false"}, {"+390669812345", "VA, false"}, {"+390612345678", "IT, false"},
		{"+441534000000", "JE, false"}, {"+442000000000", "GB, false"}, {"+358180000000", "AX, false"}, {"+35890000000", "FI, false"},
		{"+5999000000", "CW, false"}, {"+5997000000", "BQ, false"}, {"+6189162000", "CC, false"}, {"+6189300000", "AU, false"},
		{"+80000000000", "-, false"}, {"+999000", "-, false"}, {"+", "-, false"},
		{"0041440000001", "-, -"}, {"anonymous", "-, true"}, {"Anonymous", "-, true"}, {"***", "-, true"}, {"u-9f86d081884c7d65", "-, -"}, // a pseudonym
	} {
		records = append(records, fmt.Sprintf(`{"id": "%02d", "startDateTime": "2026-11-16T09:00:00Z", "callType": "user_in", "callerNumber": %q, "calleeNumber": "+10"}`, len(records), c.number))
		wants = append(wants, c.number+", "+c.country)
	}
	got := tablesOf(t, schemas.PSTNCalls, records...)["pstn_calls"]
	want(t, say(got, "other_number", "other_number_country", "other_number_masked"), wants...)
}

// In the place of a number is a pseudonym, and beside it what the number was; records of before have nothing there.
func TestNumbersWithPseudonyms(t *testing.T) {
	got := tablesOf(t, schemas.DirectRoutingCalls,
		`{"id": "d1", "startDateTime": "2026-11-16T09:00:00Z", "callType": "ByotOut", "callerNumber": "a1b2", "callerNumber@graphlake.shape": "+FR", "calleeNumber": "9f86", "calleeNumber@graphlake.shape": "+CH*"}`,
		`{"id": "d2", "startDateTime": "2026-11-16T09:00:00Z", "callType": "ByotIn", "callerNumber": "a1b2", "callerNumber@graphlake.shape": "+FR", "calleeNumber": "9f86"}`,
		`{"id": "d3", "startDateTime": "2026-11-16T09:00:00Z", "callType": "ByotOut", "callerNumber": "a1b2", "callerNumber@graphlake.shape": "+FR", "calleeNumber": "9f86"}`,
		`{"id": "d4", "startDateTime": "2026-11-16T09:00:00Z", "callType": "ByotOut", "calleeNumber": "erased", "calleeNumber@graphlake.shape": null}`,
	)["direct_routing_calls"]
	want(t, say(got, "direct_routing_call_id", "other_number", "other_number_country", "other_number_masked"),
		"d1, 9f86, CH, true", "d2, a1b2, FR, false", "d3, 9f86, -, -", "d4, erased, -, -")
}

// Direction, who is charged, the charge and the minutes that were begun, among them the worked example of costs.
func TestPSTNLegs(t *testing.T) {
	record := func(id, callType, more string) string {
		return fmt.Sprintf(`{"id": %q, "startDateTime": "2026-11-16T09:00:00Z", "callType": %s, "callerNumber": "+41", "calleeNumber": "+351"%s}`, id, callType, more)
	}
	got := tablesOf(t, schemas.PSTNCalls,
		record("p1", `"user_out"`, `, "duration": 61, "charge": 0.40, "connectionCharge": 0.05`),
		record("p2", `"user_out"`, `, "duration": 60, "charge": 0.20, "connectionCharge": 0.05`),
		record("p3", `"User_In"`, `, "duration": 0`),
		record("p4", `"conf_out"`, `, "charge": 1.5`),
		record("p5", `"ucap_in"`, `, "connectionCharge": 0.25, "duration": -5`),
		record("p6", `"user_out_conf"`, ""),                                                   // begins with neither
		record("p7", `null`, `, "charge": 999999999999.999999, "connectionCharge": 0.000001`), // more digits than the column has
	)["pstn_calls"]
	want(t, say(got, "pstn_call_id", "direction", "other_number", "other_number_country", "charged_to", "total_charge", "started_minutes"),
		"p1, outbound, +351, PT, user, 0.45, 2",
		"p2, outbound, +351, PT, user, 0.25, 1",
		"p3, inbound, +41, CH, user, -, 0",
		"p4, outbound, +351, PT, conference, 1.5, -",
		"p5, inbound, +41, CH, voice_app, 0.25, 0",
		"p6, outbound, +351, PT, user, -, -",
		"p7, unknown, -, -, user, -, -",
	)
}

// The worked examples of Direct Routing: the answer times, and each class of codes.
func TestDirectRoutingLegs(t *testing.T) {
	record := func(id, callType, success, code, invite, start string) string {
		return fmt.Sprintf(`{"id": %q, "callType": %q, "successfulCall": %s, "finalSipCode": %s, "inviteDateTime": "2026-11-16T%sZ", "startDateTime": "2026-11-16T%sZ",
			"callerNumber": "+41", "calleeNumber": "+351"}`, id, callType, success, code, invite, start)
	}
	got := tablesOf(t, schemas.DirectRoutingCalls,
		record("d1", "ByotIn", "true", "0", "09:00:00", "09:00:07"),
		record("d2", "ByotIn", "false", "487", "09:10:00", "09:10:00"),
		record("d3", "ByotOut", "true", "200", "09:20:00", "09:20:09"),
		record("d4", "dr_in", "true", "0", "09:30:00.500", "09:30:00"), // the clocks of two machines
		record("d5", "dr_out_ucap", "null", "null", "09:30:00", "09:30:00"),
		record("d6", "other", "true", "486", "09:30:00", "09:30:00"),
	)["direct_routing_calls"]
	want(t, say(got, "direct_routing_call_id", "direction", "other_number", "result", "ring_seconds"),
		"d1, inbound, +41, success, 7",
		"d2, inbound, +41, no_answer, -",
		"d3, outbound, +351, success, 9",
		"d4, inbound, +41, success, -",
		"d5, outbound, +351, network, -",
		"d6, unknown, -, success, 0",
	)
	for result, codes := range map[string][]int{
		"busy": {486, 600}, "no_answer": {408, 480, 487}, "rejected": {403, 603}, "bad_number": {404, 410, 484, 604}, "network": {0, 200, 401, 488, 500, 503, 504, 606},
	} {
		for _, code := range codes {
			got := tablesOf(t, schemas.DirectRoutingCalls, record("d", "dr_in", "false", fmt.Sprint(code), "09:00:00", "09:00:00"))["direct_routing_calls"]
			if said := say(got, "result"); !slices.Equal(said, []string{result}) {
				t.Errorf("%d is %v, want %s", code, said, result)
			}
		}
	}
}

// Working hours as every reader takes them; what is no time of day is null.
func TestWorkingHours(t *testing.T) {
	record := func(id, start, end, days string) string {
		return fmt.Sprintf(`{"@graphlake": {"parent": %q}, "timeZone": "Pacific Standard Time", "workingHours": {"startTime": %q, "endTime": %q, "daysOfWeek": %s, "timeZone": {"name": "Asia/Kolkata"}}}`, id, start, end, days)
	}
	got := tablesOf(t, schemas.MailboxSettings,
		record("ann", "08:00:00.0000000", "17:30:15", `["Monday", "friday"]`),
		record("bob", "22:00:00.0000000", "06:00:00.0000000", `["sunday"]`),
		record("cat", "00:00:00", "24:00:00", `[]`),
		record("dan", "8:00", "24:00:01", `null`),
		record("eve", "25:00:00", "09:60:00", `null`),
		`{"@graphlake": {"parent": "fay"}}`,
	)["mailbox_settings"]
	want(t, say(got, "user_id", "windows_time_zone", "working_hours_windows_time_zone", "working_hours_start_seconds", "working_hours_end_seconds", "works_monday", "works_friday", "works_sunday"),
		"ann, Pacific Standard Time, India Standard Time, 28800, 63015, true, true, false",
		"bob, Pacific Standard Time, India Standard Time, 79200, 21600, false, false, true",
		"cat, Pacific Standard Time, India Standard Time, 0, 86400, false, false, false",
		"dan, Pacific Standard Time, India Standard Time, -, -, -, -, -",
		"eve, Pacific Standard Time, India Standard Time, -, -, -, -, -",
		"fay, -, -, -, -, -, -, -",
	)
}
