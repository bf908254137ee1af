WITH last_seen AS {{inline}}(
    SELECT tenant_id, user_id, MAX(dt) AS last_dt FROM metric_active_users GROUP BY tenant_id, user_id
), reach AS {{inline}}(
    SELECT tenant_id, MAX(dt) AS last_dt FROM metric_active_users GROUP BY tenant_id
), given AS {{inline}}(
    SELECT
        l.tenant_id, l.sku_id, COUNT(*) AS assigned,
        SUM(CASE WHEN {{f "u.account_enabled"}} THEN 1 ELSE 0 END) AS on_disabled_accounts,
        SUM(CASE WHEN {{t "u.account_enabled"}} AND (s.last_dt IS NULL OR s.last_dt <= {{adddays "r.last_dt" "-28"}}) THEN 1 ELSE 0 END) AS on_inactive_people
    FROM user_licenses_current AS l
    JOIN users_current AS u ON u.tenant_id = l.tenant_id AND u.user_id = l.user_id
    LEFT JOIN last_seen AS s ON s.tenant_id = l.tenant_id AND s.user_id = l.user_id
    LEFT JOIN reach AS r ON r.tenant_id = l.tenant_id
    GROUP BY l.tenant_id, l.sku_id
)
SELECT
    k.tenant_id, k.sku_id, k.sku_part_number, k.enabled_units, k.consumed_units, COALESCE(g.assigned, 0) AS assigned,
    COALESCE(g.on_disabled_accounts, 0) AS on_disabled_accounts, COALESCE(g.on_inactive_people, 0) AS on_inactive_people,
    k.enabled_units - k.consumed_units AS unassigned_units,
    100 * {{double "k.consumed_units"}} / NULLIF(k.enabled_units, 0) AS assigned_percent
FROM subscribed_skus_current AS k
LEFT JOIN given AS g ON g.tenant_id = k.tenant_id AND g.sku_id = k.sku_id
WHERE k.applies_to = 'User'
