WITH received AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, callee_id AS user_id,
        SUM(CASE WHEN outcome <> 'unknown' THEN 1 ELSE 0 END) AS offered,
        SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
        SUM(CASE WHEN outcome = 'answered_elsewhere' THEN 1 ELSE 0 END) AS answered_elsewhere,
        SUM(CASE WHEN outcome = 'missed' THEN 1 ELSE 0 END) AS missed,
        SUM(CASE WHEN outcome = 'declined' THEN 1 ELSE 0 END) AS declined,
        SUM(CASE WHEN outcome = 'busy' THEN 1 ELSE 0 END) AS busy,
        SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) AS abandoned,
        SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed,
        SUM(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END) AS not_known
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE callee_kind = 'user'
    GROUP BY tenant_id, dt, callee_id
), made AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, caller_id AS user_id, COUNT(DISTINCT call_id) AS made,
        COUNT(DISTINCT CASE WHEN outcome = 'answered' THEN call_id END) AS connected
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE caller_kind = 'user' AND callee_kind IN ('user', 'external', 'pstn', 'nobody')
    GROUP BY tenant_id, dt, caller_id
), talk AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, SUM(((epoch_us(end_time) - epoch_us(new_from)) / 1e6)) AS talk_seconds
    FROM {{ ref('metric_talk_spans') }} AS metric_talk_spans
    GROUP BY tenant_id, dt, user_id
), everyone AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id FROM received
    UNION
    SELECT tenant_id, dt, user_id FROM made
    UNION
    SELECT tenant_id, dt, user_id FROM talk
)
SELECT
    e.tenant_id, e.dt, e.user_id,
    COALESCE(r.offered, 0) AS offered, COALESCE(r.answered, 0) AS answered,
    COALESCE(r.answered_elsewhere, 0) AS answered_elsewhere, COALESCE(r.missed, 0) AS missed,
    COALESCE(r.declined, 0) AS declined, COALESCE(r.busy, 0) AS busy, COALESCE(r.abandoned, 0) AS abandoned,
    COALESCE(r.failed, 0) AS failed, COALESCE(r.not_known, 0) AS not_known,
    COALESCE(m.made, 0) AS made, COALESCE(m.connected, 0) AS connected, COALESCE(t.talk_seconds, 0) AS talk_seconds
FROM everyone AS e
LEFT JOIN received AS r ON r.tenant_id = e.tenant_id AND r.dt = e.dt AND r.user_id = e.user_id
LEFT JOIN made AS m ON m.tenant_id = e.tenant_id AND m.dt = e.dt AND m.user_id = e.user_id
LEFT JOIN talk AS t ON t.tenant_id = e.tenant_id AND t.dt = e.dt AND t.user_id = e.user_id
