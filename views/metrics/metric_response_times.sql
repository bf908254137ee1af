WITH ordered AS {{inline}}(
    SELECT
        m.tenant_id, m.dt, m.thread_id AS chat_id, m.message_id, m.user_id, m.created_time,
        LAG(m.user_id) OVER (PARTITION BY m.tenant_id, m.thread_id ORDER BY m.created_time, m.message_id) AS user_before
    FROM metric_messages AS m
    WHERE m.scope = 'one_on_one'
), turns AS {{inline}}(
    SELECT
        ordered.*,
        SUM(CASE WHEN user_before IS NULL OR user_before <> user_id THEN 1 ELSE 0 END)
            OVER (PARTITION BY tenant_id, chat_id ORDER BY created_time, message_id ROWS UNBOUNDED PRECEDING) AS turn
    FROM ordered
), runs_of AS {{inline}}(
    SELECT tenant_id, chat_id, turn, MIN(user_id) AS user_id, MIN(created_time) AS first_time, MIN(dt) AS dt
    FROM turns
    GROUP BY tenant_id, chat_id, turn
), exchanged AS {{inline}}(
    SELECT
        tenant_id, dt, chat_id, turn, user_id, first_time AS answer_time,
        LAG(user_id) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_by,
        LAG(first_time) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_time
    FROM runs_of
), answers AS {{inline}}(
    SELECT
        e.tenant_id, e.dt, e.chat_id, e.turn, e.user_id, e.asked_by, e.asked_time, e.answer_time,
        p.zone, p.has_hours, p.day_start_seconds, p.day_end_seconds,
        p.works_monday, p.works_tuesday, p.works_wednesday, p.works_thursday, p.works_friday, p.works_saturday, p.works_sunday,
        {{local "e.asked_time" "p.zone"}} AS asked_local, {{local "e.answer_time" "p.zone"}} AS answer_local
    FROM exchanged AS e
    LEFT JOIN metric_people AS p ON p.tenant_id = e.tenant_id AND p.user_id = e.user_id
    WHERE e.asked_time IS NOT NULL
), windows AS {{inline}}(
    SELECT
        a.tenant_id, a.chat_id, a.turn, a.asked_time, a.answer_time,
        {{utc (adddays (localdate "a.asked_local") "n.n - 1") "a.day_start_seconds" "a.zone"}} AS work_from,
        {{utc (adddays (localdate "a.asked_local") "n.n - 1 + CASE WHEN a.day_end_seconds <= a.day_start_seconds THEN 1 ELSE 0 END") "a.day_end_seconds" "a.zone"}} AS work_to
    FROM answers AS a
    JOIN ({{numbers}}) AS n ON n.n <= {{days (localdate "a.asked_local") (localdate "a.answer_local")}} + 1 AND n.n < 31
    WHERE a.has_hours = 1 AND {{workday "a." (adddays (localdate "a.asked_local") "n.n - 1")}}
), worked AS {{inline}}(
    SELECT
        tenant_id, chat_id, turn,
        SUM(CASE
            WHEN {{min2 "work_to" "answer_time"}} > {{max2 "work_from" "asked_time"}}
            THEN {{sec (max2 "work_from" "asked_time") (min2 "work_to" "answer_time")}}
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, chat_id, turn
)
SELECT
    a.tenant_id, a.dt, a.chat_id, a.turn, a.user_id, a.asked_by, a.asked_time, a.answer_time,
    {{sec "a.asked_time" "a.answer_time"}} AS elapsed_seconds,
    CASE WHEN a.has_hours = 1 THEN COALESCE(w.seconds, 0) END AS working_seconds
FROM answers AS a
LEFT JOIN worked AS w ON w.tenant_id = a.tenant_id AND w.chat_id = a.chat_id AND w.turn = a.turn
WHERE {{sec "a.asked_time" "a.answer_time"}} <= 1209600
