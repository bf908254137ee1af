SELECT
    tenant_id, dt, 'direct_routing' AS source, direct_routing_call_id AS source_id, user_id, start_time AS answer_time,
    ((epoch_us(start_time) - epoch_us(invite_time)) / 1e6) AS answer_seconds
FROM {% if 'direct_routing_calls' in var('datasets') %}{{ source('graphlake', 'direct_routing_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "direct_routing_call_id", CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "invite_time", CAST(NULL AS VARCHAR) AS "call_type", CAST(NULL AS BOOLEAN) AS "successful_call", CAST(NULL AS VARCHAR) AS "result", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS direct_routing_calls
WHERE successful_call AND start_time >= invite_time
    AND (LOWER(call_type) LIKE 'byotin%' OR LOWER(call_type) LIKE 'dr_in%')
UNION ALL
SELECT tenant_id, dt, 'queue' AS source, call_id AS source_id, answered_by AS user_id, answer_time, wait_seconds AS answer_seconds
FROM {{ ref('metric_queue_journeys') }} AS metric_queue_journeys
WHERE result = 'agent_answered'
