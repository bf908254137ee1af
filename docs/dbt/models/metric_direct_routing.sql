WITH tries AS NOT MATERIALIZED (
    SELECT tenant_id, dt, COALESCE(trunk_fqdn, 'unknown') AS trunk_fqdn, COALESCE(direction, 'unknown') AS direction, result, duration_seconds
    FROM {{ source('graphlake', 'direct_routing_calls') }} AS direct_routing_calls
)
SELECT
    tenant_id, dt, trunk_fqdn, direction, COUNT(*) AS attempts,
    SUM(CASE WHEN result = 'success' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN result = 'busy' THEN 1 ELSE 0 END) AS busy,
    SUM(CASE WHEN result = 'no_answer' THEN 1 ELSE 0 END) AS no_answer,
    SUM(CASE WHEN result = 'rejected' THEN 1 ELSE 0 END) AS rejected,
    SUM(CASE WHEN result = 'bad_number' THEN 1 ELSE 0 END) AS bad_number,
    SUM(CASE WHEN result = 'network' THEN 1 ELSE 0 END) AS network,
    100 * CAST(SUM(CASE WHEN result = 'success' THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS answer_seizure_percent,
    100 * CAST(SUM(CASE WHEN result IN ('success', 'busy', 'no_answer', 'rejected') THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS network_effectiveness_percent,
    AVG(CASE WHEN result = 'success' THEN CAST(duration_seconds AS DOUBLE) END) AS mean_seconds
FROM tries
GROUP BY tenant_id, dt, trunk_fqdn, direction
