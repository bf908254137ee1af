WITH spoken AS NOT MATERIALIZED (
    SELECT
        u.tenant_id, u.dt, u.transcript_id, COALESCE(u.speaker_name, 'unknown') AS speaker,
        COUNT(DISTINCT u.speaker_user_id) AS said_ids, MIN(u.speaker_user_id) AS said_id
    FROM {{ ref('all_utterances') }} AS u
    WHERE u.end_ms >= u.start_ms
    GROUP BY u.tenant_id, u.dt, u.transcript_id, COALESCE(u.speaker_name, 'unknown')
), named AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.transcript_id, s.speaker, s.said_ids, s.said_id, t.source, t.meeting_id, t.call_id, t.organizer_user_id,
        t.created_time, COALESCE(t.end_time, t.created_time) AS end_time,
        CASE WHEN s.speaker = 'unknown' OR s.speaker IN ('excluded', 'erased') THEN NULL ELSE REPLACE(s.speaker, ' (Guest)', '') END AS plain_name
    FROM spoken AS s
    JOIN {{ ref('all_transcripts') }} AS t ON t.tenant_id = s.tenant_id AND t.dt = s.dt AND t.transcript_id = s.transcript_id
    WHERE t.attributed
), present AS NOT MATERIALIZED (
    SELECT
        n.tenant_id, n.dt, n.transcript_id, n.speaker, 1 AS attended,
        CASE WHEN a.identity_id IN ('excluded', 'erased') THEN NULL ELSE a.identity_id END AS user_id, a.identity_tenant_id AS user_tenant_id
    FROM named AS n
    JOIN {% if 'attendance_reports' in var('datasets') %}{{ source('graphlake', 'attendance_reports') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "report_id", CAST(NULL AS VARCHAR) AS "meeting_id", CAST(NULL AS VARCHAR) AS "organizer_user_id", CAST(NULL AS TIMESTAMPTZ) AS "meeting_start_time", CAST(NULL AS TIMESTAMPTZ) AS "meeting_end_time", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS r ON r.tenant_id = n.tenant_id AND r.meeting_id = n.meeting_id
    JOIN {% if 'attendance_reports' in var('datasets') %}{{ source('graphlake', 'attendance_records') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "report_id", CAST(NULL AS TIMESTAMPTZ) AS "meeting_start_time", CAST(NULL AS VARCHAR) AS "identity_id", CAST(NULL AS VARCHAR) AS "display_name", CAST(NULL AS VARCHAR) AS "identity_tenant_id", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS a ON a.tenant_id = r.tenant_id AND a.dt = r.dt AND a.report_id = r.report_id
    WHERE REPLACE(a.display_name, ' (Guest)', '') = n.plain_name AND r.meeting_start_time < (n.end_time + to_seconds(900))
        AND COALESCE(r.meeting_end_time, r.meeting_start_time) > (n.created_time + to_seconds(-900))
    UNION ALL
    SELECT
        n.tenant_id, n.dt, n.transcript_id, n.speaker, 0,
        CASE WHEN p.user_id IN ('excluded', 'erased') THEN NULL ELSE p.user_id END, p.user_tenant_id
    FROM named AS n
    JOIN {% if 'call_records' in var('datasets') %}{{ source('graphlake', 'call_participants') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "call_id", CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS VARCHAR) AS "user_display_name", CAST(NULL AS VARCHAR) AS "user_tenant_id", CAST(NULL AS VARCHAR) AS "guest_display_name", CAST(NULL AS VARCHAR) AS "phone_display_name", CAST(NULL AS VARCHAR) AS "azure_communication_services_user_display_name", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS p ON p.tenant_id = n.tenant_id AND p.call_id = n.call_id
    WHERE REPLACE(COALESCE(p.user_display_name, p.guest_display_name, p.phone_display_name, p.azure_communication_services_user_display_name), ' (Guest)', '') = n.plain_name
), counted AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, transcript_id, speaker, COUNT(DISTINCT user_id) AS ids, MIN(user_id) AS user_id, MIN(user_tenant_id) AS user_tenant_id,
        MAX(CASE WHEN user_id IS NOT NULL THEN attended ELSE 0 END) AS attended,
        COUNT(DISTINCT CASE WHEN attended = 1 THEN user_id END) + SUM(CASE WHEN attended = 1 AND user_id IS NULL THEN 1 ELSE 0 END) AS attendees,
        COUNT(DISTINCT CASE WHEN attended = 0 THEN user_id END) + SUM(CASE WHEN attended = 0 AND user_id IS NULL THEN 1 ELSE 0 END) AS participants
    FROM present
    GROUP BY tenant_id, dt, transcript_id, speaker
), directory AS NOT MATERIALIZED (
    SELECT n.tenant_id, n.dt, n.transcript_id, n.speaker, COUNT(*) AS people, MIN(u.user_id) AS user_id, MIN(u.user_type) AS user_type
    FROM named AS n
    JOIN {% if 'users' in var('datasets') %}{{ ref('users_current') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS VARCHAR) AS "display_name", CAST(NULL AS TIMESTAMPTZ) AS "created_time", CAST(NULL AS VARCHAR) AS "user_type", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS u ON u.tenant_id = n.tenant_id AND REPLACE(u.display_name, ' (Guest)', '') = n.plain_name
    GROUP BY n.tenant_id, n.dt, n.transcript_id, n.speaker
), judged AS NOT MATERIALIZED (
    SELECT
        n.tenant_id, n.dt, n.transcript_id, n.speaker, n.source, n.said_id, c.user_id AS present_id, c.user_tenant_id AS present_tenant_id, d.user_id AS directory_id,
        CASE
            WHEN n.plain_name IS NULL THEN 'none'
            WHEN n.said_ids = 1 THEN 'transcript'
            WHEN n.said_ids > 1 OR c.ids > 1 OR c.attendees > 1 OR c.participants > 1 THEN 'ambiguous'
            WHEN c.ids = 1 AND c.attended = 1 THEN 'attendance_unique'
            WHEN c.ids = 1 THEN 'participant_unique'
            WHEN c.ids = 0 THEN 'anonymous'
            WHEN d.people > 1 THEN 'ambiguous'
            WHEN n.speaker <> n.plain_name AND (d.user_type IS NULL OR d.user_type <> 'Guest') THEN 'none'
            WHEN d.user_id = n.organizer_user_id THEN 'organizer_unique'
            WHEN d.people = 1 THEN 'directory_unique'
            ELSE 'none'
        END AS matched_by
    FROM named AS n
    LEFT JOIN counted AS c ON c.tenant_id = n.tenant_id AND c.dt = n.dt AND c.transcript_id = n.transcript_id AND c.speaker = n.speaker
    LEFT JOIN directory AS d ON d.tenant_id = n.tenant_id AND d.dt = n.dt AND d.transcript_id = n.transcript_id AND d.speaker = n.speaker
)
SELECT
    tenant_id, dt, transcript_id, speaker, source, matched_by,
    CASE
        WHEN matched_by = 'transcript' THEN said_id WHEN matched_by IN ('attendance_unique', 'participant_unique') THEN present_id
        WHEN matched_by IN ('organizer_unique', 'directory_unique') THEN directory_id
    END AS user_id,
    CASE
        WHEN matched_by IN ('attendance_unique', 'participant_unique') THEN present_tenant_id
        WHEN matched_by IN ('organizer_unique', 'directory_unique') THEN tenant_id
    END AS user_tenant_id
FROM judged
