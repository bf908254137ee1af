WITH spans AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.new_from AS from_time, s.end_time AS to_time, p.has_hours,
        CAST(s.new_from AT TIME ZONE 'UTC' AS DATE) AS first_day, CAST(s.end_time AT TIME ZONE 'UTC' AS DATE) AS last_day
    FROM {{ ref('metric_talk_spans') }} AS s
    LEFT JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = s.tenant_id AND p.user_id = s.user_id
), days AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.from_time, s.to_time, s.has_hours, (s.first_day + CAST(n.n - 2 AS INTEGER)) AS work_day,
        CASE WHEN COALESCE(n.n, 0) = 0 THEN ((epoch_us(s.to_time) - epoch_us(s.from_time)) / 1e6) END AS seconds
    FROM spans AS s
    LEFT JOIN (SELECT CAST(range AS INTEGER) AS n FROM range(4096)) AS n ON s.has_hours = 1 AND n.n <= date_diff('day', s.first_day, s.last_day) + 3 AND n.n < 32
), windows AS NOT MATERIALIZED (
    SELECT
        d.tenant_id, d.dt, d.user_id, d.work_day,
        ((d.work_day + to_seconds(p.day_start_seconds)) AT TIME ZONE p.zone) AS work_from,
        (((d.work_day + CAST(CASE WHEN p.day_end_seconds <= p.day_start_seconds THEN 1 ELSE 0 END AS INTEGER)) + to_seconds(p.day_end_seconds)) AT TIME ZONE p.zone) AS work_to
    FROM (SELECT DISTINCT tenant_id, dt, user_id, work_day FROM days WHERE has_hours = 1) AS d
    JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = d.tenant_id AND p.user_id = d.user_id
    WHERE CASE isodow(d.work_day) WHEN 1 THEN p.works_monday WHEN 2 THEN p.works_tuesday WHEN 3 THEN p.works_wednesday WHEN 4 THEN p.works_thursday WHEN 5 THEN p.works_friday WHEN 6 THEN p.works_saturday WHEN 7 THEN p.works_sunday END = 1
)
SELECT
    d.tenant_id, d.dt, d.user_id, SUM(d.seconds) AS seconds,
    CASE WHEN MAX(d.has_hours) = 1 THEN SUM(d.seconds) - SUM(CASE
        WHEN w.work_day IS NOT NULL AND CASE WHEN w.work_to < d.to_time THEN w.work_to ELSE d.to_time END > CASE WHEN w.work_from > d.from_time THEN w.work_from ELSE d.from_time END
        THEN ((epoch_us(CASE WHEN w.work_to < d.to_time THEN w.work_to ELSE d.to_time END) - epoch_us(CASE WHEN w.work_from > d.from_time THEN w.work_from ELSE d.from_time END)) / 1e6)
        ELSE 0
    END) END AS outside_seconds
FROM days AS d
LEFT JOIN windows AS w ON w.tenant_id = d.tenant_id AND w.dt = d.dt AND w.user_id = d.user_id AND w.work_day = d.work_day
GROUP BY d.tenant_id, d.dt, d.user_id
