WITH lines AS {{inline}}(
    SELECT tenant_id, dt, call_id, COUNT(*) AS phone_legs
    FROM call_legs
    WHERE caller_kind = 'pstn' OR callee_kind = 'pstn'
    GROUP BY tenant_id, dt, call_id
), trunks AS {{inline}}(
    SELECT tenant_id, correlation_id FROM direct_routing_calls WHERE correlation_id IS NOT NULL GROUP BY tenant_id, correlation_id
)
SELECT
    c.tenant_id, c.dt, c.call_id, c.start_time, c.end_time, CASE WHEN {{nobody "c.organizer_id"}} THEN NULL ELSE c.organizer_id END AS organizer_id, c.organizer_masked, c.join_web_url, c.call_kind AS kind,
    c.member_count AS members, c.phone_count AS phones, c.outsider_count AS outsiders, c.direction,
    CASE
        WHEN t.correlation_id IS NOT NULL THEN 'direct_routing'
        WHEN c.phone_count > 0 OR l.phone_legs > 0 THEN 'other_pstn'
        ELSE 'voip'
    END AS network,
    c.outcome, COALESCE(c.duration_seconds, 0) AS length_seconds
FROM calls AS c
LEFT JOIN lines AS l ON l.tenant_id = c.tenant_id AND l.dt = c.dt AND l.call_id = c.call_id
LEFT JOIN trunks AS t ON t.tenant_id = c.tenant_id AND t.correlation_id = c.call_id
