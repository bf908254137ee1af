WITH acts AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, 1 AS chatted, 0 AS called, 0 AS met FROM {{ ref('metric_messages') }} AS metric_messages
    UNION ALL
    SELECT tenant_id, dt, caller_id, 0, CASE WHEN callee_kind = 'conference' THEN 0 ELSE 1 END, CASE WHEN callee_kind = 'conference' THEN 1 ELSE 0 END
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE caller_kind = 'user' AND (callee_kind <> 'conference' OR outcome = 'joined')
    UNION ALL
    SELECT tenant_id, dt, callee_id, 0, 1, 0
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE callee_kind = 'user' AND outcome IN ('answered', 'declined')
), known AS NOT MATERIALIZED (
    SELECT tenant_id, user_id FROM {{ source('graphlake', 'users') }} AS users GROUP BY tenant_id, user_id
)
SELECT a.tenant_id, a.dt, a.user_id, MAX(a.chatted) AS chatted, MAX(a.called) AS called, MAX(a.met) AS met
FROM acts AS a
JOIN known AS u ON u.tenant_id = a.tenant_id AND u.user_id = a.user_id
GROUP BY a.tenant_id, a.dt, a.user_id
