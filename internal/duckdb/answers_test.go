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
func (l *lake) compared(t *testing.T, seen, other *lake) {
	for _, d := range named {
		l.exec(t, "CREATE VIEW raw."+d.Name+" AS FROM read_parquet('"+other.glob("raw", d.Name)+"')")
	}
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
	{schemas.CallRecords, 0, "connection, subnet, streams, poor, by_loss, by_jitter, by_delay", `
		WITH sessions AS (
			SELECT unnest(json_extract(record, '$.sessions[*]')) AS s FROM raw.call_records
		), media AS (
			SELECT s, unnest(json_extract(s, '$.segments[*].media[*]')) AS m FROM sessions WHERE (s->>'$.isTest') = 'false'
		), streams AS (
			SELECT s, m, unnest(json_extract(m, '$.streams[*]')) AS x FROM media WHERE (m->>'$.label') = 'main-audio'
		), received AS (
			SELECT
				x, if((x->>'$.streamDirection') = 'callerToCallee', m->'$.calleeNetwork', m->'$.callerNetwork') AS network,
				if((x->>'$.streamDirection') = 'callerToCallee', s->'$.callee', s->'$.caller') AS receiver
			FROM streams
		), numbers AS (
			SELECT
				network->>'$.connectionType' AS connection, network->>'$.subnet' AS subnet,
				(x->>'$.averagePacketLossRate')::DOUBLE > 0.1 AS loss,
				round(1000 * regexp_extract(x->>'$.averageJitter', '^PT([\d.]+)S$', 1)::DOUBLE) > 30 AS jitter,
				round(1000 * regexp_extract(x->>'$.averageRoundTripTime', '^PT([\d.]+)S$', 1)::DOUBLE) > 500 AS delay
			FROM received
			WHERE (x->>'$.packetUtilization')::BIGINT > 500 AND (network->>'$.subnet') IS NOT NULL
				AND (receiver->>'$.associatedIdentity.tenantId') = '4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30'
		)
		SELECT connection, subnet, count(*), count(*) FILTER (loss OR jitter OR delay), count(*) FILTER (loss), count(*) FILTER (jitter), count(*) FILTER (delay)
		FROM numbers WHERE coalesce(loss, jitter, delay) IS NOT NULL GROUP BY ALL HAVING count(*) >= 5`},
	{schemas.CallRecords, 2, "department, meetings, minutes, people", `
		WITH meetings AS (
			SELECT
				record->>'$.organizer_v2.identity.user.id' AS organizer,
				epoch((record->>'$.endDateTime')::TIMESTAMPTZ) - epoch((record->>'$.startDateTime')::TIMESTAMPTZ) AS seconds,
				len(list_distinct(flatten(list_transform(json_extract(record, '$.sessions[*]'), lambda s:
					if((s->>'$.isTest') = 'true' OR (s->>'$.failureInfo.stage') = 'callSetup', [], [s->>'$.caller.associatedIdentity.id', s->>'$.callee.associatedIdentity.id']))))) AS people
			FROM raw.call_records WHERE (record->>'$.joinWebUrl') IS NOT NULL
		)
		SELECT coalesce(u.record->>'$.department', '(not in the directory)') AS department, count(*), round(avg(seconds) / 60, 1), round(avg(people), 1)
		FROM meetings
		LEFT JOIN raw.users u ON (u.record->>'$.id') = organizer
		WHERE people > 0
		GROUP BY department`},
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
	{schemas.Groups, 0, "group_id, owners, active_owners", `
		WITH able AS (
			SELECT list(record->>'$.id') AS ids FROM raw.users WHERE (record->>'$.accountEnabled') = 'true'
		), owned AS (
			SELECT record->>'$.id' AS id, coalesce(json_extract_string(record, '$."owners@delta"[*].id'), []) AS owners FROM raw.groups
		)
		SELECT id, len(owners), len(list_intersect(owners, ids)) AS active FROM owned, able WHERE active < 2`},
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
	{schemas.PhoneNumbers, 0, "country, number_type, numbers, unassigned", `
		SELECT coalesce(record->>'$.isoCountryCode', 'unknown') AS country, record->>'$.numberType' AS sort, count(*), count(*) FILTER ((record->>'$.assignmentTargetId') IS NULL)
		FROM raw.phone_numbers GROUP BY country, sort`},
	{schemas.PhoneNumbers, 1, "telephone_number, in_directory", `
		WITH closed AS (SELECT record->>'$.id' AS id FROM raw.users WHERE (record->>'$.accountEnabled') = 'false'), known AS (SELECT record->>'$.id' AS id FROM raw.users)
		SELECT record->>'$.telephoneNumber', (record->>'$.assignmentTargetId') IN (FROM known)
		FROM raw.phone_numbers
		WHERE (record->>'$.assignmentStatus') = 'userAssigned'
			AND ((record->>'$.assignmentTargetId') IN (FROM closed) OR (record->>'$.assignmentTargetId') NOT IN (FROM known))`},
	{schemas.ResourceAccounts, 0, "display_name, kind", `
		SELECT record->>'$.displayName', MAP {'ce933385-9390-45d1-9512-c8d228074e07': 'attendant', '11cd3e2e-fccb-42ad-ad00-878b93575e07': 'queue', '5d0c1f6a-3b7e-4c92-a1d8-06e4f9b27c53': 'other'}[record->>'$.appId']
		FROM raw.resource_accounts`},
	{schemas.TeamsUserConfigurations, 0, "user_id, numbers", `
		SELECT record->>'$.id' AS id, coalesce(json_array_length(record, '$.telephoneNumbers'), 0) AS n
		FROM raw.teams_user_configurations
		WHERE (record->>'$.accountType') <> 'resourceAccount' AND ((record->>'$.isEnterpriseVoiceEnabled') = 'true') <> (n > 0)`},
	{schemas.TeamsUserConfigurations, 1, "policy, name, accounts", `
		WITH held AS (SELECT unnest(json_extract(record, '$.effectivePolicyAssignments[*]')) AS p FROM raw.teams_user_configurations)
		SELECT p->>'$.policyType' AS policy, p->>'$.policyAssignment.displayName' AS name, count(*) FROM held GROUP BY policy, name`},
	{schemas.MailboxSettings, 1, "user_id, status, audience", `
		SELECT
			record->>'$."@graphlake".parent', record->>'$.automaticRepliesSetting.status',
			record->>'$.automaticRepliesSetting.externalAudience'
		FROM raw.mailbox_settings WHERE (record->>'$.automaticRepliesSetting.status') <> 'disabled'`},
}

var ofMessages = []expected{
	{schemas.CalendarEvents, 0, "user_id, meetings, hours", `
		WITH meetings AS (
			SELECT record->>'$."@graphlake".parent' AS id, (record->>'$.start.dateTime')::TIMESTAMP AS begins, (record->>'$.end.dateTime')::TIMESTAMP AS ends
			FROM raw.calendar_events
			WHERE NOT removed AND (record->>'$.isCancelled') = 'false' AND (record->>'$.isAllDay') = 'false' AND begins >= '2026-11-16' AND begins < '2026-11-23'
				AND (record->>'$.showAs') NOT IN ('free', 'oof', 'workingElsewhere') AND (record->>'$.responseStatus.response') <> 'declined'
				AND EXISTS (
					SELECT 1 FROM unnest(json_extract(record, '$.attendees[*]')) AS a(other)
					WHERE (other->>'$.type') <> 'resource' AND (other->>'$.emailAddress.address') <> (record->>'$.organizer.emailAddress.address'))
		), minutes AS (
			SELECT id, count(DISTINCT minute) AS busy FROM (SELECT id, unnest(range(begins, ends, INTERVAL 1 minute)) AS minute FROM meetings) GROUP BY id
		)
		SELECT id, count(*), round(any_value(busy) / 60, 1) FROM meetings JOIN minutes USING (id) GROUP BY id`},
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
