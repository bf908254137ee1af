package answers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/graphsim"
)

var ofQueues = []comparison{
	{
		"journeys", "metric_queue_journeys",
		[]string{"day VARCHAR", "call VARCHAR", "caller VARCHAR", "accounts VARCHAR", "result VARCHAR", "agents BIGINT", "turns BIGINT", "agent VARCHAR", "queued BIGINT", "left_at BIGINT", "wait BIGINT", "menu BIGINT"},
		func(f *told) (rows [][]any) {
			for _, j := range f.Journeys {
				rows = append(rows, []any{
					f.day(j.Call), j.Call, j.Caller, strings.Join(j.Accounts, ","), j.Result, j.AgentsRung, j.Turns, text(j.Agent), instant(j.Queued), instant(j.Left),
					j.Wait.Microseconds(), j.Menu.Microseconds(),
				})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, caller_id, resource_accounts, result, agents_rung::BIGINT, queue_legs::BIGINT, answered_by, epoch_us(queue_time), epoch_us(left_time), " +
			fmt.Sprintf(microseconds, "wait_seconds") + ", " + fmt.Sprintf(microseconds, "menu_seconds") + " FROM metric_queue_journeys",
	},
	{
		"queue_days", "metric_queue_days",
		[]string{
			"day VARCHAR", "accounts VARCHAR", "offered BIGINT", "answered BIGINT", "in_target BIGINT", "forwarded BIGINT", "voicemail BIGINT", "left_at BIGINT", "answer_time BIGINT",
			"longest BIGINT", "grade BIGINT", "of_answered BIGINT",
		},
		queueDays,
		`SELECT tenant_id, dt::VARCHAR, resource_accounts, offered::BIGINT, answered::BIGINT, answered_in_target::BIGINT, forwarded::BIGINT, voicemail::BIGINT, left_unanswered::BIGINT, ` +
			fmt.Sprintf(microseconds, "coalesce(mean_answer_seconds, 0) * answered") + ", " + fmt.Sprintf(microseconds, "longest_wait_seconds") +
			", round(grade_of_service_percent * offered / 100)::BIGINT, round(coalesce(answered_in_target_percent, 0) * answered / 100)::BIGINT FROM metric_queue_days",
	},
	{
		"menus", "metric_attendant_journeys",
		[]string{"day VARCHAR", "call VARCHAR", "started BIGINT", "menus BIGINT", "length BIGINT", "result VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, m := range f.Menus {
				result := "terminated"
				if m.Queued {
					result = "transferred_queue"
				}
				rows = append(rows, []any{f.day(m.Call), m.Call, instant(f.calls[m.Call].Start), m.Menus, m.Length.Microseconds(), result})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, epoch_us(menu_time), menu_legs::BIGINT, " + fmt.Sprintf(microseconds, "menu_seconds") + ", result FROM metric_attendant_journeys",
	},
	{
		"answer_times", "metric_answer_times",
		[]string{"day VARCHAR", "source VARCHAR", "id VARCHAR", "person VARCHAR", "answered BIGINT"},
		func(f *told) (rows [][]any) {
			for _, r := range f.Routed {
				if r.Inbound && r.Result == "success" {
					rows = append(rows, []any{date(r.Start), "direct_routing", r.ID, text(r.User), r.Ring.Microseconds()})
				}
			}
			for _, j := range f.Journeys {
				if j.Result == "agent_answered" {
					rows = append(rows, []any{f.day(j.Call), "queue", j.Call, j.Agent, j.Wait.Microseconds()})
				}
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, source, source_id, user_id, " + fmt.Sprintf(microseconds, "answer_seconds") + " FROM metric_answer_times",
	},
}

// targetOfAnswers is how long a caller may wait for an answer that is in time.
const targetOfAnswers = 20 * time.Second

func queueDays(f *told) [][]any {
	const longest = 7
	g := grouped{}
	most := map[string]int64{}
	for _, j := range f.Journeys {
		answered := j.Result == "agent_answered"
		inTime := int64(flag01(answered && j.Wait <= targetOfAnswers))
		key := []string{f.day(j.Call), strings.Join(j.Accounts, ",")}
		numbers := []int64{
			1, int64(flag01(answered)), inTime, int64(flag01(j.Result == "forwarded")), int64(flag01(j.Result == "voicemail")),
			int64(flag01(j.Result == "left" || j.Result == "requeued_and_left")), 0, 0, inTime, inTime,
		}
		if answered {
			numbers[longest-1] = j.Wait.Microseconds()
		}
		joined := strings.Join(key, "")
		wait := j.Wait.Microseconds()
		numbers[longest] = max(0, wait-most[joined]) // so that the sum is the longest
		most[joined] = max(most[joined], wait)
		g.add(key, numbers...)
	}
	return g.rows()
}

var ofPhones = []comparison{
	{
		"phone_legs", "phone_legs",
		[]string{
			"day VARCHAR", "dataset VARCHAR", "id VARCHAR", "call VARCHAR", "person VARCHAR", "direction VARCHAR", "number VARCHAR", "country VARCHAR", "masked BOOLEAN", "started BIGINT",
			"duration BIGINT", "ring BIGINT", "result VARCHAR", "code BIGINT", "trunk VARCHAR", "operator VARCHAR", "charged_to VARCHAR", "cost BIGINT", "currency VARCHAR",
		},
		phoneLegs,
		`SELECT tenant_id, dt::VARCHAR, dataset, leg_id, call_id, user_id, direction, other_number, other_number_country, other_number_masked, epoch_us(start_time), duration_seconds::BIGINT, ` +
			fmt.Sprintf(microseconds, "ring_seconds") + ", result, final_sip_code::BIGINT, trunk_fqdn, operator, charged_to, (cost * 100)::BIGINT, currency FROM phone_legs",
	},
	{
		"routed", "metric_direct_routing",
		[]string{
			"day VARCHAR", "trunk VARCHAR", "direction VARCHAR", "attempts BIGINT", "answered BIGINT", "busy BIGINT", "no_answer BIGINT", "rejected BIGINT", "bad_number BIGINT", "network BIGINT",
			"seized BIGINT", "effective BIGINT", "seconds BIGINT",
		},
		routed,
		`SELECT tenant_id, dt::VARCHAR, trunk_fqdn, direction, attempts::BIGINT, answered::BIGINT, busy::BIGINT, no_answer::BIGINT, rejected::BIGINT, bad_number::BIGINT, network::BIGINT,
			round(answer_seizure_percent * attempts / 100)::BIGINT, round(network_effectiveness_percent * attempts / 100)::BIGINT, round(coalesce(mean_seconds, 0) * answered)::BIGINT
			FROM metric_direct_routing`,
	},
	{
		"codes", "metric_direct_routing_codes",
		[]string{"day VARCHAR", "trunk VARCHAR", "code VARCHAR", "reason VARCHAR", "phrase VARCHAR", "attempts BIGINT", "answered BIGINT"},
		func(f *told) [][]any {
			g := grouped{}
			for _, r := range f.Routed {
				g.add([]string{date(r.Start), r.Trunk, strconv.Itoa(r.Code), strconv.Itoa(r.Reason), r.Phrase}, 1, int64(flag01(r.Result == "success")))
			}
			return g.rows()
		},
		"SELECT tenant_id, dt::VARCHAR, trunk_fqdn, final_sip_code::VARCHAR, call_end_sub_reason::VARCHAR, phrase, attempts::BIGINT, answered::BIGINT FROM metric_direct_routing_codes",
	},
	{
		"billed", "metric_pstn_costs",
		[]string{
			"day VARCHAR", "country VARCHAR", "direction VARCHAR", "charged_to VARCHAR", "context VARCHAR", "operator VARCHAR", "currency VARCHAR",
			"calls BIGINT", "users BIGINT", "seconds BIGINT", "minutes BIGINT", "charge BIGINT", "connection BIGINT", "cost BIGINT", "missing BIGINT",
		},
		billed,
		`SELECT tenant_id, dt::VARCHAR, country, direction, charged_to, destination_context, operator, currency, calls::BIGINT, users::BIGINT, seconds::BIGINT, started_minutes::BIGINT,
			(charge * 100)::BIGINT, (connection_charge * 100)::BIGINT, (cost * 100)::BIGINT, calls_without_charge::BIGINT FROM metric_pstn_costs`,
	},
}

func phoneLegs(f *told) (rows [][]any) {
	for _, r := range f.Routed {
		row := []any{
			date(r.Start), "direct_routing_calls", r.ID, r.Call, text(r.User), directionOf(r.Inbound), r.Other.Number, text(r.Other.Country), r.Other.Masked, instant(r.Start), r.Seconds,
			nil, r.Result, r.Code, r.Trunk, nil, nil, nil, nil,
		}
		if r.Result == "success" {
			row[11] = r.Ring.Microseconds()
		}
		rows = append(rows, row)
	}
	for _, b := range f.Billed {
		row := []any{
			date(b.Start), "pstn_calls", b.ID, nil, text(b.User), b.Direction, b.Other.Number, text(b.Other.Country), b.Other.Masked, instant(b.Start), b.Seconds,
			nil, nil, nil, nil, b.Operator, b.ChargedTo, b.Charge + b.Connection, text(b.Currency),
		}
		if b.Missing {
			row[17] = nil
		}
		rows = append(rows, row)
	}
	return rows
}

func directionOf(inbound bool) string {
	if inbound {
		return "inbound"
	}
	return "outbound"
}

func routed(f *told) [][]any {
	g := grouped{}
	classes := []string{"success", "busy", "no_answer", "rejected", "bad_number", "network"}
	for _, r := range f.Routed {
		numbers := make([]int64, 1+len(classes)+3)
		class := slices.Index(classes, r.Result)
		numbers[0], numbers[1+class] = 1, 1
		numbers[7], numbers[8], numbers[9] = int64(flag01(class == 0)), int64(flag01(class <= 3)), int64(r.Seconds)
		g.add([]string{date(r.Start), r.Trunk, directionOf(r.Inbound)}, numbers...)
	}
	return g.rows()
}

func billed(f *told) [][]any {
	g := grouped{}
	users := map[string]bool{}
	for _, b := range f.Billed {
		country := b.Other.Country
		if b.Direction == "inbound" {
			country = b.Line
		}
		key := []string{date(b.Start), cmp.Or(country, "unknown"), b.Direction, b.ChargedTo, cmp.Or(b.Context, "unknown"), b.Operator, cmp.Or(b.Currency, "unknown")}
		user := strings.Join(key, "\x1f") + b.User
		another := b.User != "" && !users[user]
		users[user] = true
		g.add(key, 1, int64(flag01(another)), int64(b.Seconds), int64((b.Seconds+59)/60), int64(b.Charge), int64(b.Connection), int64(b.Charge+b.Connection), int64(flag01(b.Missing)))
	}
	return g.rows()
}

var ofQuality = []comparison{
	{
		"streams", "metric_streams",
		[]string{"session VARCHAR", "segment VARCHAR", "media BIGINT", "stream BIGINT", "medium VARCHAR", "class VARCHAR", "poor BIGINT"},
		func(f *told) (rows [][]any) {
			for _, s := range f.Streams {
				rows = append(rows, []any{s.Session, s.Segment, s.Media, s.Stream, s.Medium, s.Class, flag01(s.Poor)})
			}
			return rows
		},
		"SELECT tenant_id, session_id, segment_id, media_index::BIGINT, stream_index::BIGINT, medium, cqd_class, cri_poor::BIGINT FROM metric_streams",
	},
	{
		"sides", "metric_stream_sides",
		[]string{
			"day VARCHAR", "session VARCHAR", "segment VARCHAR", "media BIGINT", "stream BIGINT", "role VARCHAR", "class VARCHAR", "person VARCHAR", "platform VARCHAR", "connection VARCHAR",
			"band VARCHAR", "subnet VARCHAR",
		},
		func(f *told) (rows [][]any) {
			for _, s := range f.Streams {
				for role, side := range sides(s) {
					rows = append(rows, []any{f.day(s.Call), s.Session, s.Segment, s.Media, s.Stream, role, s.Class, side.User, side.Platform, side.Connection, side.Band, side.Subnet})
				}
			}
			return rows
		},
		`SELECT tenant_id, dt::VARCHAR, session_id, segment_id, media_index::BIGINT, stream_index::BIGINT, role, cqd_class, user_id, coalesce(platform, 'unknown'),
			coalesce(connection_type, 'unknown'), coalesce(wifi_band, 'unknown'), coalesce(subnet, 'unknown') FROM metric_stream_sides`,
	},
	{
		"networks", "metric_quality_by_network",
		[]string{
			"day VARCHAR", "medium VARCHAR", "role VARCHAR", "subnet VARCHAR", "connection VARCHAR", "band VARCHAR", "platform VARCHAR", "good BIGINT", "poor BIGINT", "unclassified BIGINT",
			"users BIGINT", "poor_of_all BIGINT",
		},
		networks,
		`SELECT tenant_id, dt::VARCHAR, medium, role, subnet, connection_type, wifi_band, platform, good::BIGINT, poor::BIGINT, unclassified::BIGINT, users::BIGINT,
			round(coalesce(poor_percent, 0) * (good + poor) / 100)::BIGINT FROM metric_quality_by_network`,
	},
	{
		"quality", "metric_call_quality",
		[]string{
			"day VARCHAR", "call VARCHAR", "streams BIGINT", "good_audio BIGINT", "poor_audio BIGINT", "unclassified_audio BIGINT", "good_video BIGINT", "poor_video BIGINT",
			"poor_audio_call BOOLEAN", "poor_call BOOLEAN", "cri_poor_call BOOLEAN",
		},
		quality,
		`SELECT tenant_id, dt::VARCHAR, call_id, streams::BIGINT, good_audio::BIGINT, poor_audio::BIGINT, unclassified_audio::BIGINT, good_video::BIGINT, poor_video::BIGINT,
			poor_audio_call = 1, poor_call = 1, cri_poor_call = 1 FROM metric_call_quality`,
	},
}

// sides are those of a stream that are of the tenant, by their roles.
func sides(s graphsim.StreamFact) map[string]graphsim.SideFact {
	all := map[string]graphsim.SideFact{}
	if s.From.User != "" {
		all["sends"] = s.From
	}
	if s.To.User != "" {
		all["receives"] = s.To
	}
	return all
}

func networks(f *told) [][]any {
	g := grouped{}
	users := map[string]bool{}
	for _, s := range f.Streams {
		for role, side := range sides(s) {
			key := []string{f.day(s.Call), s.Medium, role, side.Subnet, side.Connection, side.Band, side.Platform}
			user := strings.Join(key, "\x1f") + side.User
			poor := int64(flag01(s.Class == "poor"))
			g.add(key, int64(flag01(s.Class == "good")), poor, int64(flag01(s.Class == "unclassified")), int64(flag01(!users[user])), poor)
			users[user] = true
		}
	}
	return g.rows()
}

func quality(f *told) (rows [][]any) {
	g := grouped{}
	for _, s := range f.Streams {
		audio, good, poor := s.Medium == "audio", s.Class == "good", s.Class == "poor"
		g.add([]string{f.day(s.Call), s.Call}, 1, int64(flag01(audio && good)), int64(flag01(audio && poor)), int64(flag01(audio && !good && !poor)),
			int64(flag01(!audio && good)), int64(flag01(!audio && poor)), int64(flag01(s.Poor)))
	}
	for _, row := range g.rows() {
		few, video, poor := row[4].(int64), row[7].(int64), row[8].(int64)
		rows = append(rows, append(row[:8:8], few > 0, few+video > 0, poor > 0))
	}
	return rows
}
