package schemas

// Whose streams these are, and of which quality, is computed of each stream (streamQuality).
var queriesOfCalls = []Query{
	{"Which networks have poor audio, and is it loss, jitter or delay?", `
SELECT
    receiver_connection_type AS connection,
    receiver_subnet AS subnet,
    count(*) AS streams,
    count(*) FILTER (cqd_class = 'poor') AS poor,
    round(100 * count(*) FILTER (cqd_class = 'poor') / count(*), 1) AS poor_percent,
    count(*) FILTER (cqd_class = 'poor' AND average_packet_loss_rate > 0.1) AS by_loss,
    count(*) FILTER (cqd_class = 'poor' AND average_jitter_ms > 30) AS by_jitter,
    count(*) FILTER (cqd_class = 'poor' AND average_round_trip_time_ms > 500) AS by_delay
FROM call_media_streams
WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND NOT is_test AND medium = 'audio' AND cqd_class IN ('good', 'poor')
    AND receiver_tenant_id = tenant_id AND receiver_subnet IS NOT NULL
GROUP BY ALL
HAVING count(*) >= 5
ORDER BY poor_percent DESC, streams DESC, connection, subnet
LIMIT 50`},
	{"How many sessions fail, at which stage, and on which platform?", `
SELECT
    caller_platform AS platform,
    count(*) AS sessions,
    count(*) FILTER (failure_stage = 'callSetup') AS failed_in_setup,
    count(*) FILTER (failure_stage = 'midcall') AS failed_in_call,
    round(100 * count(failure_stage) / count(*), 1) AS failed_percent
FROM call_sessions
WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND NOT is_test
GROUP BY ALL
ORDER BY sessions DESC`},
	{"Which departments hold the meetings, how long are they, and how many people were there?", `
WITH sizes AS (
    SELECT tenant_id, dt, call_id, count(*) AS people
    FROM call_persons
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23'
    GROUP BY ALL
)
SELECT
    coalesce(u.department, '(not in the directory)') AS department,
    count(*) AS meetings,
    round(avg(c.duration_seconds) / 60, 1) AS minutes,
    round(avg(s.people), 1) AS people
FROM calls c
JOIN sizes s USING (tenant_id, dt, call_id)
LEFT JOIN users_current u ON u.tenant_id = c.tenant_id AND u.user_id = c.organizer_user_id
WHERE c.dt >= '2026-11-16' AND c.dt < '2026-11-23' AND c.call_kind = 'meeting'
GROUP BY ALL
ORDER BY meetings DESC`},
}

var queriesOfPSTNCalls = []Query{
	{"How many minutes are called, and what do they cost, by country?", `
SELECT
    usage_country_code AS country,
    destination_context AS destination,
    currency,
    count(*) AS calls,
    round(sum(duration_seconds) / 60, 1) AS minutes,
    sum(charge + coalesce(connection_charge, 0)) AS cost
FROM pstn_calls
WHERE dt >= '2026-11-16' AND dt < '2026-11-23'
GROUP BY ALL
ORDER BY country, cost DESC`},
	{"Who calls for the most money, in each currency?", `
SELECT
    p.tenant_id,
    p.user_id,
    u.display_name,
    u.department,
    p.currency,
    count(*) AS calls,
    sum(p.charge + coalesce(p.connection_charge, 0)) AS cost
FROM pstn_calls p
LEFT JOIN users_current u USING (tenant_id, user_id)
WHERE p.dt >= '2026-11-16' AND p.dt < '2026-11-23' AND p.user_id IS NOT NULL
GROUP BY p.tenant_id, p.user_id, u.display_name, u.department, p.currency
QUALIFY row_number() OVER (PARTITION BY p.tenant_id, p.currency ORDER BY cost DESC, p.user_id) <= 5
ORDER BY p.tenant_id, p.currency, cost DESC`},
}

var queriesOfDirectRoutingCalls = []Query{
	{"Which trunk fails, and with which SIP code?", `
SELECT
    trunk_fqdn AS trunk,
    final_sip_code AS sip_code,
    any_value(final_sip_code_phrase) AS phrase,
    count(*) AS failed,
    round(100 * count(*) / any_value(of_trunk), 1) AS percent_of_trunk
FROM (
    SELECT *, count(*) OVER (PARTITION BY trunk_fqdn) AS of_trunk
    FROM direct_routing_calls
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23'
)
WHERE NOT successful_call
GROUP BY trunk, sip_code
ORDER BY trunk, failed DESC`},
	{"How busy is each trunk: the most calls at one time?", `
WITH changes AS (
    SELECT trunk_fqdn AS trunk, dt, call_time AS instant, 1 AS change
    FROM direct_routing_calls
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND successful_call
    UNION ALL
    SELECT trunk_fqdn, dt, end_time, -1
    FROM direct_routing_calls
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23' AND successful_call
), busy AS (
    SELECT trunk, dt, sum(change) OVER (PARTITION BY trunk, dt ORDER BY instant, change) AS calls
    FROM changes
)
SELECT trunk, dt, max(calls) AS most_calls
FROM busy
GROUP BY ALL
ORDER BY trunk, dt`},
}
