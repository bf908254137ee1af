SELECT
    tenant_id, dt, medium, role, COALESCE(subnet, 'unknown') AS subnet, COALESCE(connection_type, 'unknown') AS connection_type, COALESCE(wifi_band, 'unknown') AS wifi_band,
    COALESCE(platform, 'unknown') AS platform,
    SUM(CASE WHEN cqd_class = 'good' THEN 1 ELSE 0 END) AS good,
    SUM(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor,
    SUM(CASE WHEN cqd_class = 'unclassified' THEN 1 ELSE 0 END) AS unclassified,
    100 * {{double "SUM(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END)"}} / NULLIF(SUM(CASE WHEN cqd_class IN ('good', 'poor') THEN 1 ELSE 0 END), 0) AS poor_percent,
    COUNT(DISTINCT user_id) AS users
FROM metric_stream_sides
GROUP BY tenant_id, dt, medium, role, COALESCE(subnet, 'unknown'), COALESCE(connection_type, 'unknown'), COALESCE(wifi_band, 'unknown'), COALESCE(platform, 'unknown')
