SELECT
    tenant_id, dt, recording_id, source, meeting_id, call_id, content_correlation_id, organizer_user_id, created_time, end_time, content_url, organizer_identity_type
FROM recordings
UNION ALL
SELECT
    tenant_id, dt, recording_id, source, meeting_id, call_id, content_correlation_id, organizer_user_id, created_time, end_time, content_url, organizer_identity_type
FROM call_recordings
