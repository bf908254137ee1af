WITH days_seen AS {{inline}}(
    SELECT tenant_id, dt FROM metric_active_users GROUP BY tenant_id, dt
)
SELECT
    d.tenant_id, d.dt,
    COUNT(DISTINCT CASE WHEN a.dt = d.dt THEN a.user_id END) AS active_1_day,
    COUNT(DISTINCT CASE WHEN a.dt > {{adddays "d.dt" "-7"}} THEN a.user_id END) AS active_7_days,
    COUNT(DISTINCT a.user_id) AS active_28_days,
    COUNT(DISTINCT a.dt) AS days_with_data
FROM days_seen AS d
JOIN metric_active_users AS a ON a.tenant_id = d.tenant_id AND a.dt <= d.dt AND a.dt > {{adddays "d.dt" "-28"}}
GROUP BY d.tenant_id, d.dt
