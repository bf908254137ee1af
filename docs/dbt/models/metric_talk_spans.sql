WITH spans AS NOT MATERIALIZED (
    SELECT tenant_id, dt, caller_id AS user_id, call_id, start_time, end_time
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE caller_kind = 'user' AND outcome IN ('answered', 'joined') AND end_time > start_time
    UNION ALL
    SELECT tenant_id, dt, callee_id AS user_id, call_id, start_time, end_time
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE callee_kind = 'user' AND outcome IN ('answered', 'joined') AND end_time > start_time
), reached AS NOT MATERIALIZED (
    SELECT
        spans.*,
        MAX(end_time) OVER (PARTITION BY tenant_id, user_id, dt ORDER BY start_time, end_time, call_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM spans
)
SELECT
    tenant_id, dt, user_id, call_id, start_time, end_time,
    CASE WHEN covered_until > start_time THEN covered_until ELSE start_time END AS new_from
FROM reached
WHERE covered_until IS NULL OR covered_until < end_time
