WITH menu AS {{inline}}(
    SELECT tenant_id, dt, call_id, MIN(start_time) AS menu_time, MAX(end_time) AS menu_end, COUNT(*) AS menu_legs
    FROM metric_call_legs
    WHERE callee_kind = 'attendant'
    GROUP BY tenant_id, dt, call_id
), next_legs AS {{inline}}(
    SELECT
        l.tenant_id, l.dt, l.call_id, l.callee_kind, l.outcome,
        ROW_NUMBER() OVER (PARTITION BY l.tenant_id, l.dt, l.call_id ORDER BY l.start_time, l.session_id) AS nth
    FROM metric_call_legs AS l
    JOIN menu AS m ON m.tenant_id = l.tenant_id AND m.dt = l.dt AND m.call_id = l.call_id
    WHERE l.callee_kind <> 'attendant' AND l.caller_kind <> 'queue' AND l.start_time >= m.menu_time
)
SELECT
    m.tenant_id, m.dt, m.call_id, m.menu_time, m.menu_legs, {{sec "m.menu_time" "m.menu_end"}} AS menu_seconds,
    CASE
        WHEN n.callee_kind = 'queue' THEN 'transferred_queue'
        WHEN n.callee_kind = 'voicemail' THEN 'transferred_voicemail'
        WHEN n.callee_kind IN ('pstn', 'external') THEN 'transferred_external'
        WHEN n.callee_kind IN ('user', 'nobody') THEN 'transferred_user'
        WHEN n.callee_kind IS NOT NULL THEN 'other'
        ELSE 'terminated'
    END AS result
FROM menu AS m
LEFT JOIN next_legs AS n ON n.tenant_id = m.tenant_id AND n.dt = m.dt AND n.call_id = m.call_id AND n.nth = 1
