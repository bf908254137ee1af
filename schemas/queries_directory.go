package schemas

var queriesOfUsers = []Query{
	{"Which people have no manager?", `
SELECT tenant_id, user_id, display_name, department, job_title
FROM users_current
WHERE manager_id IS NULL AND account_enabled AND user_type = 'Member'
ORDER BY tenant_id, department, display_name`},
	{"How many licences of each product are assigned, and how many of them to accounts that may not sign in?", `
SELECT
    s.sku_part_number AS product,
    count(*) AS assigned,
    count(*) FILTER (NOT u.account_enabled) AS of_closed_accounts
FROM user_licenses_current l
JOIN users_current u USING (tenant_id, user_id)
JOIN subscribed_skus_current s USING (tenant_id, sku_id)
GROUP BY ALL
ORDER BY of_closed_accounts DESC, product`},
	{"Who reports to whom, and how many people are below each manager?", `
WITH RECURSIVE below AS (
    SELECT tenant_id, manager_id, user_id, 1 AS depth
    FROM users_current
    WHERE manager_id IS NOT NULL
    UNION
    SELECT b.tenant_id, u.manager_id, b.user_id, b.depth + 1
    FROM below b
    JOIN users_current u ON u.tenant_id = b.tenant_id AND u.user_id = b.manager_id
    WHERE u.manager_id IS NOT NULL AND b.depth < 20
)
SELECT
    m.tenant_id,
    m.user_id,
    m.display_name,
    count(*) FILTER (depth = 1) AS direct_reports,
    count(DISTINCT below.user_id) AS people
FROM below
JOIN users_current m ON m.tenant_id = below.tenant_id AND m.user_id = below.manager_id
GROUP BY ALL
ORDER BY people DESC, m.user_id`},
}

var queriesOfGroups = []Query{
	{"Which groups have nobody, or one person only, who owns them and can act?", `
SELECT g.tenant_id, g.group_id, g.display_name, g.visibility, count(o.owner_id) AS owners, count(u.user_id) AS active_owners
FROM groups_current g
LEFT JOIN group_owners_current o USING (tenant_id, group_id)
LEFT JOIN users_current u ON u.tenant_id = o.tenant_id AND u.user_id = o.owner_id AND u.account_enabled
GROUP BY ALL
HAVING count(u.user_id) < 2
ORDER BY active_owners, g.group_id`},
	{"How large are the groups, and how many guests are in them?", `
SELECT
    g.tenant_id,
    g.group_id,
    g.display_name,
    count(u.user_id) AS people,
    count(u.user_id) FILTER (u.user_type = 'Guest') AS guests
FROM groups_current g
JOIN group_members_current m USING (tenant_id, group_id)
LEFT JOIN users_current u ON u.tenant_id = m.tenant_id AND u.user_id = m.member_id
GROUP BY ALL
ORDER BY people DESC, g.group_id`},
}

var queriesOfOrganization = []Query{
	{"Which licences are bought and not used?", `
SELECT
    tenant_id,
    sku_part_number AS product,
    enabled_units AS bought,
    consumed_units AS used,
    enabled_units - consumed_units AS unused
FROM subscribed_skus_current
WHERE capability_status = 'Enabled' AND enabled_units > consumed_units
ORDER BY unused DESC`},
}

var queriesOfTeams = []Query{
	{"Which teams are used least: who wrote in them within a week?", `
SELECT
    t.tenant_id,
    t.team_id,
    t.display_name,
    t.members_count AS members,
    count(m.message_id) AS messages,
    count(DISTINCT m.from_user_id) AS writers
FROM teams_current t
LEFT JOIN channel_messages m ON m.tenant_id = t.tenant_id AND m.team_id = t.team_id
    AND m.message_type = 'message' AND m.dt >= '2026-11-16' AND m.dt < '2026-11-23'
WHERE NOT t.is_archived
GROUP BY ALL
ORDER BY messages, t.team_id`},
	{"How many channels have the teams, and how many of these are not open to all of the team?", `
SELECT
    t.tenant_id,
    t.team_id,
    t.display_name,
    count(*) AS channels,
    count(*) FILTER (c.membership_type <> 'standard') AS closed_channels
FROM teams_current t
JOIN channels_current c USING (tenant_id, team_id)
GROUP BY ALL
ORDER BY channels DESC, t.team_id`},
}

var queriesOfChannelMembers = []Query{
	{"Which channels have members of other tenants?", `
SELECT c.tenant_id, c.team_id, c.channel_id, c.display_name, c.membership_type, count(*) AS others
FROM channel_members_current m
JOIN channels_current c USING (tenant_id, team_id, channel_id)
WHERE m.member_tenant_id <> m.tenant_id
GROUP BY ALL
ORDER BY others DESC, c.channel_id`},
	{"How many people belong to each channel that is not open to all of its team?", `
SELECT
    c.tenant_id,
    c.team_id,
    c.channel_id,
    c.display_name,
    count(*) AS members,
    count(*) FILTER (m.roles LIKE '%owner%') AS owners
FROM channels_current c
JOIN channel_members_current m USING (tenant_id, team_id, channel_id)
WHERE c.membership_type <> 'standard'
GROUP BY ALL
ORDER BY members DESC, c.channel_id`},
}

var queriesOfPresence = []Query{
	{"What share of the people is available, busy or away, by department and time?", `
SELECT
    p.observed_time,
    u.department,
    p.availability,
    count(*) AS people,
    round(100 * count(*) / sum(count(*)) OVER (PARTITION BY p.observed_time, u.department), 1) AS percent
FROM presence p
JOIN users_current u USING (tenant_id, user_id)
WHERE p.dt = '2026-11-23' AND u.department IS NOT NULL
GROUP BY p.observed_time, u.department, p.availability
ORDER BY p.observed_time, u.department, people DESC`},
}

var queriesOfMailboxSettings = []Query{
	{"In which time zones do people work, and from when to when?", `
SELECT
    working_hours_iana_time_zone AS time_zone,
    working_hours_start AS starts,
    working_hours_end AS ends,
    count(*) AS people
FROM mailbox_settings_current
WHERE user_purpose = 'user' AND working_hours_iana_time_zone IS NOT NULL
GROUP BY ALL
ORDER BY people DESC, time_zone, starts`},
	{"Who answers automatically, and whom?", `
SELECT
    m.tenant_id,
    m.user_id,
    u.display_name,
    m.automatic_replies_status AS status,
    m.automatic_replies_external_audience AS audience
FROM mailbox_settings_current m
JOIN users_current u USING (tenant_id, user_id)
WHERE m.automatic_replies_status <> 'disabled'
ORDER BY u.display_name`},
}
