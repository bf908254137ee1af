WITH entered AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id, MIN(start_time) AS queue_time, MAX(end_time) AS left_time, COUNT(*) AS queue_legs
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE callee_kind = 'queue'
    GROUP BY tenant_id, dt, call_id
), menu AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, MIN(start_time) AS menu_time, SUM(((epoch_us(end_time) - epoch_us(start_time)) / 1e6)) AS menu_seconds
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE callee_kind = 'attendant'
    GROUP BY tenant_id, dt, call_id
), tries AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id, callee_id, callee_kind, outcome, start_time, talk_seconds,
        ROW_NUMBER() OVER (PARTITION BY tenant_id, dt, call_id ORDER BY CASE WHEN outcome = 'answered' THEN 0 ELSE 1 END, start_time, session_id) AS rank_of_answer
    FROM {{ ref('metric_call_legs') }} AS metric_call_legs
    WHERE caller_kind = 'queue'
), answers AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id,
        SUM(CASE WHEN callee_kind IN ('user', 'external', 'nobody') THEN 1 ELSE 0 END) AS agents_rung,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN callee_id END) AS answered_by,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN callee_kind END) AS answered_kind,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN start_time END) AS answer_time,
        SUM(talk_seconds) AS talk_seconds
    FROM tries
    GROUP BY tenant_id, dt, call_id
), mailbox AS NOT MATERIALIZED (
    SELECT l.tenant_id, l.dt, l.call_id, MIN(l.start_time) AS voicemail_time
    FROM {{ ref('metric_call_legs') }} AS l
    JOIN entered AS e ON e.tenant_id = l.tenant_id AND e.dt = l.dt AND e.call_id = l.call_id
    WHERE l.outcome = 'voicemail' AND l.start_time >= e.queue_time
    GROUP BY l.tenant_id, l.dt, l.call_id
), accounts AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, string_agg(application_instance_id, ',' ORDER BY application_instance_id) AS resource_accounts
    FROM (SELECT DISTINCT tenant_id, dt, call_id, identity_kind, application_instance_id FROM {{ source('graphlake', 'call_participants') }} AS call_participants) AS p
    WHERE identity_kind = 'applicationInstance' AND application_instance_id IS NOT NULL
    GROUP BY tenant_id, dt, call_id
)
SELECT
    e.tenant_id, e.dt, e.call_id, CASE WHEN c.organizer_id IN ('excluded', 'erased') THEN NULL ELSE c.organizer_id END AS caller_id, c.organizer_masked AS caller_masked, COALESCE(x.resource_accounts, 'unknown') AS resource_accounts,
    m.menu_time, COALESCE(m.menu_seconds, 0) AS menu_seconds, e.queue_time, a.answer_time, e.left_time, e.queue_legs,
    COALESCE(a.agents_rung, 0) AS agents_rung, a.answered_by, COALESCE(a.talk_seconds, 0) AS talk_seconds,
    CASE
        WHEN a.answer_time IS NOT NULL AND a.answered_kind = 'pstn' THEN 'forwarded'
        WHEN a.answer_time IS NOT NULL THEN 'agent_answered'
        WHEN v.voicemail_time IS NOT NULL THEN 'voicemail'
        WHEN e.queue_legs > 1 THEN 'requeued_and_left'
        ELSE 'left'
    END AS result,
    CASE
        WHEN a.answer_time IS NOT NULL THEN ((epoch_us(a.answer_time) - epoch_us(e.queue_time)) / 1e6)
        WHEN v.voicemail_time IS NOT NULL THEN ((epoch_us(v.voicemail_time) - epoch_us(e.queue_time)) / 1e6)
        ELSE ((epoch_us(e.left_time) - epoch_us(e.queue_time)) / 1e6)
    END AS wait_seconds
FROM entered AS e
JOIN {{ source('graphlake', 'calls') }} AS c ON c.tenant_id = e.tenant_id AND c.dt = e.dt AND c.call_id = e.call_id
LEFT JOIN menu AS m ON m.tenant_id = e.tenant_id AND m.dt = e.dt AND m.call_id = e.call_id
LEFT JOIN answers AS a ON a.tenant_id = e.tenant_id AND a.dt = e.dt AND a.call_id = e.call_id
LEFT JOIN mailbox AS v ON v.tenant_id = e.tenant_id AND v.dt = e.dt AND v.call_id = e.call_id
LEFT JOIN accounts AS x ON x.tenant_id = e.tenant_id AND x.dt = e.dt AND x.call_id = e.call_id
