SELECT
    tenant_id, dt, transcript_id, source, meeting_id, call_id, content_correlation_id, organizer_user_id, organizer_tenant_id, created_time, end_time,
    content_state, attributed, utterances_count, speakers_count, speech_ms, language, parse_warnings, removed, organizer_identity_type
FROM transcripts
UNION ALL
SELECT
    tenant_id, dt, transcript_id, source, meeting_id, call_id, content_correlation_id, organizer_user_id, organizer_tenant_id, created_time, end_time,
    content_state, attributed, utterances_count, speakers_count, speech_ms, language, parse_warnings, removed, organizer_identity_type
FROM call_transcripts
