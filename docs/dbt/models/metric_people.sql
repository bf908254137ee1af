SELECT
    u.tenant_id, u.user_id, u.department, u.manager_id, u.user_type, u.account_enabled,
    m.working_hours_iana_time_zone AS zone,
    CAST(SUBSTRING(m.working_hours_start, 1, 2) AS INTEGER) * 3600 + CAST(SUBSTRING(m.working_hours_start, 4, 2) AS INTEGER) * 60 + CAST(SUBSTRING(m.working_hours_start, 7, 2) AS INTEGER) AS day_start_seconds,
    CAST(SUBSTRING(m.working_hours_end, 1, 2) AS INTEGER) * 3600 + CAST(SUBSTRING(m.working_hours_end, 4, 2) AS INTEGER) * 60 + CAST(SUBSTRING(m.working_hours_end, 7, 2) AS INTEGER) AS day_end_seconds,
    CASE WHEN m.working_days LIKE '%"monday"%' THEN 1 ELSE 0 END AS works_monday,
    CASE WHEN m.working_days LIKE '%"tuesday"%' THEN 1 ELSE 0 END AS works_tuesday,
    CASE WHEN m.working_days LIKE '%"wednesday"%' THEN 1 ELSE 0 END AS works_wednesday,
    CASE WHEN m.working_days LIKE '%"thursday"%' THEN 1 ELSE 0 END AS works_thursday,
    CASE WHEN m.working_days LIKE '%"friday"%' THEN 1 ELSE 0 END AS works_friday,
    CASE WHEN m.working_days LIKE '%"saturday"%' THEN 1 ELSE 0 END AS works_saturday,
    CASE WHEN m.working_days LIKE '%"sunday"%' THEN 1 ELSE 0 END AS works_sunday,
    CASE
        WHEN m.working_hours_iana_time_zone IS NOT NULL AND m.working_days IS NOT NULL AND m.working_hours_start IS NOT NULL AND m.working_hours_end IS NOT NULL THEN 1
        ELSE 0
    END AS has_hours
FROM {{ ref('users_current') }} AS u
LEFT JOIN {% if 'mailbox_settings' in var('datasets') %}{{ ref('mailbox_settings_current') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS JSON) AS "working_days", CAST(NULL AS VARCHAR) AS "working_hours_start", CAST(NULL AS VARCHAR) AS "working_hours_end", CAST(NULL AS VARCHAR) AS "working_hours_iana_time_zone", CAST(NULL AS BOOLEAN) AS "works_monday", CAST(NULL AS BOOLEAN) AS "works_tuesday", CAST(NULL AS BOOLEAN) AS "works_wednesday", CAST(NULL AS BOOLEAN) AS "works_thursday", CAST(NULL AS BOOLEAN) AS "works_friday", CAST(NULL AS BOOLEAN) AS "works_saturday", CAST(NULL AS BOOLEAN) AS "works_sunday", CAST(NULL AS VARCHAR) AS "tenant_id" WHERE 1 = 0){% endif %} AS m ON m.tenant_id = u.tenant_id AND m.user_id = u.user_id
