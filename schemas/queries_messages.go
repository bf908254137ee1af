package schemas

var queriesOfCalendarEvents = []Query{
	{"How many hours a week is each person in meetings, and how many of them in two at a time?", `
SELECT
    l.tenant_id,
    l.user_id,
    u.display_name,
    u.department,
    l.meetings,
    round(l.hours_without_overlap, 1) AS hours,
    round(l.double_booked_hours, 1) AS double_booked_hours
FROM metric_meeting_load l
JOIN users_current u USING (tenant_id, user_id)
WHERE l.week = '2026-11-16'
ORDER BY hours DESC, l.user_id
LIMIT 50`},
	{"How many invitations are accepted, declined or not answered, by size of the meeting?", `
WITH sizes AS (
    SELECT tenant_id, user_id, event_id, count(*) AS invited
    FROM event_attendees
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND attendee_type <> 'resource' AND NOT removed
    GROUP BY ALL
)
SELECT
    CASE WHEN s.invited <= 2 THEN '1 to 2' WHEN s.invited <= 8 THEN '3 to 8' ELSE 'more than 8' END AS invited,
    count(*) AS invitations,
    round(100 * avg((e.response = 'accepted')::INT), 1) AS accepted_percent,
    round(100 * avg((e.response = 'declined')::INT), 1) AS declined_percent,
    round(100 * avg((e.response = 'notResponded')::INT), 1) AS unanswered_percent
FROM calendar_events e
JOIN sizes s USING (tenant_id, user_id, event_id)
WHERE e.dt >= '2026-11-16' AND e.dt < '2026-11-23' AND NOT e.is_organizer AND NOT e.removed AND NOT e.is_cancelled
GROUP BY 1
ORDER BY invitations DESC`},
}

var queriesOfChats = []Query{
	{"In how many chats did nobody write for three days, by kind?", `
SELECT
    c.chat_type,
    count(*) AS chats,
    count(*) FILTER (NOT EXISTS (
        SELECT 1
        FROM chat_messages m
        WHERE m.tenant_id = c.tenant_id AND m.chat_id = c.chat_id AND m.message_type = 'message'
            AND m.dt >= '2026-11-20' AND m.dt < '2026-11-23'
    )) AS silent_chats
FROM chats_current c
GROUP BY ALL
ORDER BY chats DESC`},
	{"How large are the chats, and with how many people from outside?", `
WITH sizes AS (
    SELECT tenant_id, chat_id, count(*) AS members, count(*) FILTER (member_tenant_id <> tenant_id) AS others
    FROM chat_members_current
    GROUP BY ALL
)
SELECT
    c.chat_type,
    count(*) AS chats,
    round(avg(s.members), 1) AS members,
    count(*) FILTER (s.others > 0) AS with_others
FROM chats_current c
JOIN sizes s USING (tenant_id, chat_id)
GROUP BY ALL
ORDER BY chats DESC`},
}

var queriesOfChatMessages = []Query{
	{"How much do people write in chats, by department, and how much of it outside of their working hours?", `
WITH written AS (
    SELECT
        u.department,
        m.from_user_id,
        m.word_count,
        m.created_time AT TIME ZONE s.working_hours_iana_time_zone AS local_time,
        contains(s.working_days, lower(dayname(local_time))) AND local_time::TIME >= s.working_hours_start::TIME
            AND local_time::TIME < s.working_hours_end::TIME AS in_hours
    FROM chat_messages m
    JOIN users_current u ON u.tenant_id = m.tenant_id AND u.user_id = m.from_user_id
    LEFT JOIN mailbox_settings_current s ON s.tenant_id = m.tenant_id AND s.user_id = m.from_user_id
    WHERE m.dt >= '2026-11-16' AND m.dt < '2026-11-23' AND m.message_type = 'message' AND u.department IS NOT NULL
)
SELECT
    department,
    count(DISTINCT from_user_id) AS people,
    count(*) AS messages,
    round(avg(word_count), 1) AS words,
    round(100 * avg((NOT in_hours)::INT), 1) AS out_of_hours_percent
FROM written
GROUP BY ALL
ORDER BY messages DESC`},
	{"Which reactions do messages get, and how soon?", `
SELECT
    r.reaction_type,
    count(*) AS reactions,
    round(median(epoch(r.reacted_time - r.message_created_time)) / 60, 1) AS median_minutes
FROM message_reactions r
WHERE r.dt >= '2026-11-16' AND r.dt < '2026-11-23'
GROUP BY ALL
ORDER BY reactions DESC`},
}

var queriesOfChannelMessages = []Query{
	{"How soon do posts in channels get a reply?", `
WITH first_replies AS (
    SELECT tenant_id, team_id, channel_id, reply_to_id AS message_id, min(created_time) AS replied_time
    FROM channel_messages
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND reply_to_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    p.dt,
    count(*) AS posts,
    count(r.replied_time) AS answered,
    round(median(epoch(r.replied_time - p.created_time)) / 60, 1) AS median_minutes
FROM channel_messages p
LEFT JOIN first_replies r USING (tenant_id, team_id, channel_id, message_id)
WHERE p.dt >= '2026-11-16' AND p.dt < '2026-11-23' AND p.reply_to_id IS NULL AND p.message_type = 'message'
GROUP BY p.dt
ORDER BY p.dt`},
	{"Where is most written, and by how many people?", `
SELECT
    m.tenant_id,
    t.display_name AS team,
    c.display_name AS channel,
    count(*) AS messages,
    count(DISTINCT m.from_user_id) AS people,
    count(m.reply_to_id) AS replies
FROM channel_messages m
JOIN teams_current t USING (tenant_id, team_id)
JOIN channels_current c USING (tenant_id, team_id, channel_id)
WHERE m.dt >= '2026-11-16' AND m.dt < '2026-11-23' AND m.message_type = 'message'
GROUP BY m.tenant_id, m.team_id, m.channel_id, team, channel
ORDER BY messages DESC, team, channel
LIMIT 20`},
}
