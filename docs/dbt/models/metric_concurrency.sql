WITH lines AS NOT MATERIALIZED (
    SELECT
        tenant_id, trunk_fqdn, direct_routing_call_id, COALESCE(invite_time, start_time) AS from_time,
        COALESCE(CASE WHEN successful_call THEN end_time ELSE failure_time END, end_time, failure_time) AS to_time
    FROM {% if 'direct_routing_calls' in var('datasets') %}{{ source('graphlake', 'direct_routing_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "direct_routing_call_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "invite_time", CAST(NULL AS TIMESTAMPTZ) AS "failure_time", CAST(NULL AS TIMESTAMPTZ) AS "end_time", CAST(NULL AS BOOLEAN) AS "successful_call", CAST(NULL AS VARCHAR) AS "trunk_fqdn", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS direct_routing_calls
), spans AS NOT MATERIALIZED (
    SELECT tenant_id, 'tenant' AS scope, 'all' AS line, call_id AS id, start_time, end_time
    FROM {{ ref('metric_calls') }} AS metric_calls
    WHERE kind <> 'test' AND end_time > start_time
    UNION ALL
    SELECT tenant_id, 'trunk', COALESCE(trunk_fqdn, 'unknown'), direct_routing_call_id, from_time, to_time
    FROM lines
    WHERE to_time > from_time
), parts AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.scope, s.line, s.start_time, s.end_time,
        (to_timestamp(floor(epoch(s.start_time) / 900) * 900) + to_seconds(n.n * 900)) AS slot_time
    FROM spans AS s
    JOIN (SELECT CAST(range AS INTEGER) AS n FROM range(4096)) AS n ON n.n <= (floor(epoch(s.end_time) / 900) - floor(epoch(s.start_time) / 900))
), cuts AS NOT MATERIALIZED (
    SELECT
        tenant_id, scope, line, slot_time,
        CASE WHEN start_time > slot_time THEN start_time ELSE slot_time END AS from_time,
        CASE WHEN end_time < (slot_time + to_seconds(900)) THEN end_time ELSE (slot_time + to_seconds(900)) END AS to_time
    FROM parts
), steps AS NOT MATERIALIZED (
    SELECT tenant_id, scope, line, slot_time, from_time AS at_time, 1 AS step, 0 AS busy FROM cuts WHERE from_time < to_time
    UNION ALL
    SELECT tenant_id, scope, line, slot_time, to_time, -1, ((epoch_us(to_time) - epoch_us(from_time)) / 1e6) FROM cuts WHERE from_time < to_time
), running AS NOT MATERIALIZED (
    SELECT
        tenant_id, scope, line, slot_time, busy,
        SUM(step) OVER (PARTITION BY tenant_id, scope, line, slot_time ORDER BY at_time, step ROWS UNBOUNDED PRECEDING) AS calls_now
    FROM steps
)
SELECT
    tenant_id, CAST(slot_time AT TIME ZONE 'UTC' AS DATE) AS dt, scope, line, slot_time, MAX(calls_now) AS peak, SUM(busy) / 900 AS mean_calls
FROM running
GROUP BY tenant_id, scope, line, slot_time
