package schemas

var queriesOfTeamMembers = []Query{
	{"How many people belong to each team, and how many of them are guests or of other tenants?", `
SELECT
    tenant_id,
    team_id,
    count(*) AS members,
    count(*) FILTER (roles LIKE '%guest%') AS guests,
    count(*) FILTER (member_tenant_id <> tenant_id) AS of_other_tenants
FROM team_members_current
GROUP BY ALL
ORDER BY of_other_tenants DESC, guests DESC, members DESC, team_id`},
	{"Which teams have fewer than two owners?", `
SELECT t.tenant_id, t.team_id, t.display_name, count(m.membership_id) FILTER (m.roles LIKE '%owner%') AS owners
FROM teams_current t
LEFT JOIN team_members_current m USING (tenant_id, team_id)
GROUP BY ALL
HAVING owners < 2
ORDER BY owners, t.team_id`},
}

var queriesOfIncomingChannels = []Query{
	{"Which teams see channels of other tenants?", `
SELECT i.tenant_id, i.team_id, t.display_name AS team, i.display_name AS channel, i.host_tenant_id
FROM incoming_channels_current i
LEFT JOIN teams_current t USING (tenant_id, team_id)
WHERE i.host_tenant_id <> i.tenant_id
ORDER BY i.team_id, i.channel_id`},
	{"Which channels are shared with most teams, and who hosts them?", `
SELECT
    i.tenant_id,
    i.channel_id,
    any_value(i.display_name) AS channel,
    coalesce(any_value('team ' || c.team_id), any_value('tenant ' || i.host_tenant_id)) AS host,
    count(DISTINCT i.team_id) AS teams
FROM incoming_channels_current i
LEFT JOIN channels_current c USING (tenant_id, channel_id)
GROUP BY ALL
ORDER BY teams DESC, i.channel_id`},
}

var queriesOfJoinedTeams = []Query{
	{"How many teams does each person belong to?", `
SELECT u.tenant_id, u.user_id, u.display_name, u.department, count(j.team_id) AS teams
FROM users_current u
LEFT JOIN joined_teams_current j USING (tenant_id, user_id)
GROUP BY ALL
ORDER BY teams DESC, u.user_id`},
}

var queriesOfSMSLogs = []Query{
	{"How many text messages are sent and got, and what do they cost, by country of the user?", `
SELECT
    user_country_code AS country,
    sms_type,
    currency,
    count(*) AS messages,
    sum(sms_units) AS units,
    sum(charge) AS cost
FROM sms_logs
WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND NOT removed
GROUP BY ALL
ORDER BY country, cost DESC, sms_type`},
}

var queriesOfBlockedUsersLog = []Query{
	{"Who is blocked, since when, and why?", `
SELECT tenant_id, user_id, user_display_name, block_time, block_reason
FROM blocked_users_log
WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND NOT removed
QUALIFY row_number() OVER (PARTITION BY tenant_id, user_id ORDER BY block_time DESC) = 1 AND lower(user_block_mode) = 'blocked'
ORDER BY block_time, user_id`},
}

var queriesOfDialOutLogs = []Query{
	{"Whose conferences call for the most money, in each currency?", `
SELECT
    tenant_id,
    user_id,
    any_value(user_display_name) AS organizer,
    currency,
    sum(calls) AS calls,
    round(sum(call_seconds) / 60, 1) AS minutes,
    sum(charge) AS cost
FROM dial_out_logs
WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND NOT removed
GROUP BY tenant_id, user_id, currency
QUALIFY row_number() OVER (PARTITION BY tenant_id, currency ORDER BY cost DESC, user_id) <= 5
ORDER BY tenant_id, currency, cost DESC, user_id`},
}
