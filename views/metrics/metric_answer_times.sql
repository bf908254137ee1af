SELECT
    tenant_id, dt, 'direct_routing' AS source, direct_routing_call_id AS source_id, user_id, start_time AS answer_time, ring_seconds AS answer_seconds
FROM direct_routing_calls
WHERE direction = 'inbound' AND ring_seconds IS NOT NULL
UNION ALL
SELECT tenant_id, dt, 'queue' AS source, call_id AS source_id, answered_by AS user_id, answer_time, wait_seconds AS answer_seconds
FROM metric_queue_journeys
WHERE result = 'agent_answered'
