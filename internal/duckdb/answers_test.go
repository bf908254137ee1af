package duckdb

import (
	"slices"
	"testing"

	"graphlake/schemas"
)

// expected is what an answer has to say, found again in the records as Graph sent them, without our tables.
type expected struct {
	dataset schemas.Dataset
	query   int
	columns string // of the answer, that are compared
	records string // a query of raw
}

// compared compares whole answers, in any order.
func (l *lake) compared(t *testing.T, seen, members *lake) {
	l.exec(t, "CREATE VIEW raw.channel_members AS FROM read_parquet('"+members.glob("raw", "channel_members")+"')")
	for _, e := range slices.Concat(ofCalls, ofDirectory, ofMessages) {
		q := e.dataset.Queries[e.query]
		got := seen.pairs(t, "SELECT row(%s)::VARCHAR AS answer, '' FROM (%s) ORDER BY answer", e.columns, q.SQL)
		want := l.pairs(t, "SELECT row(*COLUMNS(*))::VARCHAR AS answer, '' FROM (%s) ORDER BY answer", e.records)
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%q: %s is\n%v\nand in the records\n%v", q.Question, e.columns, got, want)
		}
	}
}

var ofCalls = []expected{
	{schemas.CallRecords, 0, "connection, subnet, streams, loss_percent, poor_percent", `
		WITH media AS (
			SELECT unnest(json_extract(record, '$.sessions[*].segments[*].media[*]')) AS m FROM raw.call_records
		), streams AS (
			SELECT m, unnest(json_extract(m, '$.streams[*]')) AS s FROM media WHERE (m->>'$.label') = 'main-audio'
		), numbers AS (
			SELECT
				m->>'$.callerNetwork.connectionType' AS connection, m->>'$.callerNetwork.subnet' AS subnet,
				(s->>'$.averagePacketLossRate')::DOUBLE AS loss,
				regexp_extract(s->>'$.averageJitter', '^PT([\d.]+)S$', 1) AS jitter,
				regexp_extract(s->>'$.averageRoundTripTime', '^PT([\d.]+)S$', 1) AS trip
			FROM streams
			WHERE (s->>'$.streamDirection') = 'callerToCallee' AND (m->>'$.callerNetwork.subnet') IS NOT NULL
		)
		SELECT connection, subnet, count(*) AS streams, round(100 * avg(loss), 2),
			round(100 * count(*) FILTER (loss > 0.1 OR round(1000 * jitter::DOUBLE) > 30 OR round(1000 * trip::DOUBLE) > 500)
				/ count(coalesce(loss::VARCHAR, jitter, trip)), 1) AS poor
		FROM numbers GROUP BY ALL HAVING count(*) >= 5 ORDER BY poor DESC, streams DESC, connection, subnet LIMIT 50`},
	{schemas.CallRecords, 2, "department, meetings, minutes, participants", `
		SELECT
			coalesce(u.record->>'$.department', '(not in the directory)') AS department, count(*),
			round(avg(epoch((c.record->>'$.endDateTime')::TIMESTAMPTZ) - epoch((c.record->>'$.startDateTime')::TIMESTAMPTZ)) / 60, 1),
			round(avg(json_array_length(c.record, '$.participants_v2')), 1)
		FROM raw.call_records c
		LEFT JOIN raw.users u ON (u.record->>'$.id') = (c.record->>'$.organizer_v2.identity.user.id')
		WHERE (c.record->>'$.type') = 'groupCall' GROUP BY department`},
	{schemas.PSTNCalls, 1, "user_id, currency, calls, cost", `
		SELECT
			record->>'$.userId' AS id, record->>'$.currency' AS currency, count(*),
			sum((record->>'$.charge')::DECIMAL(18, 6)) + sum(coalesce((record->>'$.connectionCharge')::DECIMAL(18, 6), 0)) AS cost
		FROM raw.pstn_calls WHERE (record->>'$.userId') IS NOT NULL GROUP BY id, currency
		QUALIFY row_number() OVER (PARTITION BY currency ORDER BY cost DESC, id) <= 5`},
	{schemas.DirectRoutingCalls, 1, "trunk, dt, most_calls", `
		WITH calls AS (
			SELECT
				record->>'$.trunkFullyQualifiedDomainName' AS trunk, (record->>'$.startDateTime')[:10]::DATE AS dt,
				(record->>'$.startDateTime')::TIMESTAMPTZ AS starts, (record->>'$.endDateTime')::TIMESTAMPTZ AS ends
			FROM raw.direct_routing_calls WHERE (record->>'$.successfulCall') = 'true'
		), at_starts AS (
			SELECT a.trunk, a.dt, count(*) AS calls
			FROM calls a JOIN calls b ON b.trunk = a.trunk AND b.dt = a.dt AND b.starts <= a.starts AND b.ends > a.starts
			GROUP BY a.trunk, a.dt, a.starts, a.ends
		)
		SELECT trunk, dt, max(calls) FROM at_starts GROUP BY ALL`},
}

var ofDirectory = []expected{
	{schemas.Users, 1, "product, assigned, of_closed_accounts", `
		WITH products AS (
			SELECT unnest(json_extract(record, '$.subscribedSkus[*]')) AS sku FROM raw.organization
		), licences AS (
			SELECT record, unnest(json_extract_string(record, '$.assignedLicenses[*].skuId')) AS id FROM raw.users
		)
		SELECT sku->>'$.skuPartNumber' AS product, count(*), count(*) FILTER ((record->>'$.accountEnabled') = 'false')
		FROM licences JOIN products ON (sku->>'$.skuId') = id GROUP BY product`},
	{schemas.Groups, 0, "group_id, owners", `
		SELECT record->>'$.id', coalesce(json_array_length(record, '$."owners@delta"'), 0) AS owners FROM raw.groups WHERE owners < 2`},
	{schemas.Teams, 0, "team_id, members, messages, writers", `
		SELECT
			t.record->>'$.id' AS id, (t.record->>'$.summary.membersCount')::INT AS members,
			count(m.record), count(DISTINCT m.record->>'$.from.user.id')
		FROM raw.teams t
		LEFT JOIN raw.channel_messages m ON (m.record->>'$.channelIdentity.teamId') = (t.record->>'$.id')
			AND (m.record->>'$.messageType') = 'message'
		WHERE (t.record->>'$.isArchived') = 'false' GROUP BY id, members`},
	{schemas.ChannelMembers, 0, "channel_id, membership_type, others", `
		WITH channels AS (
			SELECT unnest(json_extract(record, '$.channels[*]')) AS c FROM raw.teams
		)
		SELECT c->>'$.id' AS id, c->>'$.membershipType' AS type, count(*)
		FROM raw.channel_members JOIN channels ON (c->>'$.id') = (record->>'$."@graphlake".parent')
		WHERE (record->>'$.tenantId') <> '4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30'
		GROUP BY id, type`},
	{schemas.ChannelMembers, 1, "channel_id, members, owners", `
		WITH channels AS (
			SELECT unnest(json_extract(record, '$.channels[*]')) AS c FROM raw.teams
		)
		SELECT c->>'$.id' AS id, count(*), count(*) FILTER (list_contains(json_extract_string(record, '$.roles[*]'), 'owner'))
		FROM raw.channel_members JOIN channels ON (c->>'$.id') = (record->>'$."@graphlake".parent')
		WHERE (c->>'$.membershipType') <> 'standard'
		GROUP BY id`},
	{schemas.MailboxSettings, 1, "user_id, status, audience", `
		SELECT
			record->>'$."@graphlake".parent', record->>'$.automaticRepliesSetting.status',
			record->>'$.automaticRepliesSetting.externalAudience'
		FROM raw.mailbox_settings WHERE (record->>'$.automaticRepliesSetting.status') <> 'disabled'`},
}

var ofMessages = []expected{
	{schemas.CalendarEvents, 0, "user_id, meetings, hours, organized", `
		SELECT
			record->>'$."@graphlake".parent' AS id, count(*),
			round(sum(epoch((record->>'$.end.dateTime')::TIMESTAMP) - epoch((record->>'$.start.dateTime')::TIMESTAMP)) / 3600, 1),
			count(*) FILTER ((record->>'$.isOrganizer') = 'true')
		FROM raw.calendar_events
		WHERE NOT removed AND (record->>'$.isCancelled') = 'false' AND (record->>'$.isAllDay') = 'false'
			AND (record->>'$.showAs') = 'busy' AND (record->>'$.responseStatus.response') IN ('accepted', 'organizer')
		GROUP BY id`},
	{schemas.CalendarEvents, 1, "invited, invitations, accepted_percent, declined_percent, unanswered_percent", `
		WITH events AS (
			SELECT
				len(list_filter(json_extract_string(record, '$.attendees[*].type'), lambda x: x <> 'resource')) AS size,
				record->>'$.responseStatus.response' AS response
			FROM raw.calendar_events
			WHERE NOT removed AND (record->>'$.isCancelled') = 'false' AND (record->>'$.isOrganizer') = 'false'
		)
		SELECT
			CASE WHEN size > 8 THEN 'more than 8' WHEN size > 2 THEN '3 to 8' ELSE '1 to 2' END AS invited, count(*),
			round(100 * count(*) FILTER (response = 'accepted') / count(*), 1),
			round(100 * count(*) FILTER (response = 'declined') / count(*), 1),
			round(100 * count(*) FILTER (response = 'notResponded') / count(*), 1)
		FROM events WHERE size > 0 GROUP BY invited`},
	{schemas.Chats, 0, "chat_type, chats, silent_chats", `
		SELECT
			c.record->>'$.chatType' AS kind, count(*),
			count(*) FILTER ((c.record->>'$.id') NOT IN (
				SELECT record->>'$.chatId' FROM raw.chat_messages
				WHERE (record->>'$.messageType') = 'message' AND (record->>'$.createdDateTime') >= '2026-11-20'))
		FROM raw.chats c GROUP BY kind`},
	{schemas.Chats, 1, "chat_type, chats, members, with_others", `
		SELECT
			record->>'$.chatType' AS kind, count(*), round(avg(json_array_length(record, '$.members')), 1),
			count(*) FILTER (EXISTS (
				SELECT 1 FROM unnest(json_extract_string(record, '$.members[*].tenantId')) AS m(id)
				WHERE id <> '4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30'))
		FROM raw.chats WHERE json_array_length(record, '$.members') > 0 GROUP BY kind`},
	{schemas.ChatMessages, 0, "department, people, messages, words, out_of_hours_percent", `
		WITH zones(zone, hours) AS (
			VALUES ('W. Europe Standard Time', 1), ('GMT Standard Time', 0), ('India Standard Time', 5.5), ('Pacific Standard Time', -8)
		), hours AS (
			SELECT
				record->>'$."@graphlake".parent' AS id, hours, record->'$.workingHours.daysOfWeek' AS days,
				(record->>'$.workingHours.startTime')[:5] AS starts, (record->>'$.workingHours.endTime')[:5] AS ends
			FROM raw.mailbox_settings JOIN zones ON zone = (record->>'$.workingHours.timeZone.name')
		), written AS (
			SELECT
				m.record, u.record->>'$.department' AS department, h.*,
				(m.record->>'$.createdDateTime')[:19]::TIMESTAMP + to_minutes((60 * hours)::INT) AS clock
			FROM raw.chat_messages m
			JOIN raw.users u ON (u.record->>'$.id') = (m.record->>'$.from.user.id')
			LEFT JOIN hours h ON h.id = (m.record->>'$.from.user.id')
			WHERE (m.record->>'$.messageType') = 'message' AND (u.record->>'$.department') IS NOT NULL
		)
		SELECT
			department, count(DISTINCT record->>'$.from.user.id'), count(*),
			round(avg((record->>'$."@graphlake".body.words')::INT), 1),
			round(100 * count(*) FILTER (NOT (list_contains(days->>'$[*]', strftime(clock, '%A').lower())
				AND strftime(clock, '%H:%M') >= starts AND strftime(clock, '%H:%M') < ends)) / count(id), 1)
		FROM written GROUP BY department`},
	{schemas.ChatMessages, 1, "reaction_type, reactions, median_minutes", `
		WITH reactions AS (
			SELECT record->>'$.createdDateTime' AS written, unnest(json_extract(record, '$.reactions[*]')) AS r FROM raw.chat_messages
		)
		SELECT
			r->>'$.reactionType' AS kind, count(*),
			round(median(epoch((r->>'$.createdDateTime')::TIMESTAMPTZ) - epoch(written::TIMESTAMPTZ)) / 60, 1)
		FROM reactions GROUP BY kind`},
	{schemas.ChannelMessages, 1, "team, channel, messages, people, replies", `
		WITH channels AS (
			SELECT record->>'$.displayName' AS team, unnest(json_extract(record, '$.channels[*]')) AS c FROM raw.teams
		)
		SELECT
			team, c->>'$.displayName' AS channel, count(*) AS messages,
			count(DISTINCT record->>'$.from.user.id'), count(record->>'$.replyToId')
		FROM raw.channel_messages JOIN channels ON (c->>'$.id') = (record->>'$.channelIdentity.channelId')
		WHERE (record->>'$.messageType') = 'message'
		GROUP BY team, channel, c ORDER BY messages DESC, team, channel LIMIT 20`},
}
