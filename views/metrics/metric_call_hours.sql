WITH persons AS {{inline}}(
    SELECT tenant_id, dt, person_id AS user_id, MIN(first_time) AS first_time, MAX(last_time) AS last_time
    FROM call_persons
    WHERE {{t "is_member"}}
    GROUP BY tenant_id, dt, person_id
), days AS {{inline}}(
    SELECT
        c.tenant_id, c.dt, c.user_id, c.first_time, c.last_time, p.zone, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        n.n, {{adddays (date "c.first_time") "n.n - 2"}} AS work_day
    FROM persons AS c
    JOIN metric_people AS p ON p.tenant_id = c.tenant_id AND p.user_id = c.user_id AND p.has_hours = 1
    JOIN ({{numbers}}) AS n ON n.n <= {{days (date "c.first_time") (date "c.last_time")}} + 3 AND n.n < 32
), windows AS {{inline}}(
    SELECT
        tenant_id, dt, user_id, first_time, last_time, n,
        CASE WHEN {{workday "" "work_day"}} THEN {{utc "work_day" "day_start_seconds" "zone"}} END AS work_from,
        CASE WHEN {{workday "" "work_day"}} THEN {{utc (adddays "work_day" "CASE WHEN day_end_seconds <= day_start_seconds THEN 1 ELSE 0 END") "day_end_seconds" "zone"}} END AS work_to
    FROM days
), shifts AS {{inline}}(
    SELECT tenant_id, dt, user_id, n, work_from, work_to
    FROM windows
    WHERE n = 0 OR work_from < last_time AND work_to > first_time
)
SELECT
    s.tenant_id, s.dt, s.user_id,
    SUM(CASE WHEN COALESCE(w.n, 0) = 0 THEN {{sec "s.new_from" "s.end_time"}} END) AS seconds,
    CASE WHEN MAX(w.n) >= 0 THEN SUM(CASE WHEN w.n = 0 THEN {{sec "s.new_from" "s.end_time"}} ELSE 0 END) - SUM(CASE
        WHEN w.work_from IS NOT NULL AND {{min2 "w.work_to" "s.end_time"}} > {{max2 "w.work_from" "s.new_from"}}
        THEN {{sec (max2 "w.work_from" "s.new_from") (min2 "w.work_to" "s.end_time")}}
        ELSE 0
    END) END AS outside_seconds
FROM metric_talk_spans AS s
LEFT JOIN shifts AS w ON w.tenant_id = s.tenant_id AND w.dt = s.dt AND w.user_id = s.user_id
GROUP BY s.tenant_id, s.dt, s.user_id
