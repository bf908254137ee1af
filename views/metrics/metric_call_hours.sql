WITH spans AS {{inline}}(
    SELECT
        s.tenant_id, s.dt, s.user_id, s.new_from AS from_time, s.end_time AS to_time, p.has_hours,
        {{date "s.new_from"}} AS first_day, {{date "s.end_time"}} AS last_day
    FROM metric_talk_spans AS s
    LEFT JOIN metric_people AS p ON p.tenant_id = s.tenant_id AND p.user_id = s.user_id
), days AS {{inline}}(
    SELECT
        s.tenant_id, s.dt, s.user_id, s.from_time, s.to_time, s.has_hours, {{adddays "s.first_day" "n.n - 2"}} AS work_day,
        CASE WHEN COALESCE(n.n, 0) = 0 THEN {{sec "s.from_time" "s.to_time"}} END AS seconds
    FROM spans AS s
    LEFT JOIN ({{numbers}}) AS n ON s.has_hours = 1 AND n.n <= {{days "s.first_day" "s.last_day"}} + 3 AND n.n < 32
), windows AS {{inline}}(
    SELECT
        d.tenant_id, d.dt, d.user_id, d.work_day,
        {{utc "d.work_day" "p.day_start_seconds" "p.zone"}} AS work_from,
        {{utc (adddays "d.work_day" "CASE WHEN p.day_end_seconds <= p.day_start_seconds THEN 1 ELSE 0 END") "p.day_end_seconds" "p.zone"}} AS work_to
    FROM (SELECT DISTINCT tenant_id, dt, user_id, work_day FROM days WHERE has_hours = 1) AS d
    JOIN metric_people AS p ON p.tenant_id = d.tenant_id AND p.user_id = d.user_id
    WHERE {{workday "p." "d.work_day"}}
)
SELECT
    d.tenant_id, d.dt, d.user_id, SUM(d.seconds) AS seconds,
    CASE WHEN MAX(d.has_hours) = 1 THEN SUM(d.seconds) - SUM(CASE
        WHEN w.work_day IS NOT NULL AND {{min2 "w.work_to" "d.to_time"}} > {{max2 "w.work_from" "d.from_time"}}
        THEN {{sec (max2 "w.work_from" "d.from_time") (min2 "w.work_to" "d.to_time")}}
        ELSE 0
    END) END AS outside_seconds
FROM days AS d
LEFT JOIN windows AS w ON w.tenant_id = d.tenant_id AND w.dt = d.dt AND w.user_id = d.user_id AND w.work_day = d.work_day
GROUP BY d.tenant_id, d.dt, d.user_id
