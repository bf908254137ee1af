WITH pictures AS {{inline}}(
    SELECT
        tenant_id, dt,
        ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY dt) AS nth,
        LEAD(dt) OVER (PARTITION BY tenant_id ORDER BY dt) AS date_after
    FROM users
    GROUP BY tenant_id, dt
), placed AS {{inline}}(
    SELECT
        u.tenant_id, u.dt, u.user_id, p.date_after, u.display_name, u.user_principal_name, u.user_type, u.account_enabled,
        u.department, u.job_title, u.manager_id, u.company_name, u.office_location, u.country, u.removed,
        p.nth - ROW_NUMBER() OVER (PARTITION BY u.tenant_id, u.user_id, u.display_name, u.user_principal_name, u.user_type, u.account_enabled,
            u.department, u.job_title, u.manager_id, u.company_name, u.office_location, u.country, u.removed ORDER BY u.dt) AS unchanged
    FROM users AS u
    JOIN pictures AS p ON p.tenant_id = u.tenant_id AND p.dt = u.dt
)
SELECT
    tenant_id, user_id, MIN(dt) AS valid_from, CASE WHEN COUNT(date_after) = COUNT(*) THEN MAX(date_after) END AS valid_to,
    display_name, user_principal_name, user_type, account_enabled, department, job_title, manager_id, company_name, office_location, country, removed
FROM placed
GROUP BY tenant_id, user_id, display_name, user_principal_name, user_type, account_enabled, department, job_title, manager_id, company_name,
    office_location, country, removed, unchanged
