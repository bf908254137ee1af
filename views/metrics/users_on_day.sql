WITH pictures AS {{inline}}(
    SELECT
        tenant_id, dt AS picture_date,
        LAG(dt) OVER (PARTITION BY tenant_id ORDER BY dt) AS date_before,
        LEAD(dt) OVER (PARTITION BY tenant_id ORDER BY dt) AS date_after
    FROM users
    GROUP BY tenant_id, dt
), known AS {{inline}}(
    SELECT tenant_id, dt FROM coverage GROUP BY tenant_id, dt
)
SELECT
    k.tenant_id, k.dt, u.user_id, p.picture_date, u.display_name, u.user_principal_name, u.user_type, u.account_enabled,
    u.department, u.job_title, u.manager_id, u.company_name, u.office_location, u.country, u.removed
FROM known AS k
JOIN pictures AS p ON p.tenant_id = k.tenant_id AND (p.date_before IS NULL OR p.picture_date <= k.dt) AND (p.date_after IS NULL OR p.date_after > k.dt)
JOIN users AS u ON u.tenant_id = p.tenant_id AND u.dt = p.picture_date
