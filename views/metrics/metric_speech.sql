WITH said AS {{inline}}(
    SELECT
        u.tenant_id, u.dt, u.transcript_id, u.utterance_index, COALESCE(u.speaker_name, 'unknown') AS speaker, u.start_ms, u.end_ms,
        u.word_count, u.character_count, u.question_count,
        MAX(u.end_ms) OVER (PARTITION BY u.tenant_id, u.dt, u.transcript_id, COALESCE(u.speaker_name, 'unknown')
            ORDER BY u.start_ms, u.end_ms, u.utterance_index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS own_until,
        LAG(COALESCE(u.speaker_name, 'unknown')) OVER (PARTITION BY u.tenant_id, u.dt, u.transcript_id
            ORDER BY u.start_ms, u.end_ms, u.utterance_index) AS speaker_before
    FROM all_utterances AS u
    JOIN all_transcripts AS t ON t.tenant_id = u.tenant_id AND t.dt = u.dt AND t.transcript_id = u.transcript_id
    WHERE {{t "t.attributed"}} AND u.end_ms >= u.start_ms
), runs AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, utterance_index, speaker, start_ms, end_ms, word_count, character_count, question_count,
        CASE WHEN own_until IS NULL OR own_until <= start_ms THEN end_ms - start_ms WHEN own_until < end_ms THEN end_ms - own_until ELSE 0 END AS new_ms,
        SUM(CASE WHEN speaker_before = speaker THEN 0 ELSE 1 END)
            OVER (PARTITION BY tenant_id, dt, transcript_id ORDER BY start_ms, end_ms, utterance_index ROWS UNBOUNDED PRECEDING) AS run
    FROM said
), paused AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, utterance_index, speaker, start_ms, end_ms, word_count, character_count, question_count, new_ms, run,
        MAX(end_ms) OVER (PARTITION BY tenant_id, dt, transcript_id, run
            ORDER BY start_ms, end_ms, utterance_index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS run_until
    FROM runs
), numbered AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, speaker, start_ms, end_ms, word_count, character_count, question_count, new_ms,
        SUM(CASE WHEN start_ms - run_until <= 10000 THEN 0 ELSE 1 END)
            OVER (PARTITION BY tenant_id, dt, transcript_id ORDER BY start_ms, end_ms, utterance_index ROWS UNBOUNDED PRECEDING) AS turn
    FROM paused
), turns AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, speaker, turn, COUNT(*) AS utterances, SUM(new_ms) AS new_ms, MAX(end_ms) - MIN(start_ms) AS turn_ms,
        SUM(word_count) AS words, SUM(CASE WHEN word_count IS NULL THEN 1 ELSE 0 END) AS without_words, SUM(character_count) AS characters,
        SUM(question_count) AS questions
    FROM numbered
    GROUP BY tenant_id, dt, transcript_id, speaker, turn
), speakers AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, speaker, SUM(utterances) AS utterances, COUNT(*) AS turns, SUM(new_ms) AS talk_ms, MAX(turn_ms) AS longest_monologue_ms,
        CASE WHEN SUM(without_words) = 0 THEN SUM(words) END AS words, SUM(without_words) AS utterances_without_words,
        SUM(characters) AS characters, SUM(questions) AS questions
    FROM turns
    GROUP BY tenant_id, dt, transcript_id, speaker
), shares AS {{inline}}(
    SELECT
        tenant_id, dt, transcript_id, speaker, utterances, turns, talk_ms, SUM(talk_ms) OVER (PARTITION BY tenant_id, dt, transcript_id) AS talk_of_all_ms,
        longest_monologue_ms, words, utterances_without_words, characters, questions
    FROM speakers
)
SELECT
    s.tenant_id, s.dt, s.transcript_id, s.speaker, t.source, t.meeting_id, t.call_id, t.organizer_user_id,
    s.utterances, s.turns, s.talk_ms, s.talk_of_all_ms, {{double "s.talk_ms"}} / 1000 AS talk_seconds,
    100 * {{double "s.talk_ms"}} / NULLIF(s.talk_of_all_ms, 0) AS talk_share_percent,
    s.longest_monologue_ms, {{double "s.longest_monologue_ms"}} / 1000 AS longest_monologue_seconds,
    s.words, s.utterances_without_words, 60000 * {{double "s.words"}} / NULLIF(s.talk_ms, 0) AS words_per_minute, s.characters, s.questions
FROM shares AS s
JOIN all_transcripts AS t ON t.tenant_id = s.tenant_id AND t.dt = s.dt AND t.transcript_id = s.transcript_id
