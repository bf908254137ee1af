WITH stays AS {{inline}}(
    SELECT
        l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id) AS person_id, l.caller_kind, l.session_id, l.start_time, l.end_time,
        MAX(l.end_time) OVER (PARTITION BY l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id)
            ORDER BY l.start_time, l.end_time, l.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM metric_call_legs AS l
    JOIN metric_calls AS c ON c.tenant_id = l.tenant_id AND c.dt = l.dt AND c.call_id = l.call_id
    WHERE c.kind = 'meeting' AND l.outcome = 'joined' AND l.caller_kind <> 'nobody' AND l.end_time >= l.start_time
), planned AS {{inline}}(
    SELECT
        c.tenant_id, c.dt, c.call_id, e.start_time AS planned_start, e.end_time AS planned_end,
        ROW_NUMBER() OVER (PARTITION BY c.tenant_id, c.dt, c.call_id
            ORDER BY ABS({{sec "e.start_time" "c.start_time"}}), e.start_time, e.event_id) AS nearest
    FROM metric_calls AS c
    JOIN calendar_events AS e ON e.tenant_id = c.tenant_id AND e.join_url = c.join_web_url
    WHERE c.kind = 'meeting' AND {{t "e.is_organizer"}} AND {{f "e.removed"}} AND {{f "e.is_cancelled"}}
        AND c.start_time < {{addsec "e.end_time" "900"}} AND c.end_time > {{addsec "e.start_time" "-900"}}
)
SELECT
    s.tenant_id, s.dt, s.call_id, s.person_id, MIN(s.caller_kind) AS person_kind,
    MIN(s.start_time) AS first_join, MAX(s.end_time) AS last_leave, MIN(p.planned_start) AS planned_start,
    SUM(CASE WHEN s.covered_until IS NULL OR s.covered_until < s.start_time THEN 1 ELSE 0 END) AS stays,
    SUM(CASE
        WHEN s.covered_until IS NULL OR s.covered_until <= s.start_time THEN {{sec "s.start_time" "s.end_time"}}
        WHEN s.covered_until < s.end_time THEN {{sec "s.covered_until" "s.end_time"}}
        ELSE 0
    END) AS seconds,
    {{sec "MIN(COALESCE(p.planned_start, c.start_time))" "MIN(s.start_time)"}} AS join_delay_seconds,
    CASE WHEN {{sec "MIN(COALESCE(p.planned_start, c.start_time))" "MIN(s.start_time)"}} > 300 THEN 1 ELSE 0 END AS late
FROM stays AS s
JOIN calls AS c ON c.tenant_id = s.tenant_id AND c.dt = s.dt AND c.call_id = s.call_id
LEFT JOIN planned AS p ON p.tenant_id = s.tenant_id AND p.dt = s.dt AND p.call_id = s.call_id AND p.nearest = 1
GROUP BY s.tenant_id, s.dt, s.call_id, s.person_id
