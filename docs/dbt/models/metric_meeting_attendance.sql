WITH stays AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id) AS person_id, l.caller_kind, l.session_id, l.start_time, l.end_time,
        MAX(l.end_time) OVER (PARTITION BY l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id)
            ORDER BY l.start_time, l.end_time, l.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM {{ ref('metric_call_legs') }} AS l
    JOIN {{ ref('metric_calls') }} AS c ON c.tenant_id = l.tenant_id AND c.dt = l.dt AND c.call_id = l.call_id
    WHERE c.kind = 'meeting' AND l.outcome = 'joined' AND l.caller_kind <> 'nobody' AND l.end_time >= l.start_time
), planned AS NOT MATERIALIZED (
    SELECT
        c.tenant_id, c.dt, c.call_id, e.start_time AS planned_start, e.end_time AS planned_end,
        ROW_NUMBER() OVER (PARTITION BY c.tenant_id, c.dt, c.call_id
            ORDER BY ABS(((epoch_us(c.start_time) - epoch_us(e.start_time)) / 1e6)), e.start_time, e.event_id) AS nearest
    FROM {{ ref('metric_calls') }} AS c
    JOIN {% if 'calendar_events' in var('datasets') %}{{ source('graphlake', 'calendar_events') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "event_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "end_time", CAST(NULL AS BOOLEAN) AS "removed", CAST(NULL AS BOOLEAN) AS "is_cancelled", CAST(NULL AS BOOLEAN) AS "is_organizer", CAST(NULL AS VARCHAR) AS "join_url", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS e ON e.tenant_id = c.tenant_id AND e.join_url = c.join_web_url
    WHERE c.kind = 'meeting' AND e.is_organizer AND NOT e.removed AND NOT e.is_cancelled
        AND c.start_time < (e.end_time + to_seconds(900)) AND c.end_time > (e.start_time + to_seconds(-900))
)
SELECT
    s.tenant_id, s.dt, s.call_id, s.person_id, MIN(s.caller_kind) AS person_kind,
    MIN(s.start_time) AS first_join, MAX(s.end_time) AS last_leave, MIN(p.planned_start) AS planned_start,
    SUM(CASE WHEN s.covered_until IS NULL OR s.covered_until < s.start_time THEN 1 ELSE 0 END) AS stays,
    SUM(CASE
        WHEN s.covered_until IS NULL OR s.covered_until <= s.start_time THEN ((epoch_us(s.end_time) - epoch_us(s.start_time)) / 1e6)
        WHEN s.covered_until < s.end_time THEN ((epoch_us(s.end_time) - epoch_us(s.covered_until)) / 1e6)
        ELSE 0
    END) AS seconds,
    ((epoch_us(MIN(s.start_time)) - epoch_us(MIN(COALESCE(p.planned_start, c.start_time)))) / 1e6) AS join_delay_seconds,
    CASE WHEN ((epoch_us(MIN(s.start_time)) - epoch_us(MIN(COALESCE(p.planned_start, c.start_time)))) / 1e6) > 300 THEN 1 ELSE 0 END AS late
FROM stays AS s
JOIN {{ source('graphlake', 'calls') }} AS c ON c.tenant_id = s.tenant_id AND c.dt = s.dt AND c.call_id = s.call_id
LEFT JOIN planned AS p ON p.tenant_id = s.tenant_id AND p.dt = s.dt AND p.call_id = s.call_id AND p.nearest = 1
GROUP BY s.tenant_id, s.dt, s.call_id, s.person_id
