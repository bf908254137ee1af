WITH spans AS {{inline}}(
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.new_from AS from_time, s.end_time AS to_time, p.zone, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        {{local "s.new_from" "p.zone"}} AS local_from, {{local "s.end_time" "p.zone"}} AS local_to
    FROM metric_talk_spans AS s
    LEFT JOIN metric_people AS p ON p.tenant_id = s.tenant_id AND p.user_id = s.user_id
), windows AS {{inline}}(
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.from_time, s.to_time,
        {{utc (adddays (localdate "s.local_from") "n.n - 1") "s.day_start_seconds" "s.zone"}} AS work_from,
        {{utc (adddays (localdate "s.local_from") "n.n - 1 + CASE WHEN s.day_end_seconds <= s.day_start_seconds THEN 1 ELSE 0 END") "s.day_end_seconds" "s.zone"}} AS work_to
    FROM spans AS s
    JOIN ({{numbers}}) AS n ON n.n <= {{days (localdate "s.local_from") (localdate "s.local_to")}} + 1 AND n.n < 31
    WHERE s.has_hours = 1 AND {{workday "s." (adddays (localdate "s.local_from") "n.n - 1")}}
), inside AS {{inline}}(
    SELECT
        tenant_id, dt, user_id, call_id, from_time,
        SUM(CASE
            WHEN {{min2 "work_to" "to_time"}} > {{max2 "work_from" "from_time"}}
            THEN {{sec (max2 "work_from" "from_time") (min2 "work_to" "to_time")}}
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, dt, user_id, call_id, from_time
)
SELECT
    s.tenant_id, s.dt, s.user_id, SUM({{sec "s.from_time" "s.to_time"}}) AS seconds,
    SUM(CASE WHEN s.has_hours = 1 THEN {{sec "s.from_time" "s.to_time"}} - COALESCE(i.seconds, 0) END) AS outside_seconds
FROM spans AS s
LEFT JOIN inside AS i ON i.tenant_id = s.tenant_id AND i.dt = s.dt AND i.user_id = s.user_id AND i.call_id = s.call_id AND i.from_time = s.from_time
GROUP BY s.tenant_id, s.dt, s.user_id
