WITH written AS {{inline}}(
    SELECT
        m.tenant_id, m.dt, m.user_id AS one_id, c.user_id AS two_id, COUNT(*) AS messages
    FROM metric_messages AS m
    JOIN chat_members_current AS c ON c.tenant_id = m.tenant_id AND c.chat_id = m.thread_id AND c.user_id <> m.user_id
    WHERE m.scope = 'one_on_one'
    GROUP BY m.tenant_id, m.dt, m.user_id, c.user_id
), present AS {{inline}}(
    SELECT tenant_id, dt, call_id, person_id AS user_id, first_time AS first_join, last_time AS last_leave
    FROM call_persons
    WHERE {{t "is_member"}} AND seconds > 0
), sizes AS {{inline}}(
    SELECT tenant_id, dt, call_id, COUNT(*) AS people FROM present GROUP BY tenant_id, dt, call_id
), met AS {{inline}}(
    SELECT
        a.tenant_id, a.dt, a.user_id AS one_id, b.user_id AS two_id, COUNT(*) AS calls,
        SUM(CASE
            WHEN {{min2 "a.last_leave" "b.last_leave"}} > {{max2 "a.first_join" "b.first_join"}}
            THEN {{sec (max2 "a.first_join" "b.first_join") (min2 "a.last_leave" "b.last_leave")}}
            ELSE 0
        END) AS seconds
    FROM present AS a
    JOIN present AS b ON b.tenant_id = a.tenant_id AND b.dt = a.dt AND b.call_id = a.call_id AND b.user_id <> a.user_id
    JOIN sizes AS z ON z.tenant_id = a.tenant_id AND z.dt = a.dt AND z.call_id = a.call_id AND z.people <= 20
    GROUP BY a.tenant_id, a.dt, a.user_id, b.user_id
), pairs AS {{inline}}(
    SELECT tenant_id, dt, one_id, two_id, messages, 0 AS calls, 0 AS seconds FROM written
    UNION ALL
    SELECT tenant_id, dt, one_id, two_id, 0, calls, seconds FROM met
), senders AS {{inline}}(
    SELECT
        p.tenant_id, p.dt, p.one_id, p.two_id, COALESCE(a.department, 'unknown') AS from_department,
        SUM(p.messages) AS messages, SUM(p.calls) AS calls, SUM(p.seconds) AS seconds
    FROM pairs AS p
    JOIN users_current AS a ON a.tenant_id = p.tenant_id AND a.user_id = p.one_id
    GROUP BY p.tenant_id, p.dt, p.one_id, p.two_id, COALESCE(a.department, 'unknown')
)
SELECT
    s.tenant_id, s.dt, s.from_department, COALESCE(b.department, 'unknown') AS to_department,
    SUM(s.messages) AS messages, SUM(s.calls) AS calls_together, SUM(s.seconds) AS seconds_together,
    COUNT(DISTINCT s.one_id) AS from_people, COUNT(DISTINCT s.two_id) AS to_people
FROM senders AS s
JOIN users_current AS b ON b.tenant_id = s.tenant_id AND b.user_id = s.two_id
GROUP BY s.tenant_id, s.dt, s.from_department, COALESCE(b.department, 'unknown')
