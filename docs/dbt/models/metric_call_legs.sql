SELECT
    tenant_id, dt, call_id, session_id, session_index, start_time, end_time,
    CASE WHEN caller_kind IN ('user', 'external') AND caller_id IN ('excluded', 'erased') THEN 'nobody' ELSE caller_kind END AS caller_kind,
    CASE WHEN caller_id IN ('excluded', 'erased') THEN NULL ELSE caller_id END AS caller_id,
    CASE WHEN callee_kind IN ('user', 'external') AND callee_id IN ('excluded', 'erased') THEN 'nobody' ELSE callee_kind END AS callee_kind,
    CASE WHEN callee_id IN ('excluded', 'erased') THEN NULL ELSE callee_id END AS callee_id,
    outcome, evidence,
    CASE WHEN dropped THEN 1 ELSE 0 END AS dropped, talk_seconds
FROM {{ source('graphlake', 'call_legs') }} AS call_legs
