WITH named AS NOT MATERIALIZED (
    SELECT DISTINCT tenant_id, dt, call_id, account_kind, COALESCE(account_name, account_id) AS name
    FROM {{ ref('metric_call_accounts') }} AS metric_call_accounts
), queues AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, COUNT(*) AS queues, string_agg(name, ',' ORDER BY name) AS queue_name
    FROM named
    WHERE account_kind = 'queue'
    GROUP BY tenant_id, dt, call_id
), attendants AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, string_agg(name, ',' ORDER BY name) AS attendant_name
    FROM named
    WHERE account_kind = 'attendant'
    GROUP BY tenant_id, dt, call_id
)
SELECT
    j.tenant_id, j.dt, j.call_id, COALESCE(q.queue_name, 'unknown') AS queue_name, COALESCE(q.queues, 0) AS queues, a.attendant_name,
    j.queue_time, j.left_time, j.result, j.wait_seconds, j.menu_seconds, j.agents_rung, j.answered_by, j.talk_seconds
FROM {{ ref('metric_queue_journeys') }} AS j
LEFT JOIN queues AS q ON q.tenant_id = j.tenant_id AND q.dt = j.dt AND q.call_id = j.call_id
LEFT JOIN attendants AS a ON a.tenant_id = j.tenant_id AND a.dt = j.dt AND a.call_id = j.call_id
