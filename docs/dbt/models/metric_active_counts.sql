WITH days_seen AS NOT MATERIALIZED (
    SELECT tenant_id, dt FROM {{ ref('metric_active_users') }} AS metric_active_users GROUP BY tenant_id, dt
)
SELECT
    d.tenant_id, d.dt,
    COUNT(DISTINCT CASE WHEN a.dt = d.dt THEN a.user_id END) AS active_1_day,
    COUNT(DISTINCT CASE WHEN a.dt > (d.dt + CAST(-7 AS INTEGER)) THEN a.user_id END) AS active_7_days,
    COUNT(DISTINCT a.user_id) AS active_28_days,
    COUNT(DISTINCT a.dt) AS days_with_data
FROM days_seen AS d
JOIN {{ ref('metric_active_users') }} AS a ON a.tenant_id = d.tenant_id AND a.dt <= d.dt AND a.dt > (d.dt + CAST(-28 AS INTEGER))
GROUP BY d.tenant_id, d.dt
