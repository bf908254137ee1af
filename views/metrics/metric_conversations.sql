WITH ordered AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, start_ms, end_ms, word_count, question_count,
        MAX(end_ms) OVER (PARTITION BY tenant_id, dt, transcript_id
            ORDER BY start_ms, end_ms, utterance_index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS any_until
    FROM all_utterances
    WHERE end_ms >= start_ms
), whole AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, COUNT(*) AS utterances, MAX(end_ms) - MIN(start_ms) AS length_ms,
        SUM(CASE WHEN any_until IS NULL OR any_until <= start_ms THEN end_ms - start_ms WHEN any_until < end_ms THEN end_ms - any_until ELSE 0 END) AS speech_ms,
        MAX(CASE WHEN any_until < start_ms THEN start_ms - any_until ELSE 0 END) AS longest_silence_ms,
        CASE WHEN COUNT(word_count) = COUNT(*) THEN SUM(word_count) END AS words, SUM(question_count) AS questions
    FROM ordered
    GROUP BY tenant_id, dt, transcript_id
), people AS {{inline}}(
    SELECT tenant_id, dt, transcript_id, COUNT(*) AS speakers, SUM(turns) AS turns, SUM(talk_ms) AS talk_ms
    FROM metric_speech
    GROUP BY tenant_id, dt, transcript_id
), counted AS {{inline}}(
    SELECT
        t.tenant_id, t.dt, t.transcript_id, t.source, t.meeting_id, t.call_id, t.organizer_user_id, t.created_time, t.language,
        CASE WHEN {{t "t.attributed"}} THEN 1 ELSE 0 END AS attributed, COALESCE(w.utterances, 0) AS utterances,
        CASE WHEN {{t "t.attributed"}} THEN COALESCE(p.speakers, 0) END AS speakers, CASE WHEN {{t "t.attributed"}} THEN COALESCE(p.turns, 0) END AS turns,
        COALESCE(w.length_ms, 0) AS length_ms, COALESCE(w.speech_ms, 0) AS speech_ms, COALESCE(w.length_ms - w.speech_ms, 0) AS silence_ms,
        COALESCE(w.longest_silence_ms, 0) AS longest_silence_ms, CASE WHEN {{t "t.attributed"}} THEN COALESCE(p.talk_ms - w.speech_ms, 0) END AS talked_over_ms,
        CASE WHEN w.utterances IS NULL THEN 0 ELSE w.words END AS words, COALESCE(w.questions, 0) AS questions
    FROM all_transcripts AS t
    LEFT JOIN whole AS w ON w.tenant_id = t.tenant_id AND w.dt = t.dt AND w.transcript_id = t.transcript_id
    LEFT JOIN people AS p ON p.tenant_id = t.tenant_id AND p.dt = t.dt AND p.transcript_id = t.transcript_id
    WHERE t.content_state = 'present'
)
SELECT
    tenant_id, dt, transcript_id, source, meeting_id, call_id, organizer_user_id, created_time, language, attributed, utterances, speakers, turns,
    length_ms, {{double "length_ms"}} / 1000 AS length_seconds, speech_ms, {{double "speech_ms"}} / 1000 AS speech_seconds,
    silence_ms, {{double "silence_ms"}} / 1000 AS silence_seconds, 100 * {{double "silence_ms"}} / NULLIF(length_ms, 0) AS silence_percent,
    longest_silence_ms, {{double "longest_silence_ms"}} / 1000 AS longest_silence_seconds,
    talked_over_ms, {{double "talked_over_ms"}} / 1000 AS talked_over_seconds, words, questions
FROM counted
