SELECT
    tenant_id, dt, call_id, session_id, session_index, start_time, end_time,
    CASE WHEN caller_kind IN ('user', 'external') AND {{nobody "caller_id"}} THEN 'nobody' ELSE caller_kind END AS caller_kind,
    CASE WHEN {{nobody "caller_id"}} THEN NULL ELSE caller_id END AS caller_id,
    CASE WHEN callee_kind IN ('user', 'external') AND {{nobody "callee_id"}} THEN 'nobody' ELSE callee_kind END AS callee_kind,
    CASE WHEN {{nobody "callee_id"}} THEN NULL ELSE callee_id END AS callee_id,
    outcome, evidence,
    CASE WHEN {{t "dropped"}} THEN 1 ELSE 0 END AS dropped, talk_seconds
FROM call_legs
