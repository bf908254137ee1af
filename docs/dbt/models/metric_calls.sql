WITH lines AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, COUNT(*) AS phone_legs
    FROM {{ source('graphlake', 'call_legs') }} AS call_legs
    WHERE caller_kind = 'pstn' OR callee_kind = 'pstn'
    GROUP BY tenant_id, dt, call_id
), trunks AS NOT MATERIALIZED (
    SELECT tenant_id, correlation_id FROM {% if 'direct_routing_calls' in var('datasets') %}{{ source('graphlake', 'direct_routing_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "correlation_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "end_time", CAST(NULL AS INTEGER) AS "duration_seconds", CAST(NULL AS VARCHAR) AS "direction", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS direct_routing_calls WHERE correlation_id IS NOT NULL GROUP BY tenant_id, correlation_id
)
SELECT
    c.tenant_id, c.dt, c.call_id, c.start_time, c.end_time, CASE WHEN c.organizer_id IN ('excluded', 'erased') THEN NULL ELSE c.organizer_id END AS organizer_id, c.organizer_masked, c.join_web_url, c.call_kind AS kind,
    c.member_count AS members, c.phone_count AS phones, c.outsider_count AS outsiders, c.direction,
    CASE
        WHEN t.correlation_id IS NOT NULL THEN 'direct_routing'
        WHEN c.phone_count > 0 OR l.phone_legs > 0 THEN 'other_pstn'
        ELSE 'voip'
    END AS network,
    c.outcome, COALESCE(c.duration_seconds, 0) AS length_seconds
FROM {{ source('graphlake', 'calls') }} AS c
LEFT JOIN lines AS l ON l.tenant_id = c.tenant_id AND l.dt = c.dt AND l.call_id = c.call_id
LEFT JOIN trunks AS t ON t.tenant_id = c.tenant_id AND t.correlation_id = c.call_id
