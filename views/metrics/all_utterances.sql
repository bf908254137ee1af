SELECT
    tenant_id, dt, transcript_id, 'scheduled' AS source, utterance_index, transcript_created_time, start_ms, end_ms, start_time, end_time,
    speaker_name, speaker_user_id, spoken_language, text, word_count, character_count, question_count, removed
FROM utterances
UNION ALL
SELECT
    tenant_id, dt, transcript_id, 'adhoc', utterance_index, transcript_created_time, start_ms, end_ms, start_time, end_time,
    speaker_name, speaker_user_id, spoken_language, text, word_count, character_count, question_count, removed
FROM call_utterances
