SELECT
    tenant_id, dt, call_id, session_id, session_index, start_time, end_time,
    caller_kind, caller_id, callee_kind, callee_id, outcome, evidence,
    CASE WHEN dropped THEN 1 ELSE 0 END AS dropped, talk_seconds
FROM {{ source('graphlake', 'call_legs') }} AS call_legs
