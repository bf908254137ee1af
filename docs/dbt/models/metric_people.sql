SELECT
    u.tenant_id, u.user_id, u.department, u.manager_id, u.user_type, u.account_enabled,
    m.working_hours_iana_time_zone AS zone, m.working_hours_start_seconds AS day_start_seconds, m.working_hours_end_seconds AS day_end_seconds,
    CASE WHEN m.works_monday THEN 1 ELSE 0 END AS works_monday,
    CASE WHEN m.works_tuesday THEN 1 ELSE 0 END AS works_tuesday,
    CASE WHEN m.works_wednesday THEN 1 ELSE 0 END AS works_wednesday,
    CASE WHEN m.works_thursday THEN 1 ELSE 0 END AS works_thursday,
    CASE WHEN m.works_friday THEN 1 ELSE 0 END AS works_friday,
    CASE WHEN m.works_saturday THEN 1 ELSE 0 END AS works_saturday,
    CASE WHEN m.works_sunday THEN 1 ELSE 0 END AS works_sunday,
    CASE
        WHEN m.working_hours_iana_time_zone IS NOT NULL AND m.works_monday IS NOT NULL
            AND m.working_hours_start_seconds IS NOT NULL AND m.working_hours_end_seconds IS NOT NULL THEN 1
        ELSE 0
    END AS has_hours
FROM {{ ref('users_current') }} AS u
LEFT JOIN {% if 'mailbox_settings' in var('datasets') %}{{ ref('mailbox_settings_current') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS VARCHAR) AS "working_hours_iana_time_zone", CAST(NULL AS INTEGER) AS "working_hours_start_seconds", CAST(NULL AS INTEGER) AS "working_hours_end_seconds", CAST(NULL AS BOOLEAN) AS "works_monday", CAST(NULL AS BOOLEAN) AS "works_tuesday", CAST(NULL AS BOOLEAN) AS "works_wednesday", CAST(NULL AS BOOLEAN) AS "works_thursday", CAST(NULL AS BOOLEAN) AS "works_friday", CAST(NULL AS BOOLEAN) AS "works_saturday", CAST(NULL AS BOOLEAN) AS "works_sunday", CAST(NULL AS VARCHAR) AS "tenant_id" WHERE 1 = 0){% endif %} AS m ON m.tenant_id = u.tenant_id AND m.user_id = u.user_id
