SELECT
    u.tenant_id, u.user_id, u.department, u.manager_id, u.user_type, u.account_enabled,
    m.{{zone}} AS zone, m.working_hours_start_seconds AS day_start_seconds, m.working_hours_end_seconds AS day_end_seconds,
    CASE WHEN {{t "m.works_monday"}} THEN 1 ELSE 0 END AS works_monday,
    CASE WHEN {{t "m.works_tuesday"}} THEN 1 ELSE 0 END AS works_tuesday,
    CASE WHEN {{t "m.works_wednesday"}} THEN 1 ELSE 0 END AS works_wednesday,
    CASE WHEN {{t "m.works_thursday"}} THEN 1 ELSE 0 END AS works_thursday,
    CASE WHEN {{t "m.works_friday"}} THEN 1 ELSE 0 END AS works_friday,
    CASE WHEN {{t "m.works_saturday"}} THEN 1 ELSE 0 END AS works_saturday,
    CASE WHEN {{t "m.works_sunday"}} THEN 1 ELSE 0 END AS works_sunday,
    CASE
        WHEN m.{{zone}} IS NOT NULL AND m.works_monday IS NOT NULL
            AND m.working_hours_start_seconds IS NOT NULL AND m.working_hours_end_seconds IS NOT NULL THEN 1
        ELSE 0
    END AS has_hours
FROM users_current AS u
LEFT JOIN mailbox_settings_current AS m ON m.tenant_id = u.tenant_id AND m.user_id = u.user_id
