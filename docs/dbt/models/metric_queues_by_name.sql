SELECT
    tenant_id, dt, queue_name, COUNT(*) AS offered,
    SUM(CASE WHEN result = 'agent_answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN result = 'agent_answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END) AS answered_in_target,
    SUM(CASE WHEN result = 'forwarded' THEN 1 ELSE 0 END) AS forwarded,
    SUM(CASE WHEN result = 'voicemail' THEN 1 ELSE 0 END) AS voicemail,
    SUM(CASE WHEN result IN ('left', 'requeued_and_left') THEN 1 ELSE 0 END) AS left_unanswered,
    AVG(CASE WHEN result = 'agent_answered' THEN wait_seconds END) AS mean_answer_seconds,
    MAX(wait_seconds) AS longest_wait_seconds,
    SUM(talk_seconds) AS talk_seconds,
    100 * CAST(SUM(CASE WHEN result = 'agent_answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS grade_of_service_percent
FROM {{ ref('metric_queue_calls_by_name') }} AS metric_queue_calls_by_name
GROUP BY tenant_id, dt, queue_name
