WITH placed AS {{inline}}(
    SELECT
        m.tenant_id, m.dt, m.user_id, m.scope, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        {{local "m.created_time" "p.zone"}} AS local_time
    FROM metric_messages AS m
    LEFT JOIN metric_people AS p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id
), clocked AS {{inline}}(
    SELECT placed.*, {{localdate "local_time"}} AS clock_date, {{localsec "local_time"}} AS clock_seconds
    FROM placed
), judged AS {{inline}}(
    SELECT
        tenant_id, user_id, scope, COALESCE(clock_date, dt) AS local_date,
        CASE
            WHEN has_hours IS NULL OR has_hours = 0 THEN 'not_known'
            WHEN day_start_seconds < day_end_seconds AND {{workday "" "clock_date"}}
                AND clock_seconds >= day_start_seconds AND clock_seconds < day_end_seconds THEN 'inside'
            WHEN day_start_seconds >= day_end_seconds AND {{workday "" "clock_date"}}
                AND clock_seconds >= day_start_seconds THEN 'inside'
            WHEN day_start_seconds >= day_end_seconds AND {{workday "" (adddays "clock_date" "-1")}}
                AND clock_seconds < day_end_seconds THEN 'inside'
            ELSE 'outside'
        END AS place
    FROM clocked
)
SELECT
    tenant_id, user_id, local_date, COUNT(*) AS messages,
    SUM(CASE WHEN place = 'outside' THEN 1 ELSE 0 END) AS outside,
    SUM(CASE WHEN place = 'inside' THEN 1 ELSE 0 END) AS inside,
    SUM(CASE WHEN place = 'not_known' THEN 1 ELSE 0 END) AS not_known,
    100 * {{double "SUM(CASE WHEN place = 'outside' THEN 1 ELSE 0 END)"}} / NULLIF(SUM(CASE WHEN place IN ('inside', 'outside') THEN 1 ELSE 0 END), 0) AS outside_percent
FROM judged
GROUP BY tenant_id, user_id, local_date
