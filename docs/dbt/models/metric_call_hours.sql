WITH spans AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.new_from AS from_time, s.end_time AS to_time, p.zone, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        (s.new_from AT TIME ZONE p.zone) AS local_from, (s.end_time AT TIME ZONE p.zone) AS local_to
    FROM {{ ref('metric_talk_spans') }} AS s
    LEFT JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = s.tenant_id AND p.user_id = s.user_id
), windows AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.from_time, s.to_time,
        (((CAST(s.local_from AS DATE) + CAST(n.n - 1 AS INTEGER)) + to_seconds(s.day_start_seconds)) AT TIME ZONE s.zone) AS work_from,
        (((CAST(s.local_from AS DATE) + CAST(n.n - 1 + CASE WHEN s.day_end_seconds <= s.day_start_seconds THEN 1 ELSE 0 END AS INTEGER)) + to_seconds(s.day_end_seconds)) AT TIME ZONE s.zone) AS work_to
    FROM spans AS s
    JOIN (SELECT CAST(range AS INTEGER) AS n FROM range(4096)) AS n ON n.n <= date_diff('day', CAST(s.local_from AS DATE), CAST(s.local_to AS DATE)) + 1 AND n.n < 31
    WHERE s.has_hours = 1 AND CASE isodow((CAST(s.local_from AS DATE) + CAST(n.n - 1 AS INTEGER))) WHEN 1 THEN s.works_monday WHEN 2 THEN s.works_tuesday WHEN 3 THEN s.works_wednesday WHEN 4 THEN s.works_thursday WHEN 5 THEN s.works_friday WHEN 6 THEN s.works_saturday WHEN 7 THEN s.works_sunday END = 1
), inside AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, call_id, from_time,
        SUM(CASE
            WHEN CASE WHEN work_to < to_time THEN work_to ELSE to_time END > CASE WHEN work_from > from_time THEN work_from ELSE from_time END
            THEN ((epoch_us(CASE WHEN work_to < to_time THEN work_to ELSE to_time END) - epoch_us(CASE WHEN work_from > from_time THEN work_from ELSE from_time END)) / 1e6)
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, dt, user_id, call_id, from_time
)
SELECT
    s.tenant_id, s.dt, s.user_id, SUM(((epoch_us(s.to_time) - epoch_us(s.from_time)) / 1e6)) AS seconds,
    SUM(CASE WHEN s.has_hours = 1 THEN ((epoch_us(s.to_time) - epoch_us(s.from_time)) / 1e6) - COALESCE(i.seconds, 0) END) AS outside_seconds
FROM spans AS s
LEFT JOIN inside AS i ON i.tenant_id = s.tenant_id AND i.dt = s.dt AND i.user_id = s.user_id AND i.call_id = s.call_id AND i.from_time = s.from_time
GROUP BY s.tenant_id, s.dt, s.user_id
