WITH ordered AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.thread_id AS chat_id, m.message_id, m.user_id, m.created_time,
        LAG(m.user_id) OVER (PARTITION BY m.tenant_id, m.thread_id ORDER BY m.created_time, m.message_id) AS user_before
    FROM {{ ref('metric_messages') }} AS m
    WHERE m.scope = 'one_on_one'
), turns AS NOT MATERIALIZED (
    SELECT
        ordered.*,
        SUM(CASE WHEN user_before IS NULL OR user_before <> user_id THEN 1 ELSE 0 END)
            OVER (PARTITION BY tenant_id, chat_id ORDER BY created_time, message_id ROWS UNBOUNDED PRECEDING) AS turn
    FROM ordered
), runs_of AS NOT MATERIALIZED (
    SELECT tenant_id, chat_id, turn, MIN(user_id) AS user_id, MIN(created_time) AS first_time, MIN(dt) AS dt
    FROM turns
    GROUP BY tenant_id, chat_id, turn
), exchanged AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, chat_id, turn, user_id, first_time AS answer_time,
        LAG(user_id) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_by,
        LAG(first_time) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_time
    FROM runs_of
), answers AS NOT MATERIALIZED (
    SELECT
        e.tenant_id, e.dt, e.chat_id, e.turn, e.user_id, e.asked_by, e.asked_time, e.answer_time,
        p.zone, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        (e.asked_time AT TIME ZONE p.zone) AS asked_local, (e.answer_time AT TIME ZONE p.zone) AS answer_local
    FROM exchanged AS e
    LEFT JOIN {{ ref('metric_people') }} AS p ON p.tenant_id = e.tenant_id AND p.user_id = e.user_id
    WHERE e.asked_time IS NOT NULL
), windows AS NOT MATERIALIZED (
    SELECT
        a.tenant_id, a.chat_id, a.turn, a.asked_time, a.answer_time,
        (((CAST(a.asked_local AS DATE) + CAST(n.n - 1 AS INTEGER)) + to_seconds(a.day_start_seconds)) AT TIME ZONE a.zone) AS work_from,
        (((CAST(a.asked_local AS DATE) + CAST(n.n - 1 + CASE WHEN a.day_end_seconds <= a.day_start_seconds THEN 1 ELSE 0 END AS INTEGER)) + to_seconds(a.day_end_seconds)) AT TIME ZONE a.zone) AS work_to
    FROM answers AS a
    JOIN (SELECT CAST(range AS INTEGER) AS n FROM range(4096)) AS n ON n.n <= date_diff('day', CAST(a.asked_local AS DATE), CAST(a.answer_local AS DATE)) + 1 AND n.n < 31
    WHERE a.has_hours = 1 AND CASE isodow((CAST(a.asked_local AS DATE) + CAST(n.n - 1 AS INTEGER))) WHEN 1 THEN a.works_monday WHEN 2 THEN a.works_tuesday WHEN 3 THEN a.works_wednesday WHEN 4 THEN a.works_thursday WHEN 5 THEN a.works_friday WHEN 6 THEN a.works_saturday WHEN 7 THEN a.works_sunday END = 1
), worked AS NOT MATERIALIZED (
    SELECT
        tenant_id, chat_id, turn,
        SUM(CASE
            WHEN CASE WHEN work_to < answer_time THEN work_to ELSE answer_time END > CASE WHEN work_from > asked_time THEN work_from ELSE asked_time END
            THEN ((epoch_us(CASE WHEN work_to < answer_time THEN work_to ELSE answer_time END) - epoch_us(CASE WHEN work_from > asked_time THEN work_from ELSE asked_time END)) / 1e6)
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, chat_id, turn
)
SELECT
    a.tenant_id, a.dt, a.chat_id, a.turn, a.user_id, a.asked_by, a.asked_time, a.answer_time,
    ((epoch_us(a.answer_time) - epoch_us(a.asked_time)) / 1e6) AS elapsed_seconds,
    CASE WHEN a.has_hours = 1 THEN COALESCE(w.seconds, 0) END AS working_seconds
FROM answers AS a
LEFT JOIN worked AS w ON w.tenant_id = a.tenant_id AND w.chat_id = a.chat_id AND w.turn = a.turn
WHERE ((epoch_us(a.answer_time) - epoch_us(a.asked_time)) / 1e6) <= 1209600
