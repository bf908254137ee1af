package duckdb

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
)

// wrong is how a query of docs/query.md begins that says something else than its section's first one.
const wrong = "-- Wrong"

// asked are the queries of docs/query.md by the headings that they stand under.
func asked(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs/query.md"))
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string][]string{}
	for _, section := range regexp.MustCompile(`(?m)^##+ `).Split(string(page), -1)[1:] {
		heading, text, _ := strings.Cut(section, "\n")
		for _, q := range fenced.FindAllStringSubmatch(text, -1) {
			queries[heading] = append(queries[heading], strings.TrimSuffix(strings.TrimSpace(q[1]), ";"))
		}
	}
	return queries
}

// A trap is a section of docs/query.md whose first query is right and whose last is wrong. Each is asked for a number that is known.
type trap struct {
	section string
	of      string // what is asked of the answer of the first
	wrongOf string // what is asked of the answer of the last; as of the first if empty
	want    float64
}

// differ: the first query of a section gives the number, the last another one.
func (l *lake) differ(t *testing.T, traps []trap) {
	t.Helper()
	for _, c := range traps {
		queries := asked(t)[c.section]
		if len(queries) != 2 || strings.HasPrefix(queries[0], wrong) || !strings.HasPrefix(queries[1], wrong) {
			t.Errorf("%s has not a right and a wrong query, but\n%s", c.section, strings.Join(queries, "\n"))
			continue
		}
		if got := l.float(t, c.of, queries[0]); !near(got, c.want) {
			t.Errorf("%s: %s is %v, want %v", c.section, c.of, got, c.want)
		}
		if got := l.float(t, cmp.Or(c.wrongOf, c.of), queries[1]); near(got, c.want) {
			t.Errorf("%s: the wrong query is right: %v", c.section, got)
		}
	}
}

// float is 0 where a sum has nothing to add up.
func (l *lake) float(t *testing.T, of, query string) float64 {
	t.Helper()
	text := l.rowTexts(t, "SELECT coalesce("+of+", 0)::DOUBLE FROM ("+query+")")
	n, err := strconv.ParseFloat(text[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// near allows for what tables have no digits for: Graph's instants have tenths of microseconds.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-6*max(1, math.Abs(b)) }

// traps compares the queries of docs/query.md with what happened in the simulated tenant.
func (l *lake) traps(t *testing.T) {
	people, err := strconv.Atoi(users)
	if err != nil {
		t.Fatal(err)
	}
	day := func(n, hour, minute int) time.Time { return time.Date(2026, 11, n, hour, minute, 0, 0, time.UTC) }
	facts := graphsim.New(graphsim.Options{Seed: 1, Users: people, From: day(16, 0, 0), To: day(23, 0, 0), Now: func() time.Time { return day(23, 2, 30) }}).Facts()
	traps := slices.Concat(callTraps(facts), telephoneTraps(facts), l.peopleTraps(t, facts))
	seen := l.views(t) // in a session by the clock of Auckland
	seen.differ(t, traps)

	known := []string{"Quiet days and gaps"} // of TestCoverage
	for _, c := range append(traps, byHand...) {
		known = append(known, c.section)
	}
	for section, queries := range asked(t) {
		if slices.ContainsFunc(queries, func(q string) bool { return strings.HasPrefix(q, wrong) }) && !slices.Contains(known, section) {
			t.Errorf("%s has a wrong query that no test compares", section)
		}
	}
}

func callTraps(f graphsim.Facts) []trap {
	var onMonday, short, untaken float64
	for _, c := range f.Calls {
		if c.Start.Day() == 16 {
			onMonday++
		}
		if c.End.Sub(c.Start) < time.Minute {
			short++
		}
	}
	for _, l := range f.Legs {
		if l.Caller.Kind == "queue" && l.Callee.Kind == "user" && l.Outcome != "answered" && l.Outcome != "answered_elsewhere" {
			untaken++
		}
	}
	var waited, answered float64
	for _, j := range f.Journeys {
		if j.Result == "agent_answered" {
			waited += j.Wait.Seconds()
			answered++
		}
	}
	return []trap{
		{"Calls a day", "sum(calls) FILTER (dt = DATE '2026-11-16')", "", onMonday},
		{"How long calls last", "sum(below_a_minute)", "", short},
		{"Missed and returned calls", "sum(missed)", "", float64(len(f.Missed))},
		{"Talk time", "sum(hours)", "", talked(f).Hours()},
		{"Waiting in queues", "sum(answered * mean_answer_seconds) / sum(answered)", "max(mean_answer_seconds)", waited / answered},
		{"What agents of a queue did not take", "sum(rung) FILTER (outcome NOT IN ('answered', 'answered_elsewhere'))", "sum(missed)", untaken},
		{"How many calls at once", "max(peak)", "", float64(mostAtOnce(f.Calls))},
	}
}

// talked is how long people of the tenant talked, each instant of somebody once: of all calls that began on a day.
func talked(f graphsim.Facts) (all time.Duration) {
	days := map[string]int{}
	for _, c := range f.Calls {
		days[c.Call] = c.Start.Day()
	}
	type someone struct {
		id  string
		day int
	}
	legs := map[someone][]graphsim.LegFact{}
	for _, l := range f.Legs {
		for _, end := range []graphsim.EndFact{l.Caller, l.Callee} {
			if end.Kind == "user" && l.Talk > 0 {
				who := someone{end.ID, days[l.Call]}
				legs[who] = append(legs[who], l)
			}
		}
	}
	for _, of := range legs {
		slices.SortFunc(of, func(a, b graphsim.LegFact) int { return a.Start.Compare(b.Start) })
		var until time.Time
		for _, l := range of {
			if l.Start.After(until) {
				until = l.Start
			}
			if l.End.After(until) {
				all += l.End.Sub(until)
				until = l.End
			}
		}
	}
	return all
}

// mostAtOnce is found at the start of a call.
func mostAtOnce(calls []graphsim.CallFact) (most int) {
	for _, a := range calls {
		n := 0
		for _, b := range calls {
			if a.Kind != "test" && b.Kind != "test" && !b.Start.After(a.Start) && b.End.After(a.Start) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func telephoneTraps(f graphsim.Facts) []trap {
	var francs, through float64
	for _, b := range f.Billed {
		if b.Currency == "CHF" && !b.Missing {
			francs += float64(b.Charge+b.Connection) / 100
		}
	}
	for _, r := range f.Routed {
		if r.Result == "success" {
			through++
		}
	}
	return []trap{
		{"What the telephone costs", "sum(cost) FILTER (currency = 'CHF')", "sum(cost)", francs},
		{"Which trunk fails", "sum(answered)", "", through},
	}
}

// peopleTraps need what the records say of the directory and of networks, too.
func (l *lake) peopleTraps(t *testing.T, f graphsim.Facts) []trap {
	ids := func(records string) map[string]bool {
		all := map[string]bool{}
		for _, p := range l.pairs(t, "SELECT record->>'$.id', '' FROM %s", records) {
			all[p[0]] = true
		}
		return all
	}
	// A message that was edited after the range that the demo reads is for the next night.
	messages := ids("(SELECT record FROM raw.chat_messages UNION ALL SELECT record FROM raw.channel_messages)")
	var outside, active, inMeetings, known float64
	for _, m := range f.Messages {
		if m.Hours == "outside" && messages[m.ID] {
			outside++
		}
	}
	for _, a := range f.Active {
		active += float64(len(a.Users))
	}
	meeting := map[string]bool{}
	for _, c := range f.Calls {
		meeting[c.Call] = c.Kind == "meeting"
	}
	directory := ids("raw.users")
	for _, p := range f.Persons {
		if meeting[p.Call] {
			inMeetings++
		}
		if directory[p.Person] {
			known++
		}
	}
	return []trap{
		{"Work out of hours", "sum(outside)", "", outside},
		{"Active users", "sum(active_1_day)", "", active},
		{"Who was in meetings, and who came late", "sum(people)", "", inMeetings},
		{"People as of a day", "sum(person_calls)", "", known},
		{"Quality by network", "sum(poor)", "", float64(l.number(t, poorlyReceived, firstTenant))},
	}
}

// poorlyReceived counts in the records, without our tables, the poor audio streams that people of a tenant received.
const poorlyReceived = `
	WITH sessions AS (
		SELECT unnest(json_extract(record, '$.sessions[*]')) AS s FROM raw.call_records
	), media AS (
		SELECT s, unnest(json_extract(s, '$.segments[*].media[*]')) AS m FROM sessions WHERE (s->>'$.isTest') IS DISTINCT FROM 'true'
	), streams AS (
		SELECT s, unnest(json_extract(m, '$.streams[*]')) AS x FROM media WHERE lower(m->>'$.label') LIKE '%%audio%%'
	)
	SELECT count(*) FROM streams
	WHERE if((x->>'$.streamDirection') = 'callerToCallee', s->>'$.callee.associatedIdentity.tenantId', s->>'$.caller.associatedIdentity.tenantId') = '%s'
		AND (x->>'$.packetUtilization')::BIGINT > 500
		AND ((x->>'$.averagePacketLossRate')::DOUBLE > 0.1
			OR round(1000 * regexp_extract(x->>'$.averageJitter', '^PT([\d.]+)S$', 1)::DOUBLE) > 30
			OR round(1000 * regexp_extract(x->>'$.averageRoundTripTime', '^PT([\d.]+)S$', 1)::DOUBLE) > 500)`

// byHand are the sections of what the simulated tenant has too little of, and what was counted in the rows of TestTrapsByHand.
var byHand = []trap{
	// 9:00 to 10:30 and 11:00 to 12:00. Added up are three hours of meetings, five others and a whole day.
	{"Meeting load", "sum(hours_without_overlap)", "sum(hours)", 2.5},
	// Ann, Bob and Dan have one, two of them in both pictures.
	{"Licences", "sum(assigned)", "", 3},
	// One team has nobody, one somebody whose account is disabled, one somebody who left.
	{"Teams without an owner", "count(*) FILTER (active_owners = 0)", "count(*) FILTER (owners = 0)", 3},
	// Nobody ever wrote in one, not for forty days in one, and to one somebody was only added. One that is silent is archived.
	{"Dormant teams", "count(*) FILTER (state = 'dormant')", "", 3},
	// Ann speaks for two minutes, also while she speaks, Bob and Cid for one each. Of the others one has two speakers, one no names, and one was removed.
	{"Who talks how much", "sum(minutes)", "", 4},
	// A minute in which nobody speaks, of one in which Ann and Bob do at once for another; and a minute of one without names.
	{"Which conversations were silent", "sum(silence_seconds)", "", 120},
	// Ann in two conversations, and Cid. In the directory two are called Bob, and nobody Dan.
	{"Who the speakers are", "sum(known)", "", 3},
	// One of each. One begins a sentence, one is a part of another word, and two were removed.
	{"Which words are said", "sum(utterances)", "", 3},
}

// The wrong queries of docs/query.md give other numbers than the right ones, which were counted by hand.
func TestTrapsByHand(t *testing.T) {
	l := empty(t)
	l.exec(t, `
		INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, organizer_address, is_all_day, is_cancelled, removed, show_as, response)
			SELECT 'one', DATE '2026-11-16', 'ann', event, ('2026-11-16 ' || starts || 'Z')::TIMESTAMPTZ, ('2026-11-16 ' || ends || 'Z')::TIMESTAMPTZ, 'ann@example.com',
				false, cancelled, removed, show_as, response
			FROM (VALUES
				('first',     '09:00:00', '10:00:00', false, false, 'busy', 'organizer'),
				('beside it', '09:30:00', '10:30:00', false, false, 'busy', 'accepted'),
				('later',     '11:00:00', '12:00:00', false, false, 'tentative', 'notResponded'),
				('declined',  '13:00:00', '14:00:00', false, false, 'busy', 'declined'),
				('alone',     '14:00:00', '15:00:00', false, false, 'busy', 'organizer'),
				('cancelled', '15:00:00', '16:00:00', true,  false, 'busy', 'accepted'),
				('removed',   '16:00:00', '17:00:00', false, true,  'busy', 'accepted'),
				('free',      '17:00:00', '18:00:00', false, false, 'free', 'accepted')
			) AS v(event, starts, ends, cancelled, removed, show_as, response);
		INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, is_all_day, is_cancelled, removed)
			VALUES ('one', '2026-11-17', 'ann', 'leave', '2026-11-17 00:00:00Z', '2026-11-18 00:00:00Z', true, false, false);
		INSERT INTO event_attendees (tenant_id, dt, user_id, event_id, attendee_index, attendee_type, address)
			SELECT tenant_id, dt, user_id, event_id, 0, 'required', 'bob@example.com' FROM calendar_events WHERE event_id <> 'alone';

		INSERT INTO users_current (tenant_id, user_id, account_enabled) VALUES ('one', 'ann', true), ('one', 'bob', true), ('one', 'dan', true), ('one', 'old', false);
		INSERT INTO user_licenses (tenant_id, dt, user_id, sku_id) VALUES
			('one', '2026-11-22', 'ann', 'e5'), ('one', '2026-11-22', 'bob', 'e5'), ('one', '2026-11-23', 'ann', 'e5'), ('one', '2026-11-23', 'bob', 'e5'), ('one', '2026-11-23', 'dan', 'e5');
		INSERT INTO user_licenses_current BY NAME SELECT * EXCLUDE (dt) FROM user_licenses WHERE dt = DATE '2026-11-23';
		INSERT INTO subscribed_skus_current (tenant_id, subscribed_sku_id, sku_id, sku_part_number, applies_to, enabled_units, consumed_units)
			VALUES ('one', 'q', 'e5', 'E5', 'User', 10, 3);

		INSERT INTO teams_current (tenant_id, team_id, display_name, is_archived) VALUES
			('one', 'sales', 'Sales', false), ('one', 'legal', 'Legal', false), ('one', 'quiet', 'Quiet', false), ('one', 'added', 'Added to', false), ('one', 'past', 'Past', true);
		INSERT INTO group_owners_current (tenant_id, group_id, owner_id) VALUES ('one', 'sales', 'ann'), ('one', 'legal', 'old'), ('one', 'quiet', 'gone'), ('one', 'past', 'bob');
		INSERT INTO channel_messages (tenant_id, dt, team_id, channel_id, message_id, created_time, message_type, from_user_id) VALUES
			('one', '2026-11-22', 'sales', 'k1', '1', '2026-11-22 09:00:00Z', 'message', 'ann'),
			('one', '2026-10-13', 'legal', 'k2', '2', '2026-10-13 09:00:00Z', 'message', 'bob'),
			('one', '2026-11-20', 'added', 'k3', '3', '2026-11-20 09:00:00Z', 'systemEventMessage', NULL);

		INSERT INTO transcripts (tenant_id, dt, transcript_id, source, created_time, content_state, attributed, removed) VALUES
			('one', '2026-11-16', 't1', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, false), ('one', '2026-11-16', 't2', 'scheduled', '2026-11-16 10:00:00Z', 'present', true, false),
			('one', '2026-11-16', 't3', 'scheduled', '2026-11-16 11:00:00Z', 'present', false, false), ('one', '2026-11-16', 't4', 'scheduled', '2026-11-16 12:00:00Z', 'present', true, true);
		INSERT INTO utterances (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name, text, removed)
			SELECT 'one', DATE '2026-11-16', id, row_number() OVER (), starts * 60000, ends * 60000, name, text, id = 't4' FROM (VALUES
				('t1', 0, 2, 'Ann', 'Refund that.'), ('t1', 0.5, 1.5, 'Ann', 'Press the button.'), ('t1', 1, 2, 'Bob', 'A ton of it.'), ('t1', 3, 4, 'Cid', 'Can I cancel?'),
				('t2', 0, 1, 'Ann', 'Yes.'), ('t2', 1, 2, 'Dan', NULL), ('t3', 0, 1, NULL, NULL), ('t3', 2, 3, NULL, NULL), ('t4', 0, 10, 'Bob', 'cancel and refund')
			) AS v(id, starts, ends, name, text);
		INSERT INTO users_current (tenant_id, user_id, display_name) VALUES ('two', 'ann', 'Ann'), ('one', 'ann2', 'Ann'), ('one', 'bob2', 'Bob'), ('one', 'bob3', 'Bob'), ('one', 'cid', 'Cid');`)
	l.metricViews(t)
	l.differ(t, byHand)
}
