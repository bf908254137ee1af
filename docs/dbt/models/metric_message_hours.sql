WITH placed AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.user_id, m.scope, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        (m.created_time AT TIME ZONE p.zone) AS local_time
    FROM {{ ref('metric_messages') }} AS m
    LEFT JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id
), clocked AS NOT MATERIALIZED (
    SELECT placed.*, CAST(local_time AS DATE) AS clock_date, (epoch_us(local_time) % 86400000000 // 1000000) AS clock_seconds
    FROM placed
), judged AS NOT MATERIALIZED (
    SELECT
        tenant_id, user_id, scope, COALESCE(clock_date, dt) AS local_date,
        CASE
            WHEN has_hours IS NULL OR has_hours = 0 THEN 'not_known'
            WHEN day_start_seconds < day_end_seconds AND CASE isodow(clock_date) WHEN 1 THEN works_monday WHEN 2 THEN works_tuesday WHEN 3 THEN works_wednesday WHEN 4 THEN works_thursday WHEN 5 THEN works_friday WHEN 6 THEN works_saturday WHEN 7 THEN works_sunday END = 1
                AND clock_seconds >= day_start_seconds AND clock_seconds < day_end_seconds THEN 'inside'
            WHEN day_start_seconds >= day_end_seconds AND CASE isodow(clock_date) WHEN 1 THEN works_monday WHEN 2 THEN works_tuesday WHEN 3 THEN works_wednesday WHEN 4 THEN works_thursday WHEN 5 THEN works_friday WHEN 6 THEN works_saturday WHEN 7 THEN works_sunday END = 1
                AND clock_seconds >= day_start_seconds THEN 'inside'
            WHEN day_start_seconds >= day_end_seconds AND CASE isodow((clock_date + CAST(-1 AS INTEGER))) WHEN 1 THEN works_monday WHEN 2 THEN works_tuesday WHEN 3 THEN works_wednesday WHEN 4 THEN works_thursday WHEN 5 THEN works_friday WHEN 6 THEN works_saturday WHEN 7 THEN works_sunday END = 1
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
    100 * CAST(SUM(CASE WHEN place = 'outside' THEN 1 ELSE 0 END) AS DOUBLE) / NULLIF(SUM(CASE WHEN place IN ('inside', 'outside') THEN 1 ELSE 0 END), 0) AS outside_percent
FROM judged
GROUP BY tenant_id, user_id, local_date
