WITH rung AS {{inline}}(
    SELECT
        tenant_id, dt, call_id, callee_id, outcome, start_time,
        CASE
            WHEN MIN(callee_id) OVER (PARTITION BY tenant_id, dt, call_id, start_time) < MAX(callee_id) OVER (PARTITION BY tenant_id, dt, call_id, start_time) THEN 1
            ELSE 0
        END AS at_once
    FROM metric_call_legs
    WHERE caller_kind = 'queue' AND callee_kind = 'user'
)
SELECT
    r.tenant_id, r.dt, j.resource_accounts, r.callee_id AS user_id, COUNT(*) AS rung, SUM(r.at_once) AS rung_at_once,
    SUM(CASE WHEN r.outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN r.outcome = 'answered_elsewhere' THEN 1 ELSE 0 END) AS answered_elsewhere,
    SUM(CASE WHEN r.outcome = 'missed' THEN 1 ELSE 0 END) AS missed,
    SUM(CASE WHEN r.outcome = 'declined' THEN 1 ELSE 0 END) AS declined,
    SUM(CASE WHEN r.outcome IN ('answered', 'answered_elsewhere', 'missed', 'declined') THEN 0 ELSE 1 END) AS other
FROM rung AS r
JOIN metric_queue_journeys AS j ON j.tenant_id = r.tenant_id AND j.dt = r.dt AND j.call_id = r.call_id
GROUP BY r.tenant_id, r.dt, j.resource_accounts, r.callee_id
