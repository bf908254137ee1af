package duckdb

import (
	"fmt"
	"strings"
	"testing"
)

// The paths and columns here are written by hand, not made from the schemas: they are the second
// opinion on what stands where.

// side is rows of a table beside the raw records that they come from, and what to compare in them.
type side struct {
	rows    string
	columns []pair
}

// pair is a column, where in the record DuckDB finds the same, and how it reads the text there.
type pair struct{ column, path, read string }

const (
	text    = "%s"
	instant = "nullif(%s, '0001-01-01T00:00:00Z')::TIMESTAMPTZ"
	whole   = "(%s)::BIGINT"
	number  = "(%s)::DOUBLE"
	money   = "(%s)::DECIMAL(18, 6)"
	logical = "(%s)::BOOLEAN"
)

// sides are every row of the root tables, and the first session, segment, medium and stream of every
// call.
var sides = []side{
	{"raw.call_records r JOIN calls t USING (call_id)", []pair{
		{"call_type", "type", text},
		{"start_time", "startDateTime", instant},
		{"end_time", "endDateTime", instant},
		{"version", "version", whole},
		{"organizer_id", "organizer_v2.id", text},
		{"organizer_user_display_name", "organizer_v2.identity.user.displayName", text},
		{"organizer_phone_id", "organizer_v2.identity.phone.id", text},
	}},
	{"raw.call_records r JOIN call_participants t ON t.call_id = r.call_id AND participant_index = 1", []pair{
		{"participant_id", "participants_v2[1].id", text},
		{"guest_display_name", "participants_v2[1].identity.guest.displayName", text},
	}},
	{"raw.call_records r JOIN call_sessions t ON t.call_id = r.call_id AND session_index = 0", []pair{
		{"session_id", "sessions[0].id", text},
		{"start_time", "sessions[0].startDateTime", instant},
		{"is_test", "sessions[0].isTest", logical},
		{"caller_identity_id", "sessions[0].caller.associatedIdentity.id", text},
		{"callee_platform", "sessions[0].callee.userAgent.platform", text},
		{"caller_endpoint_type", `sessions[0].caller."@odata.type"`, text},
	}},
	{firstSegment("call_segments"), []pair{
		{"failure_reason", "sessions[0].segments[0].failureInfo.reason", text},
		{"callee_device_name", "sessions[0].segments[0].callee.name", text},
	}},
	{firstSegment("call_media") + " AND media_index = 0", []pair{
		{"caller_ip_address", "sessions[0].segments[0].media[0].callerNetwork.ipAddress", text},
		{"callee_link_speed", "sessions[0].segments[0].media[0].calleeNetwork.linkSpeed", whole},
		{"caller_mic_glitch_rate", "sessions[0].segments[0].media[0].callerDevice.micGlitchRate", number},
	}},
	{firstSegment("call_media_streams") + " AND media_index = 0 AND stream_index = 0", []pair{
		{"stream_direction", "sessions[0].segments[0].media[0].streams[0].streamDirection", text},
		{"audio_codec", "sessions[0].segments[0].media[0].streams[0].audioCodec", text},
		{"end_time", "sessions[0].segments[0].media[0].streams[0].endDateTime", instant},
		{"max_packet_loss_rate", "sessions[0].segments[0].media[0].streams[0].maxPacketLossRate", number},
	}},
	{"raw.pstn_calls r JOIN pstn_calls t USING (pstn_call_id)", []pair{
		{"charge", "charge", money},
		{"caller_number", "callerNumber", text},
		{"duration_seconds", "duration", whole},
	}},
	{"raw.direct_routing_calls r JOIN direct_routing_calls t USING (direct_routing_call_id)", []pair{
		{"correlation_id", "correlationId", text},
		{"failure_time", "failureDateTime", instant},
		{"final_sip_code", "finalSipCode", whole},
	}},
	{"raw.users r JOIN users t USING (user_id)", []pair{
		{"display_name", "displayName", text},
		{"manager_id", `"manager@delta"[0].id`, text},
		{"account_enabled", "accountEnabled", logical},
	}},
}

func firstSegment(table string) string {
	return "raw.call_records r JOIN " + table + " t ON t.call_id = r.call_id" +
		" AND session_index = 0 AND session_id = (record->>'$.sessions[0].id') AND segment_id = (record->>'$.sessions[0].segments[0].id')"
}

// values compares columns with what DuckDB finds in raw.
func (l *lake) values(t *testing.T) {
	for _, s := range sides {
		var paths, wrong, filled []string
		for i, c := range s.columns {
			paths = append(paths, "'$."+c.path+"'")
			want := fmt.Sprintf(c.read, fmt.Sprintf("found[%d]", i+1))
			wrong = append(wrong, fmt.Sprintf("count(*) FILTER (%s IS DISTINCT FROM %s)", c.column, want))
			filled = append(filled, fmt.Sprintf("count(%s)", c.column))
		}
		// One list of paths, so that a record is parsed once.
		counts := l.pairs(t, "SELECT unnest([%s]), unnest([%s]) FROM (SELECT t.*, json_extract_string(record, [%s]) AS found FROM %s)",
			strings.Join(wrong, ", "), strings.Join(filled, ", "), strings.Join(paths, ", "), s.rows)
		for i, c := range s.columns {
			if n := counts[i]; n[0] != "0" || n[1] == "0" {
				t.Errorf("%s differs from %s in %s rows, and has %s values, of\n%s", c.column, c.path, n[0], n[1], s.rows)
			}
		}
	}
}

// sums compares, for every call, what DuckDB counts and adds up in raw with the same of the tables.
func (l *lake) sums(t *testing.T) {
	l.exec(t, `CREATE MACRO millis(d) AS coalesce(try_cast(regexp_extract(d, '(\d+)D', 1) AS BIGINT), 0) * 86400000
		+ coalesce(try_cast(regexp_extract(d, '(\d+)H', 1) AS BIGINT), 0) * 3600000
		+ coalesce(try_cast(regexp_extract(d, 'T.*?(\d+)M', 1) AS BIGINT), 0) * 60000
		+ coalesce(round(try_cast(regexp_extract(d, '([\d.]+)S', 1) AS DECIMAL(18, 7)) * 1000)::BIGINT, 0)`)
	const (
		sessions = "$.sessions[*]"
		segments = sessions + ".segments[*]"
		media    = segments + ".media[*]"
		streams  = media + ".streams[*]"
	)
	const (
		count    = "(x IS NOT NULL)::BIGINT"
		sum      = "x::BIGINT"
		millions = "round(x::DOUBLE * 1e6)::BIGINT"
		length   = "millis(x)"
	)
	for _, c := range []struct{ path, each, table, all string }{
		{"$.participants_v2[*].id", count, "call_participants", "count(*)"},
		{sessions + ".id", count, "call_sessions", "count(*)"},
		{sessions + ".isTest", "x::BOOLEAN::BIGINT", "call_sessions", "sum(is_test::BIGINT)"},
		{sessions + ".caller.cpuCoresCount", sum, "call_sessions", "sum(caller_cpu_cores_count)"},
		{segments + ".id", count, "call_segments", "count(*)"},
		{segments + ".failureInfo.stage", count, "call_segments", "count(failure_stage)"},
		{media + ".label", count, "call_media", "count(*)"},
		{media + ".calleeNetwork.wifiSignalStrength", sum, "call_media", "sum(callee_wifi_signal_strength)"},
		{media + ".callerNetwork.linkSpeed", sum, "call_media", "sum(caller_link_speed)"},
		{streams + ".streamId", count, "call_media_streams", "count(*)"},
		{streams + ".packetUtilization", sum, "call_media_streams", "sum(packet_utilization)"},
		{streams + ".averagePacketLossRate", millions, "call_media_streams", "sum(round(average_packet_loss_rate * 1e6)::BIGINT)"},
		{streams + ".averageJitter", length, "call_media_streams", "sum(average_jitter_ms)"},
		{streams + ".maxRoundTripTime", length, "call_media_streams", "sum(max_round_trip_time_ms)"},
		{streams + ".averageFreezeDuration", length, "call_media_streams", "sum(average_freeze_duration_ms)"},
	} {
		n := l.pairs(t, `SELECT count(*) FILTER (coalesce(raw.n, 0) <> coalesce(tables.n, 0)), coalesce(sum(raw.n), 0)::VARCHAR
			FROM (SELECT call_id, list_sum(list_transform(json_extract_string(record, '%s'), lambda x: %s)) AS n FROM raw.call_records) raw
			FULL JOIN (SELECT call_id, %s AS n FROM %s GROUP BY call_id) tables USING (call_id)`,
			c.path, c.each, c.all, c.table)[0]
		if n[0] != "0" || n[1] == "0" {
			t.Errorf("%s: %s of %s differs in %s calls; raw has %s", c.path, c.all, c.table, n[0], n[1])
		}
	}
}
