WITH lines AS {{inline}}(
    SELECT
        tenant_id, trunk_fqdn, direct_routing_call_id, COALESCE(invite_time, start_time) AS from_time,
        COALESCE(CASE WHEN {{t "successful_call"}} THEN end_time ELSE failure_time END, end_time, failure_time) AS to_time
    FROM direct_routing_calls
), spans AS {{inline}}(
    SELECT tenant_id, 'tenant' AS scope, 'all' AS line, call_id AS id, start_time, end_time
    FROM metric_calls
    WHERE kind <> 'test' AND end_time > start_time
    UNION ALL
    SELECT tenant_id, 'trunk', COALESCE(trunk_fqdn, 'unknown'), direct_routing_call_id, from_time, to_time
    FROM lines
    WHERE to_time > from_time
), parts AS {{inline}}(
    SELECT
        s.tenant_id, s.scope, s.line, s.start_time, s.end_time,
        {{addsec (slot "s.start_time") "n.n * 900"}} AS slot_time
    FROM spans AS s
    JOIN ({{numbers}}) AS n ON n.n <= {{slots "s.start_time" "s.end_time"}}
), cuts AS {{inline}}(
    SELECT
        tenant_id, scope, line, slot_time,
        CASE WHEN start_time > slot_time THEN start_time ELSE slot_time END AS from_time,
        CASE WHEN end_time < {{addsec "slot_time" "900"}} THEN end_time ELSE {{addsec "slot_time" "900"}} END AS to_time
    FROM parts
), steps AS {{inline}}(
    SELECT tenant_id, scope, line, slot_time, from_time AS at_time, 1 AS step, 0 AS busy FROM cuts WHERE from_time < to_time
    UNION ALL
    SELECT tenant_id, scope, line, slot_time, to_time, -1, {{sec "from_time" "to_time"}} FROM cuts WHERE from_time < to_time
), running AS {{inline}}(
    SELECT
        tenant_id, scope, line, slot_time, busy,
        SUM(step) OVER (PARTITION BY tenant_id, scope, line, slot_time ORDER BY at_time, step ROWS UNBOUNDED PRECEDING) AS calls_now
    FROM steps
)
SELECT
    tenant_id, {{date "slot_time"}} AS dt, scope, line, slot_time, MAX(calls_now) AS peak, SUM(busy) / 900 AS mean_calls
FROM running
GROUP BY tenant_id, scope, line, slot_time
