SELECT
    tenant_id, dt, 'direct_routing' AS source, direct_routing_call_id AS source_id, user_id, start_time AS answer_time, ring_seconds AS answer_seconds
FROM {% if 'direct_routing_calls' in var('datasets') %}{{ source('graphlake', 'direct_routing_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "direct_routing_call_id", CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS VARCHAR) AS "direction", CAST(NULL AS VARCHAR) AS "result", CAST(NULL AS DOUBLE) AS "ring_seconds", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS direct_routing_calls
WHERE direction = 'inbound' AND ring_seconds IS NOT NULL
UNION ALL
SELECT tenant_id, dt, 'queue' AS source, call_id AS source_id, answered_by AS user_id, answer_time, wait_seconds AS answer_seconds
FROM {{ ref('metric_queue_journeys') }} AS metric_queue_journeys
WHERE result = 'agent_answered'
