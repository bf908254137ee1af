WITH persons AS NOT MATERIALIZED (
    SELECT tenant_id, dt, person_id AS user_id, MIN(first_time) AS first_time, MAX(last_time) AS last_time
    FROM {{ source('graphlake', 'call_persons') }} AS call_persons
    WHERE is_member
    GROUP BY tenant_id, dt, person_id
), days AS NOT MATERIALIZED (
    SELECT
        c.tenant_id, c.dt, c.user_id, c.first_time, c.last_time, p.zone, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        n.n, (CAST(c.first_time AT TIME ZONE 'UTC' AS DATE) + CAST(n.n - 2 AS INTEGER)) AS work_day
    FROM persons AS c
    JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = c.tenant_id AND p.user_id = c.user_id AND p.has_hours = 1
    JOIN (SELECT CAST(range AS INTEGER) AS n FROM range(4096)) AS n ON n.n <= date_diff('day', CAST(c.first_time AT TIME ZONE 'UTC' AS DATE), CAST(c.last_time AT TIME ZONE 'UTC' AS DATE)) + 3 AND n.n < 32
), windows AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, first_time, last_time, n,
        CASE WHEN CASE isodow(work_day) WHEN 1 THEN works_monday WHEN 2 THEN works_tuesday WHEN 3 THEN works_wednesday WHEN 4 THEN works_thursday WHEN 5 THEN works_friday WHEN 6 THEN works_saturday WHEN 7 THEN works_sunday END = 1 THEN ((work_day + to_seconds(day_start_seconds)) AT TIME ZONE zone) END AS work_from,
        CASE WHEN CASE isodow(work_day) WHEN 1 THEN works_monday WHEN 2 THEN works_tuesday WHEN 3 THEN works_wednesday WHEN 4 THEN works_thursday WHEN 5 THEN works_friday WHEN 6 THEN works_saturday WHEN 7 THEN works_sunday END = 1 THEN (((work_day + CAST(CASE WHEN day_end_seconds <= day_start_seconds THEN 1 ELSE 0 END AS INTEGER)) + to_seconds(day_end_seconds)) AT TIME ZONE zone) END AS work_to
    FROM days
), shifts AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, n, work_from, work_to
    FROM windows
    WHERE n = 0 OR work_from < last_time AND work_to > first_time
)
SELECT
    s.tenant_id, s.dt, s.user_id,
    SUM(CASE WHEN COALESCE(w.n, 0) = 0 THEN ((epoch_us(s.end_time) - epoch_us(s.new_from)) / 1e6) END) AS seconds,
    CASE WHEN MAX(w.n) >= 0 THEN SUM(CASE WHEN w.n = 0 THEN ((epoch_us(s.end_time) - epoch_us(s.new_from)) / 1e6) ELSE 0 END) - SUM(CASE
        WHEN w.work_from IS NOT NULL AND CASE WHEN w.work_to < s.end_time THEN w.work_to ELSE s.end_time END > CASE WHEN w.work_from > s.new_from THEN w.work_from ELSE s.new_from END
        THEN ((epoch_us(CASE WHEN w.work_to < s.end_time THEN w.work_to ELSE s.end_time END) - epoch_us(CASE WHEN w.work_from > s.new_from THEN w.work_from ELSE s.new_from END)) / 1e6)
        ELSE 0
    END) END AS outside_seconds
FROM {{ ref('metric_talk_spans') }} AS s
LEFT JOIN shifts AS w ON w.tenant_id = s.tenant_id AND w.dt = s.dt AND w.user_id = s.user_id
GROUP BY s.tenant_id, s.dt, s.user_id
