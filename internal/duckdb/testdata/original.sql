-- The metrics by their first text, before some of them became tables of the lake: a second opinion on views/metrics.
-- @ original_numbers
CREATE OR REPLACE VIEW original_numbers AS
SELECT CAST(range AS INTEGER) AS n FROM range(4096);

-- @ original_people
CREATE OR REPLACE VIEW original_people AS
SELECT
    u.tenant_id, u.user_id, u.department, u.manager_id, u.user_type, u.account_enabled,
    m.working_hours_iana_time_zone AS zone, m.working_days,
    CAST(LEFT(m.working_hours_start, 8) AS TIME) AS day_start,
    CAST(LEFT(m.working_hours_end, 8) AS TIME) AS day_end
FROM users_current AS u
LEFT JOIN mailbox_settings_current AS m ON m.tenant_id = u.tenant_id AND m.user_id = u.user_id;

-- @ original_call_legs
CREATE OR REPLACE VIEW original_call_legs AS
WITH media AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, session_id, COUNT(*) AS streams
    FROM call_media_streams
    GROUP BY tenant_id, dt, call_id, session_id
), ends AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.call_id, s.session_id, s.start_time, s.end_time,
        s.caller_identity_id, s.callee_identity_id, s.failure_stage, LOWER(s.failure_reason) AS reason,
        COALESCE(m.streams, 0) AS streams,
        CASE
            WHEN s.caller_service_role IN ('mediationServer', 'mediationServerCloudConnectorEdition', 'gateway', 'skypeForBusinessMicrosoftTeamsGateway') THEN 'pstn'
            WHEN s.caller_service_role = 'skypeForBusinessCallQueues' THEN 'queue'
            WHEN s.caller_service_role = 'skypeForBusinessAutoAttendant' THEN 'attendant'
            WHEN s.caller_service_role IN ('skypeForBusinessAudioVideoMcu', 'skypeForBusinessApplicationSharingMcu', 'mediaController', 'audioTeleconferencerController', 'conferencingAttendant', 'conferencingAnnouncementService') THEN 'conference'
            WHEN s.caller_service_role IS NOT NULL THEN 'service'
            WHEN s.caller_identity_id IS NULL THEN 'unknown'
            WHEN s.caller_identity_id LIKE '+%' THEN 'pstn'
            WHEN s.caller_tenant_id = s.tenant_id THEN 'user'
            ELSE 'external'
        END AS caller_kind,
        CASE
            WHEN s.callee_service_role IN ('mediationServer', 'mediationServerCloudConnectorEdition', 'gateway', 'skypeForBusinessMicrosoftTeamsGateway') THEN 'pstn'
            WHEN s.callee_service_role IN ('voicemail', 'exchangeUnifiedMessagingService') THEN 'voicemail'
            WHEN s.callee_service_role = 'skypeForBusinessCallQueues' THEN 'queue'
            WHEN s.callee_service_role = 'skypeForBusinessAutoAttendant' THEN 'attendant'
            WHEN s.callee_service_role IN ('skypeForBusinessAudioVideoMcu', 'skypeForBusinessApplicationSharingMcu', 'mediaController', 'audioTeleconferencerController', 'conferencingAttendant', 'conferencingAnnouncementService') THEN 'conference'
            WHEN s.callee_service_role IS NOT NULL THEN 'service'
            WHEN s.callee_identity_id IS NULL THEN 'unknown'
            WHEN s.callee_identity_id LIKE '+%' THEN 'pstn'
            WHEN s.callee_tenant_id = s.tenant_id THEN 'user'
            ELSE 'external'
        END AS callee_kind
    FROM call_sessions AS s
    LEFT JOIN media AS m
        ON m.tenant_id = s.tenant_id AND m.dt = s.dt AND m.call_id = s.call_id AND m.session_id = s.session_id
    WHERE s.is_test IS NULL OR NOT s.is_test
), alone AS NOT MATERIALIZED (
    SELECT
        ends.*,
        CASE
            WHEN callee_kind = 'voicemail' THEN 'voicemail'
            WHEN callee_kind = 'attendant' THEN 'attendant'
            WHEN callee_kind = 'queue' THEN 'queued'
            WHEN failure_stage = 'callSetup' THEN CASE
                WHEN callee_kind = 'conference' THEN 'failed'
                WHEN reason LIKE '%declin%' OR reason LIKE '%reject%' THEN 'declined'
                WHEN reason LIKE '%busy%' THEN 'busy'
                WHEN reason LIKE '%cancel%' OR reason LIKE '%abandon%' THEN 'abandoned'
                WHEN reason LIKE '%answer%' OR reason LIKE '%timeout%' OR reason LIKE '%timed out%' THEN 'missed'
                ELSE 'failed'
            END
            WHEN callee_kind = 'conference' THEN 'joined'
            WHEN streams > 0 OR failure_stage = 'midcall' THEN 'answered'
            ELSE 'unknown'
        END AS own
    FROM ends
), siblings AS NOT MATERIALIZED (
    SELECT
        alone.*,
        MAX(CASE WHEN own = 'answered' AND caller_kind = 'queue' THEN end_time END)
            OVER (PARTITION BY tenant_id, dt, call_id ORDER BY start_time, session_id ROWS UNBOUNDED PRECEDING) AS taken_until,
        MIN(CASE WHEN own = 'answered' AND caller_kind = 'queue' THEN start_time END)
            OVER (PARTITION BY tenant_id, dt, call_id ORDER BY start_time, session_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS taken_time
    FROM alone
), judged AS NOT MATERIALIZED (
    SELECT
        siblings.*,
        CASE
            WHEN caller_kind = 'queue' AND callee_kind IN ('user', 'external') AND own IN ('missed', 'failed', 'unknown', 'abandoned')
                AND (taken_until > start_time OR taken_time < end_time) THEN 1
            ELSE 0
        END AS elsewhere
    FROM siblings
)
SELECT
    tenant_id, dt, call_id, session_id, start_time, end_time,
    caller_kind, CASE WHEN caller_kind IN ('user', 'external', 'pstn') THEN caller_identity_id END AS caller_id,
    callee_kind, CASE WHEN callee_kind IN ('user', 'external', 'pstn') THEN callee_identity_id END AS callee_id,
    CASE WHEN elsewhere = 1 THEN 'answered_elsewhere' ELSE own END AS outcome,
    CASE
        WHEN elsewhere = 1 THEN 'sibling'
        WHEN callee_kind IN ('voicemail', 'attendant', 'queue') THEN 'role'
        WHEN failure_stage = 'callSetup' AND own <> 'failed' THEN 'reason'
        WHEN failure_stage = 'callSetup' THEN 'stage'
        WHEN callee_kind = 'conference' THEN 'role'
        WHEN streams > 0 THEN 'media'
        WHEN failure_stage = 'midcall' THEN 'stage'
        ELSE 'none'
    END AS evidence,
    CASE WHEN failure_stage = 'midcall' THEN 1 ELSE 0 END AS dropped,
    CASE WHEN own IN ('answered', 'joined') AND end_time > start_time THEN ((epoch_us(end_time) - epoch_us(start_time)) / 1e6) ELSE 0 END AS talk_seconds
FROM judged;

-- @ original_calls
CREATE OR REPLACE VIEW original_calls AS
WITH legs AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id,
        MAX(CASE WHEN caller_kind IN ('attendant', 'queue') OR callee_kind IN ('attendant', 'queue') THEN 1 ELSE 0 END) AS voice_app,
        MAX(CASE WHEN caller_kind = 'pstn' OR callee_kind = 'pstn' THEN 1 ELSE 0 END) AS phone_ends,
        MAX(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
        MAX(CASE WHEN outcome = 'joined' THEN 1 ELSE 0 END) AS joined,
        MAX(CASE WHEN outcome = 'voicemail' THEN 1 ELSE 0 END) AS voicemail,
        MAX(CASE WHEN outcome = 'declined' THEN 1 ELSE 0 END) AS declined,
        MAX(CASE WHEN outcome = 'busy' THEN 1 ELSE 0 END) AS busy,
        MAX(CASE WHEN outcome = 'missed' THEN 1 ELSE 0 END) AS missed,
        MAX(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) AS abandoned,
        MAX(CASE WHEN outcome IN ('queued', 'attendant') THEN 1 ELSE 0 END) AS waited,
        MAX(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed
    FROM original_call_legs
    GROUP BY tenant_id, dt, call_id
), people AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id,
        SUM(CASE WHEN identity_kind = 'user' AND user_tenant_id = tenant_id THEN 1 ELSE 0 END) AS members,
        SUM(CASE WHEN identity_kind = 'phone' THEN 1 ELSE 0 END) AS phones,
        SUM(CASE WHEN identity_kind IN ('user', 'guest', 'acsUser', 'azureCommunicationServicesUser', 'encrypted', 'onPremises')
            AND (user_tenant_id IS NULL OR user_tenant_id <> tenant_id) THEN 1 ELSE 0 END) AS outsiders
    FROM call_participants
    GROUP BY tenant_id, dt, call_id
), tests AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, COUNT(*) AS test_sessions
    FROM call_sessions
    WHERE is_test
    GROUP BY tenant_id, dt, call_id
), trunks AS NOT MATERIALIZED (
    SELECT tenant_id, correlation_id FROM direct_routing_calls WHERE correlation_id IS NOT NULL GROUP BY tenant_id, correlation_id
), sorts AS NOT MATERIALIZED (
    SELECT
        c.tenant_id, c.dt, c.call_id, c.start_time, c.end_time, c.organizer_id, c.join_web_url,
        CASE WHEN c.organizer_id IS NULL THEN NULL WHEN c.organizer_kind = 'user' AND c.organizer_user_tenant_id = c.tenant_id THEN 1 ELSE 0 END AS ours,
        CASE WHEN p.phones > 0 OR l.phone_ends = 1 THEN 1 ELSE 0 END AS by_phone,
        COALESCE(p.members, 0) AS members, COALESCE(p.phones, 0) AS phones, COALESCE(p.outsiders, 0) AS outsiders,
        l.answered, l.joined, l.voicemail, l.declined, l.busy, l.missed, l.abandoned, l.failed, l.waited,
        CASE WHEN t.correlation_id IS NOT NULL THEN 1 ELSE 0 END AS trunk,
        CASE
            WHEN l.call_id IS NULL AND x.call_id IS NOT NULL THEN 'test'
            WHEN c.join_web_url IS NOT NULL THEN 'meeting'
            WHEN l.voice_app = 1 THEN 'voice_app'
            WHEN COALESCE(p.members, 0) + COALESCE(p.phones, 0) + COALESCE(p.outsiders, 0) > 2 THEN 'group'
            ELSE 'one_to_one'
        END AS kind
    FROM calls AS c
    LEFT JOIN legs AS l ON l.tenant_id = c.tenant_id AND l.dt = c.dt AND l.call_id = c.call_id
    LEFT JOIN people AS p ON p.tenant_id = c.tenant_id AND p.dt = c.dt AND p.call_id = c.call_id
    LEFT JOIN tests AS x ON x.tenant_id = c.tenant_id AND x.dt = c.dt AND x.call_id = c.call_id
    LEFT JOIN trunks AS t ON t.tenant_id = c.tenant_id AND t.correlation_id = c.call_id
)
SELECT
    tenant_id, dt, call_id, start_time, end_time, organizer_id, join_web_url, kind, members, phones, outsiders,
    CASE
        WHEN kind = 'test' THEN 'test'
        WHEN kind = 'meeting' THEN 'conference'
        WHEN ours IS NULL THEN 'unknown'
        WHEN ours = 0 THEN 'inbound'
        WHEN by_phone + outsiders > 0 THEN 'outbound'
        ELSE 'internal'
    END AS direction,
    CASE WHEN trunk = 1 THEN 'direct_routing' WHEN by_phone = 1 THEN 'other_pstn' ELSE 'voip' END AS network,
    CASE
        WHEN kind = 'test' THEN 'test'
        WHEN answered = 1 THEN 'answered'
        WHEN joined = 1 THEN 'held'
        WHEN voicemail = 1 THEN 'voicemail'
        WHEN declined = 1 THEN 'declined'
        WHEN busy = 1 THEN 'busy'
        WHEN missed = 1 THEN 'missed'
        WHEN abandoned = 1 OR waited = 1 THEN 'abandoned'
        WHEN failed = 1 THEN 'failed'
        ELSE 'unknown'
    END AS outcome,
    CASE WHEN end_time > start_time THEN ((epoch_us(end_time) - epoch_us(start_time)) / 1e6) ELSE 0 END AS length_seconds
FROM sorts;

-- @ original_talk_spans
CREATE OR REPLACE VIEW original_talk_spans AS
WITH spans AS NOT MATERIALIZED (
    SELECT tenant_id, dt, caller_id AS user_id, call_id, start_time, end_time
    FROM original_call_legs
    WHERE caller_kind = 'user' AND outcome IN ('answered', 'joined') AND end_time > start_time
    UNION ALL
    SELECT tenant_id, dt, callee_id AS user_id, call_id, start_time, end_time
    FROM original_call_legs
    WHERE callee_kind = 'user' AND outcome IN ('answered', 'joined') AND end_time > start_time
), reached AS NOT MATERIALIZED (
    SELECT
        spans.*,
        MAX(end_time) OVER (PARTITION BY tenant_id, user_id, dt ORDER BY start_time, end_time, call_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM spans
)
SELECT
    tenant_id, dt, user_id, call_id, start_time, end_time,
    CASE WHEN covered_until > start_time THEN covered_until ELSE start_time END AS new_from
FROM reached
WHERE covered_until IS NULL OR covered_until < end_time;

-- @ original_person_calls
CREATE OR REPLACE VIEW original_person_calls AS
WITH received AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, callee_id AS user_id,
        SUM(CASE WHEN outcome <> 'unknown' THEN 1 ELSE 0 END) AS offered,
        SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END) AS answered,
        SUM(CASE WHEN outcome = 'answered_elsewhere' THEN 1 ELSE 0 END) AS answered_elsewhere,
        SUM(CASE WHEN outcome = 'missed' THEN 1 ELSE 0 END) AS missed,
        SUM(CASE WHEN outcome = 'declined' THEN 1 ELSE 0 END) AS declined,
        SUM(CASE WHEN outcome = 'busy' THEN 1 ELSE 0 END) AS busy,
        SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) AS abandoned,
        SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed,
        SUM(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END) AS not_known
    FROM original_call_legs
    WHERE callee_kind = 'user'
    GROUP BY tenant_id, dt, callee_id
), made AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, caller_id AS user_id, COUNT(DISTINCT call_id) AS made,
        COUNT(DISTINCT CASE WHEN outcome = 'answered' THEN call_id END) AS connected
    FROM original_call_legs
    WHERE caller_kind = 'user' AND callee_kind IN ('user', 'external', 'pstn')
    GROUP BY tenant_id, dt, caller_id
), talk AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, SUM(((epoch_us(end_time) - epoch_us(new_from)) / 1e6)) AS talk_seconds
    FROM original_talk_spans
    GROUP BY tenant_id, dt, user_id
), everyone AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id FROM received
    UNION
    SELECT tenant_id, dt, user_id FROM made
    UNION
    SELECT tenant_id, dt, user_id FROM talk
)
SELECT
    e.tenant_id, e.dt, e.user_id,
    COALESCE(r.offered, 0) AS offered, COALESCE(r.answered, 0) AS answered,
    COALESCE(r.answered_elsewhere, 0) AS answered_elsewhere, COALESCE(r.missed, 0) AS missed,
    COALESCE(r.declined, 0) AS declined, COALESCE(r.busy, 0) AS busy, COALESCE(r.abandoned, 0) AS abandoned,
    COALESCE(r.failed, 0) AS failed, COALESCE(r.not_known, 0) AS not_known,
    COALESCE(m.made, 0) AS made, COALESCE(m.connected, 0) AS connected, COALESCE(t.talk_seconds, 0) AS talk_seconds
FROM everyone AS e
LEFT JOIN received AS r ON r.tenant_id = e.tenant_id AND r.dt = e.dt AND r.user_id = e.user_id
LEFT JOIN made AS m ON m.tenant_id = e.tenant_id AND m.dt = e.dt AND m.user_id = e.user_id
LEFT JOIN talk AS t ON t.tenant_id = e.tenant_id AND t.dt = e.dt AND t.user_id = e.user_id;

-- @ original_queue_journeys
CREATE OR REPLACE VIEW original_queue_journeys AS
WITH entered AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id, MIN(start_time) AS queue_time, MAX(end_time) AS left_time, COUNT(*) AS queue_legs
    FROM original_call_legs
    WHERE callee_kind = 'queue'
    GROUP BY tenant_id, dt, call_id
), menu AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, MIN(start_time) AS menu_time, SUM(((epoch_us(end_time) - epoch_us(start_time)) / 1e6)) AS menu_seconds
    FROM original_call_legs
    WHERE callee_kind = 'attendant'
    GROUP BY tenant_id, dt, call_id
), tries AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id, callee_id, callee_kind, outcome, start_time, talk_seconds,
        ROW_NUMBER() OVER (PARTITION BY tenant_id, dt, call_id ORDER BY CASE WHEN outcome = 'answered' THEN 0 ELSE 1 END, start_time, session_id) AS rank_of_answer
    FROM original_call_legs
    WHERE caller_kind = 'queue'
), answers AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, call_id,
        SUM(CASE WHEN callee_kind IN ('user', 'external') THEN 1 ELSE 0 END) AS agents_rung,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN callee_id END) AS answered_by,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN callee_kind END) AS answered_kind,
        MAX(CASE WHEN rank_of_answer = 1 AND outcome = 'answered' THEN start_time END) AS answer_time,
        SUM(talk_seconds) AS talk_seconds
    FROM tries
    GROUP BY tenant_id, dt, call_id
), mailbox AS NOT MATERIALIZED (
    SELECT l.tenant_id, l.dt, l.call_id, MIN(l.start_time) AS voicemail_time
    FROM original_call_legs AS l
    JOIN entered AS e ON e.tenant_id = l.tenant_id AND e.dt = l.dt AND e.call_id = l.call_id
    WHERE l.outcome = 'voicemail' AND l.start_time >= e.queue_time
    GROUP BY l.tenant_id, l.dt, l.call_id
), accounts AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, string_agg(application_instance_id, ',' ORDER BY application_instance_id) AS resource_accounts
    FROM call_participants
    WHERE identity_kind = 'applicationInstance' AND application_instance_id IS NOT NULL
    GROUP BY tenant_id, dt, call_id
)
SELECT
    e.tenant_id, e.dt, e.call_id, c.organizer_id AS caller_id, COALESCE(x.resource_accounts, 'unknown') AS resource_accounts,
    m.menu_time, COALESCE(m.menu_seconds, 0) AS menu_seconds, e.queue_time, a.answer_time, e.left_time, e.queue_legs,
    COALESCE(a.agents_rung, 0) AS agents_rung, a.answered_by, COALESCE(a.talk_seconds, 0) AS talk_seconds,
    CASE
        WHEN a.answer_time IS NOT NULL AND a.answered_kind = 'pstn' THEN 'forwarded'
        WHEN a.answer_time IS NOT NULL THEN 'agent_answered'
        WHEN v.voicemail_time IS NOT NULL THEN 'voicemail'
        WHEN e.queue_legs > 1 THEN 'requeued_and_left'
        ELSE 'left'
    END AS result,
    CASE
        WHEN a.answer_time IS NOT NULL THEN ((epoch_us(a.answer_time) - epoch_us(e.queue_time)) / 1e6)
        WHEN v.voicemail_time IS NOT NULL THEN ((epoch_us(v.voicemail_time) - epoch_us(e.queue_time)) / 1e6)
        ELSE ((epoch_us(e.left_time) - epoch_us(e.queue_time)) / 1e6)
    END AS wait_seconds
FROM entered AS e
JOIN calls AS c ON c.tenant_id = e.tenant_id AND c.dt = e.dt AND c.call_id = e.call_id
LEFT JOIN menu AS m ON m.tenant_id = e.tenant_id AND m.dt = e.dt AND m.call_id = e.call_id
LEFT JOIN answers AS a ON a.tenant_id = e.tenant_id AND a.dt = e.dt AND a.call_id = e.call_id
LEFT JOIN mailbox AS v ON v.tenant_id = e.tenant_id AND v.dt = e.dt AND v.call_id = e.call_id
LEFT JOIN accounts AS x ON x.tenant_id = e.tenant_id AND x.dt = e.dt AND x.call_id = e.call_id;

-- @ original_queue_days
CREATE OR REPLACE VIEW original_queue_days AS
SELECT
    tenant_id, dt, resource_accounts, COUNT(*) AS offered,
    SUM(CASE WHEN result = 'agent_answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN result = 'agent_answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END) AS answered_in_target,
    SUM(CASE WHEN result = 'forwarded' THEN 1 ELSE 0 END) AS forwarded,
    SUM(CASE WHEN result = 'voicemail' THEN 1 ELSE 0 END) AS voicemail,
    SUM(CASE WHEN result IN ('left', 'requeued_and_left') THEN 1 ELSE 0 END) AS left_unanswered,
    AVG(CASE WHEN result = 'agent_answered' THEN wait_seconds END) AS mean_answer_seconds,
    MAX(wait_seconds) AS longest_wait_seconds,
    100 * CAST(SUM(CASE WHEN result = 'agent_answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS grade_of_service_percent,
    100 * CAST(SUM(CASE WHEN result = 'agent_answered' AND wait_seconds <= 20 THEN 1 ELSE 0 END) AS DOUBLE)
        / NULLIF(SUM(CASE WHEN result = 'agent_answered' THEN 1 ELSE 0 END), 0) AS answered_in_target_percent
FROM original_queue_journeys
GROUP BY tenant_id, dt, resource_accounts;

-- @ original_attendant_journeys
CREATE OR REPLACE VIEW original_attendant_journeys AS
WITH menu AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, MIN(start_time) AS menu_time, MAX(end_time) AS menu_end, COUNT(*) AS menu_legs
    FROM original_call_legs
    WHERE callee_kind = 'attendant'
    GROUP BY tenant_id, dt, call_id
), next_legs AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.dt, l.call_id, l.callee_kind, l.outcome,
        ROW_NUMBER() OVER (PARTITION BY l.tenant_id, l.dt, l.call_id ORDER BY l.start_time, l.session_id) AS nth
    FROM original_call_legs AS l
    JOIN menu AS m ON m.tenant_id = l.tenant_id AND m.dt = l.dt AND m.call_id = l.call_id
    WHERE l.callee_kind <> 'attendant' AND l.caller_kind <> 'queue' AND l.start_time >= m.menu_time
)
SELECT
    m.tenant_id, m.dt, m.call_id, m.menu_time, m.menu_legs, ((epoch_us(m.menu_end) - epoch_us(m.menu_time)) / 1e6) AS menu_seconds,
    CASE
        WHEN n.callee_kind = 'queue' THEN 'transferred_queue'
        WHEN n.callee_kind = 'voicemail' THEN 'transferred_voicemail'
        WHEN n.callee_kind IN ('pstn', 'external') THEN 'transferred_external'
        WHEN n.callee_kind = 'user' THEN 'transferred_user'
        WHEN n.callee_kind IS NOT NULL THEN 'other'
        ELSE 'terminated'
    END AS result
FROM menu AS m
LEFT JOIN next_legs AS n ON n.tenant_id = m.tenant_id AND n.dt = m.dt AND n.call_id = m.call_id AND n.nth = 1;

-- @ original_answer_times
CREATE OR REPLACE VIEW original_answer_times AS
SELECT
    tenant_id, dt, 'direct_routing' AS source, direct_routing_call_id AS source_id, user_id, start_time AS answer_time,
    ((epoch_us(start_time) - epoch_us(invite_time)) / 1e6) AS answer_seconds
FROM direct_routing_calls
WHERE successful_call AND start_time >= invite_time
    AND (LOWER(call_type) LIKE 'byotin%' OR LOWER(call_type) LIKE 'dr_in%')
UNION ALL
SELECT tenant_id, dt, 'queue' AS source, call_id AS source_id, answered_by AS user_id, answer_time, wait_seconds AS answer_seconds
FROM original_queue_journeys
WHERE result = 'agent_answered';

-- @ original_missed_calls
CREATE OR REPLACE VIEW original_missed_calls AS
WITH missed AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.dt, l.call_id, 'user' AS target_kind, l.callee_id AS target_id, c.organizer_id AS other_id,
        MIN(l.start_time) AS missed_time, MAX(l.end_time) AS missed_end
    FROM original_call_legs AS l
    JOIN original_calls AS c ON c.tenant_id = l.tenant_id AND c.dt = l.dt AND c.call_id = l.call_id
    WHERE l.callee_kind = 'user' AND l.outcome IN ('missed', 'declined', 'busy', 'abandoned')
        AND c.kind = 'one_to_one' AND c.outcome <> 'answered'
    GROUP BY l.tenant_id, l.dt, l.call_id, l.callee_id, c.organizer_id
    UNION ALL
    SELECT tenant_id, dt, call_id, 'queue', resource_accounts, caller_id, queue_time, left_time
    FROM original_queue_journeys
    WHERE result IN ('left', 'requeued_and_left', 'voicemail')
), connected AS NOT MATERIALIZED (
    SELECT
        c.tenant_id, c.dt, c.call_id, c.start_time, p.user_id AS one_id, COALESCE(o.user_id, o.phone_id, o.participant_id) AS two_id,
        CASE WHEN p.user_id = c.organizer_id THEN 'called_back' ELSE 'called_again' END AS how
    FROM original_calls AS c
    JOIN call_participants AS p ON p.tenant_id = c.tenant_id AND p.dt = c.dt AND p.call_id = c.call_id
        AND p.identity_kind = 'user' AND p.user_tenant_id = p.tenant_id
    JOIN call_participants AS o ON o.tenant_id = c.tenant_id AND o.dt = c.dt AND o.call_id = c.call_id
        AND o.participant_index <> p.participant_index AND o.identity_kind <> 'applicationInstance'
    WHERE c.kind IN ('one_to_one', 'voice_app') AND c.outcome = 'answered'
), later AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.call_id, m.target_id, MIN(k.start_time) AS returned_time,
        MAX(CASE WHEN k.how = 'called_back' THEN 1 ELSE 0 END) AS called_back
    FROM missed AS m
    JOIN connected AS k ON k.tenant_id = m.tenant_id AND k.two_id = m.other_id
        AND m.other_id NOT LIKE '%*%' AND m.other_id <> 'anonymous'
        AND (m.target_kind = 'queue' OR k.one_id = m.target_id)
        AND k.start_time >= m.missed_end AND k.start_time < (m.missed_end + to_seconds(86400))
    GROUP BY m.tenant_id, m.dt, m.call_id, m.target_id
)
SELECT
    m.tenant_id, m.dt, m.call_id, m.target_kind, m.target_id, m.other_id, m.missed_time,
    CASE WHEN m.other_id IS NULL OR m.other_id LIKE '%*%' OR m.other_id = 'anonymous' THEN 0 ELSE 1 END AS can_match,
    ROW_NUMBER() OVER (PARTITION BY m.tenant_id, m.dt, m.target_kind, m.target_id, m.other_id ORDER BY m.missed_time, m.call_id) AS attempt_of_day,
    r.returned_time, ((epoch_us(r.returned_time) - epoch_us(m.missed_end)) / 1e6) AS return_seconds, COALESCE(r.called_back, 0) AS called_back
FROM missed AS m
LEFT JOIN later AS r ON r.tenant_id = m.tenant_id AND r.dt = m.dt AND r.call_id = m.call_id AND r.target_id = m.target_id;
-- @ original_concurrency
CREATE OR REPLACE VIEW original_concurrency AS
WITH lines AS NOT MATERIALIZED (
    SELECT
        tenant_id, trunk_fqdn, direct_routing_call_id, COALESCE(invite_time, start_time) AS from_time,
        COALESCE(CASE WHEN successful_call THEN end_time ELSE failure_time END, end_time, failure_time) AS to_time
    FROM direct_routing_calls
), spans AS NOT MATERIALIZED (
    SELECT tenant_id, 'tenant' AS scope, 'all' AS line, call_id AS id, start_time, end_time
    FROM original_calls
    WHERE kind <> 'test' AND end_time > start_time
    UNION ALL
    SELECT tenant_id, 'trunk', COALESCE(trunk_fqdn, 'unknown'), direct_routing_call_id, from_time, to_time
    FROM lines
    WHERE to_time > from_time
), parts AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.scope, s.line, s.start_time, s.end_time,
        (to_timestamp(floor(epoch(s.start_time) / 900) * 900) + to_seconds(n.n * 900)) AS slot_time
    FROM spans AS s
    JOIN original_numbers AS n ON n.n <= (floor(epoch(s.end_time) / 900) - floor(epoch(s.start_time) / 900))
), cuts AS NOT MATERIALIZED (
    SELECT
        tenant_id, scope, line, slot_time,
        CASE WHEN start_time > slot_time THEN start_time ELSE slot_time END AS from_time,
        CASE WHEN end_time < (slot_time + to_seconds(900)) THEN end_time ELSE (slot_time + to_seconds(900)) END AS to_time
    FROM parts
), steps AS NOT MATERIALIZED (
    SELECT tenant_id, scope, line, slot_time, from_time AS at_time, 1 AS step, 0 AS busy FROM cuts WHERE from_time < to_time
    UNION ALL
    SELECT tenant_id, scope, line, slot_time, to_time, -1, ((epoch_us(to_time) - epoch_us(from_time)) / 1e6) FROM cuts WHERE from_time < to_time
), running AS NOT MATERIALIZED (
    SELECT
        tenant_id, scope, line, slot_time, busy,
        SUM(step) OVER (PARTITION BY tenant_id, scope, line, slot_time ORDER BY at_time, step ROWS UNBOUNDED PRECEDING) AS calls_now
    FROM steps
)
SELECT
    tenant_id, CAST(slot_time AT TIME ZONE 'UTC' AS DATE) AS dt, scope, line, slot_time, MAX(calls_now) AS peak, SUM(busy) / 900 AS mean_calls
FROM running
GROUP BY tenant_id, scope, line, slot_time;

-- @ original_direct_routing
CREATE OR REPLACE VIEW original_direct_routing AS
WITH tries AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, COALESCE(trunk_fqdn, 'unknown') AS trunk_fqdn, final_sip_code, call_end_sub_reason, duration_seconds,
        CASE WHEN LOWER(call_type) LIKE 'byotin%' OR LOWER(call_type) LIKE 'dr_in%' THEN 'inbound'
            WHEN LOWER(call_type) LIKE 'byotout%' OR LOWER(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END AS direction,
        CASE
            WHEN successful_call THEN 'answered'
            WHEN final_sip_code IN (486, 600) THEN 'busy'
            WHEN final_sip_code IN (408, 480, 487) THEN 'no_answer'
            WHEN final_sip_code IN (403, 603) THEN 'rejected'
            WHEN final_sip_code IN (404, 410, 484, 604) THEN 'bad_number'
            ELSE 'network'
        END AS result
    FROM direct_routing_calls
)
SELECT
    tenant_id, dt, trunk_fqdn, direction, COUNT(*) AS attempts,
    SUM(CASE WHEN result = 'answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN result = 'busy' THEN 1 ELSE 0 END) AS busy,
    SUM(CASE WHEN result = 'no_answer' THEN 1 ELSE 0 END) AS no_answer,
    SUM(CASE WHEN result = 'rejected' THEN 1 ELSE 0 END) AS rejected,
    SUM(CASE WHEN result = 'bad_number' THEN 1 ELSE 0 END) AS bad_number,
    SUM(CASE WHEN result = 'network' THEN 1 ELSE 0 END) AS network,
    100 * CAST(SUM(CASE WHEN result = 'answered' THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS answer_seizure_percent,
    100 * CAST(SUM(CASE WHEN result IN ('answered', 'busy', 'no_answer', 'rejected') THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*) AS network_effectiveness_percent,
    AVG(CASE WHEN result = 'answered' THEN CAST(duration_seconds AS DOUBLE) END) AS mean_seconds
FROM tries
GROUP BY tenant_id, dt, trunk_fqdn, direction;

-- @ original_direct_routing_codes
CREATE OR REPLACE VIEW original_direct_routing_codes AS
SELECT
    tenant_id, dt, COALESCE(trunk_fqdn, 'unknown') AS trunk_fqdn, final_sip_code, call_end_sub_reason,
    MIN(final_sip_code_phrase) AS phrase, COUNT(*) AS attempts,
    SUM(CASE WHEN successful_call THEN 1 ELSE 0 END) AS answered
FROM direct_routing_calls
GROUP BY tenant_id, dt, COALESCE(trunk_fqdn, 'unknown'), final_sip_code, call_end_sub_reason;

-- @ original_pstn_costs
CREATE OR REPLACE VIEW original_pstn_costs AS
WITH rows_of_day AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, duration_seconds, charge, connection_charge,
        COALESCE(currency, 'unknown') AS currency, COALESCE(operator, 'unknown') AS operator, COALESCE(destination_context, 'unknown') AS destination_context,
        CASE WHEN LOWER(call_type) LIKE '%in' THEN 'inbound' WHEN LOWER(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END AS direction,
        CASE WHEN LOWER(call_type) LIKE 'conf%' THEN 'conference' WHEN LOWER(call_type) LIKE 'ucap%' THEN 'voice_app' ELSE 'user' END AS charged_to,
        COALESCE(CASE WHEN LOWER(call_type) LIKE '%in' THEN usage_country_code WHEN LOWER(call_type) NOT LIKE '%out%' THEN NULL
            WHEN other_number_country IS NOT NULL THEN other_number_country WHEN destination_context = 'Domestic' THEN usage_country_code END, 'unknown') AS country
    FROM pstn_calls
)
SELECT
    tenant_id, dt, country, direction, charged_to, destination_context, operator, currency,
    COUNT(*) AS calls, COUNT(DISTINCT user_id) AS users, SUM(COALESCE(duration_seconds, 0)) AS seconds,
    SUM(ceil(COALESCE(duration_seconds, 0) / 60.0)) AS started_minutes,
    SUM(COALESCE(charge, 0)) AS charge, SUM(COALESCE(connection_charge, 0)) AS connection_charge,
    SUM(COALESCE(charge, 0) + COALESCE(connection_charge, 0)) AS cost,
    SUM(CASE WHEN charge IS NULL THEN 1 ELSE 0 END) AS calls_without_charge
FROM rows_of_day
GROUP BY tenant_id, dt, country, direction, charged_to, destination_context, operator, currency;

-- @ original_streams
CREATE OR REPLACE VIEW original_streams AS
WITH measured AS NOT MATERIALIZED (
    SELECT
        x.tenant_id, x.dt, x.call_id, x.session_id, x.segment_id, x.media_index, x.stream_index, x.stream_direction,
        x.packet_utilization, x.average_round_trip_time_ms AS rtt, x.average_jitter_ms AS jitter, x.average_packet_loss_rate AS loss,
        x.average_video_frame_loss_percentage AS frame_loss, x.average_video_frame_rate AS frame_rate,
        x.post_forward_error_correction_packet_loss_rate AS post_fec,
        CASE
            WHEN LOWER(m.label) LIKE '%audio%' THEN 'audio'
            WHEN LOWER(m.label) LIKE '%applicationsharing%' THEN 'sharing'
            WHEN LOWER(m.label) LIKE '%video%' THEN 'video'
            ELSE 'other'
        END AS medium
    FROM call_media_streams AS x
    JOIN call_media AS m ON m.tenant_id = x.tenant_id AND m.dt = x.dt AND m.call_id = x.call_id
        AND m.session_id = x.session_id AND m.segment_id = x.segment_id AND m.media_index = x.media_index
    JOIN call_sessions AS s ON s.tenant_id = x.tenant_id AND s.dt = x.dt AND s.call_id = x.call_id AND s.session_id = x.session_id
    WHERE s.is_test IS NULL OR NOT s.is_test
)
SELECT
    tenant_id, dt, call_id, session_id, segment_id, media_index, stream_index, stream_direction, medium,
    CASE
        WHEN medium = 'audio' THEN CASE
            WHEN packet_utilization IS NULL OR packet_utilization <= 500 THEN 'unclassified'
            WHEN rtt > 500 OR loss > 0.1 OR jitter > 30 THEN 'poor'
            WHEN rtt IS NULL AND loss IS NULL AND jitter IS NULL THEN 'unclassified'
            ELSE 'good'
        END
        WHEN medium IN ('video', 'sharing') THEN CASE
            WHEN frame_loss > 50 THEN 'poor'
            WHEN frame_loss IS NOT NULL THEN 'good'
            WHEN frame_rate < CASE WHEN medium = 'video' THEN 7 ELSE 2 END THEN 'poor'
            WHEN frame_rate IS NOT NULL THEN 'good'
            WHEN post_fec > 0.15 THEN 'poor'
            WHEN post_fec IS NOT NULL THEN 'good'
            ELSE 'unclassified'
        END
        ELSE 'unclassified'
    END AS cqd_class,
    CASE
        WHEN medium = 'audio' THEN CASE WHEN packet_utilization > 1000 AND (rtt > 500 OR loss > 0.1 OR jitter > 30) THEN 1 ELSE 0 END
        WHEN medium IN ('video', 'sharing') THEN CASE
            WHEN frame_loss IS NOT NULL THEN CASE WHEN frame_loss > 50 THEN 1 ELSE 0 END
            WHEN frame_rate IS NOT NULL THEN CASE WHEN frame_rate < CASE WHEN medium = 'video' THEN 7 ELSE 2 END THEN 1 ELSE 0 END
            ELSE CASE WHEN post_fec > 0.15 THEN 1 ELSE 0 END
        END
    END AS cri_poor,
    CASE WHEN medium = 'audio' AND rtt > 500 THEN 1 ELSE 0 END AS high_rtt,
    CASE WHEN medium = 'audio' AND loss > 0.1 THEN 1 ELSE 0 END AS high_loss,
    CASE WHEN medium = 'audio' AND jitter > 30 THEN 1 ELSE 0 END AS high_jitter
FROM measured;

-- @ original_call_quality
CREATE OR REPLACE VIEW original_call_quality AS
SELECT
    tenant_id, dt, call_id, COUNT(*) AS streams,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'good' THEN 1 ELSE 0 END) AS good_audio,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_audio,
    SUM(CASE WHEN medium = 'audio' AND cqd_class = 'unclassified' THEN 1 ELSE 0 END) AS unclassified_audio,
    SUM(CASE WHEN medium IN ('video', 'sharing') AND cqd_class = 'good' THEN 1 ELSE 0 END) AS good_video,
    SUM(CASE WHEN medium IN ('video', 'sharing') AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_video,
    MAX(CASE WHEN medium = 'audio' AND cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_audio_call,
    MAX(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor_call,
    MAX(COALESCE(cri_poor, 0)) AS cri_poor_call
FROM original_streams
GROUP BY tenant_id, dt, call_id;

-- @ original_stream_sides
CREATE OR REPLACE VIEW original_stream_sides AS
WITH sides AS NOT MATERIALIZED (
    SELECT
        x.tenant_id, x.dt, x.call_id, x.session_id, x.segment_id, x.media_index, x.stream_index, x.medium, x.cqd_class, x.cri_poor,
        CASE WHEN x.stream_direction = 'callerToCallee' THEN 'sends' ELSE 'receives' END AS role,
        s.caller_identity_id AS user_id, s.caller_tenant_id AS side_tenant, s.caller_endpoint_type AS endpoint_type, s.caller_platform AS platform,
        m.caller_connection_type AS connection_type, m.caller_wifi_band AS wifi_band, m.caller_subnet AS subnet, m.caller_reflexive_ip_address AS public_address,
        m.caller_network_transport_protocol AS transport, m.caller_capture_device_name AS microphone, m.caller_render_device_name AS loudspeaker
    FROM original_streams AS x
    JOIN call_sessions AS s ON s.tenant_id = x.tenant_id AND s.dt = x.dt AND s.call_id = x.call_id AND s.session_id = x.session_id
    JOIN call_media AS m ON m.tenant_id = x.tenant_id AND m.dt = x.dt AND m.call_id = x.call_id
        AND m.session_id = x.session_id AND m.segment_id = x.segment_id AND m.media_index = x.media_index
    UNION ALL
    SELECT
        x.tenant_id, x.dt, x.call_id, x.session_id, x.segment_id, x.media_index, x.stream_index, x.medium, x.cqd_class, x.cri_poor,
        CASE WHEN x.stream_direction = 'callerToCallee' THEN 'receives' ELSE 'sends' END,
        s.callee_identity_id, s.callee_tenant_id, s.callee_endpoint_type, s.callee_platform,
        m.callee_connection_type, m.callee_wifi_band, m.callee_subnet, m.callee_reflexive_ip_address,
        m.callee_network_transport_protocol, m.callee_capture_device_name, m.callee_render_device_name
    FROM original_streams AS x
    JOIN call_sessions AS s ON s.tenant_id = x.tenant_id AND s.dt = x.dt AND s.call_id = x.call_id AND s.session_id = x.session_id
    JOIN call_media AS m ON m.tenant_id = x.tenant_id AND m.dt = x.dt AND m.call_id = x.call_id
        AND m.session_id = x.session_id AND m.segment_id = x.segment_id AND m.media_index = x.media_index
)
SELECT
    tenant_id, dt, call_id, session_id, segment_id, media_index, stream_index, role, medium, cqd_class, cri_poor, user_id,
    platform, connection_type, wifi_band, subnet, public_address, transport, microphone, loudspeaker
FROM sides
WHERE side_tenant = tenant_id AND user_id IS NOT NULL;

-- @ original_quality_by_network
CREATE OR REPLACE VIEW original_quality_by_network AS
SELECT
    tenant_id, dt, medium, role, COALESCE(subnet, 'unknown') AS subnet, COALESCE(connection_type, 'unknown') AS connection_type, COALESCE(wifi_band, 'unknown') AS wifi_band,
    COALESCE(platform, 'unknown') AS platform,
    SUM(CASE WHEN cqd_class = 'good' THEN 1 ELSE 0 END) AS good,
    SUM(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END) AS poor,
    SUM(CASE WHEN cqd_class = 'unclassified' THEN 1 ELSE 0 END) AS unclassified,
    100 * CAST(SUM(CASE WHEN cqd_class = 'poor' THEN 1 ELSE 0 END) AS DOUBLE) / NULLIF(SUM(CASE WHEN cqd_class IN ('good', 'poor') THEN 1 ELSE 0 END), 0) AS poor_percent,
    COUNT(DISTINCT user_id) AS users
FROM original_stream_sides
GROUP BY tenant_id, dt, medium, role, COALESCE(subnet, 'unknown'), COALESCE(connection_type, 'unknown'), COALESCE(wifi_band, 'unknown'), COALESCE(platform, 'unknown');

-- @ original_meeting_attendance
CREATE OR REPLACE VIEW original_meeting_attendance AS
WITH stays AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id) AS person_id, l.caller_kind, l.session_id, l.start_time, l.end_time,
        MAX(l.end_time) OVER (PARTITION BY l.tenant_id, l.dt, l.call_id, COALESCE(l.caller_id, l.session_id)
            ORDER BY l.start_time, l.end_time, l.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM original_call_legs AS l
    JOIN original_calls AS c ON c.tenant_id = l.tenant_id AND c.dt = l.dt AND c.call_id = l.call_id
    WHERE c.kind = 'meeting' AND l.outcome = 'joined' AND l.end_time >= l.start_time
), planned AS NOT MATERIALIZED (
    SELECT
        c.tenant_id, c.dt, c.call_id, e.start_time AS planned_start, e.end_time AS planned_end,
        ROW_NUMBER() OVER (PARTITION BY c.tenant_id, c.dt, c.call_id
            ORDER BY ABS(((epoch_us(c.start_time) - epoch_us(e.start_time)) / 1e6)), e.start_time, e.event_id) AS nearest
    FROM original_calls AS c
    JOIN calendar_events AS e ON e.tenant_id = c.tenant_id AND e.join_url = c.join_web_url
    WHERE c.kind = 'meeting' AND e.is_organizer AND NOT e.removed AND NOT e.is_cancelled
        AND c.start_time < (e.end_time + to_seconds(900)) AND c.end_time > (e.start_time + to_seconds(-900))
)
SELECT
    s.tenant_id, s.dt, s.call_id, s.person_id, MIN(s.caller_kind) AS person_kind,
    MIN(s.start_time) AS first_join, MAX(s.end_time) AS last_leave, MIN(p.planned_start) AS planned_start,
    SUM(CASE WHEN s.covered_until IS NULL OR s.covered_until < s.start_time THEN 1 ELSE 0 END) AS stays,
    SUM(CASE
        WHEN s.covered_until IS NULL OR s.covered_until <= s.start_time THEN ((epoch_us(s.end_time) - epoch_us(s.start_time)) / 1e6)
        WHEN s.covered_until < s.end_time THEN ((epoch_us(s.end_time) - epoch_us(s.covered_until)) / 1e6)
        ELSE 0
    END) AS seconds,
    ((epoch_us(MIN(s.start_time)) - epoch_us(MIN(COALESCE(p.planned_start, c.start_time)))) / 1e6) AS join_delay_seconds,
    CASE WHEN ((epoch_us(MIN(s.start_time)) - epoch_us(MIN(COALESCE(p.planned_start, c.start_time)))) / 1e6) > 300 THEN 1 ELSE 0 END AS late
FROM stays AS s
JOIN calls AS c ON c.tenant_id = s.tenant_id AND c.dt = s.dt AND c.call_id = s.call_id
LEFT JOIN planned AS p ON p.tenant_id = s.tenant_id AND p.dt = s.dt AND p.call_id = s.call_id AND p.nearest = 1
GROUP BY s.tenant_id, s.dt, s.call_id, s.person_id;

-- @ original_meetings
CREATE OR REPLACE VIEW original_meetings AS
SELECT
    c.tenant_id, c.dt, c.call_id, c.organizer_id, c.start_time, c.length_seconds, MIN(a.planned_start) AS planned_start,
    COUNT(*) AS people, SUM(CASE WHEN a.person_kind = 'user' THEN 1 ELSE 0 END) AS members,
    SUM(a.seconds) AS person_seconds, SUM(a.late) AS late_people,
    CASE
        WHEN COUNT(*) < 2 THEN '1' WHEN COUNT(*) = 2 THEN '2' WHEN COUNT(*) <= 8 THEN '3-8'
        WHEN COUNT(*) <= 18 THEN '9-18' WHEN COUNT(*) <= 100 THEN '19-100' ELSE '101+'
    END AS size_band,
    CASE
        WHEN c.length_seconds <= 900 THEN '0-15' WHEN c.length_seconds <= 1800 THEN '15-30' WHEN c.length_seconds <= 3600 THEN '30-60'
        WHEN c.length_seconds <= 7200 THEN '60-120' ELSE '120+'
    END AS length_band_minutes
FROM original_calls AS c
JOIN original_meeting_attendance AS a ON a.tenant_id = c.tenant_id AND a.dt = c.dt AND a.call_id = c.call_id
GROUP BY c.tenant_id, c.dt, c.call_id, c.organizer_id, c.start_time, c.length_seconds;

-- @ original_meeting_load
CREATE OR REPLACE VIEW original_meeting_load AS
WITH invited AS NOT MATERIALIZED (
    SELECT a.tenant_id, a.dt, a.user_id, a.event_id, COUNT(*) AS others
    FROM event_attendees AS a
    JOIN calendar_events AS o ON o.tenant_id = a.tenant_id AND o.dt = a.dt AND o.user_id = a.user_id AND o.event_id = a.event_id
    WHERE (a.attendee_type IS NULL OR a.attendee_type <> 'resource')
        AND (a.address IS NULL OR o.organizer_address IS NULL OR LOWER(a.address) <> LOWER(o.organizer_address))
    GROUP BY a.tenant_id, a.dt, a.user_id, a.event_id
), meetings AS NOT MATERIALIZED (
    SELECT
        e.tenant_id, e.user_id, (CAST(e.start_time AT TIME ZONE 'UTC' AS DATE) - CAST(isodow(CAST(e.start_time AT TIME ZONE 'UTC' AS DATE)) - 1 AS INTEGER)) AS week, e.event_id, e.start_time, e.end_time,
        MAX(e.end_time) OVER (PARTITION BY e.tenant_id, e.user_id ORDER BY e.start_time, e.end_time, e.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM calendar_events AS e
    LEFT JOIN invited AS i ON i.tenant_id = e.tenant_id AND i.dt = e.dt AND i.user_id = e.user_id AND i.event_id = e.event_id
    WHERE NOT e.removed AND NOT e.is_cancelled AND NOT e.is_all_day
        AND (e.response IS NULL OR e.response <> 'declined')
        AND (e.show_as IS NULL OR e.show_as NOT IN ('free', 'oof', 'workingElsewhere'))
        AND COALESCE(i.others, 0) > 0 AND e.end_time > e.start_time
), clashing AS NOT MATERIALIZED (
    SELECT
        meetings.*,
        MIN(start_time) OVER (PARTITION BY tenant_id, user_id ORDER BY start_time, end_time, event_id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS next_start
    FROM meetings
), steps AS NOT MATERIALIZED (
    SELECT tenant_id, user_id, week, start_time AS at_time, 1 AS step FROM meetings
    UNION ALL
    SELECT tenant_id, user_id, week, end_time, -1 FROM meetings
), running AS NOT MATERIALIZED (
    SELECT
        tenant_id, user_id, week, at_time,
        SUM(step) OVER (PARTITION BY tenant_id, user_id ORDER BY at_time, step ROWS UNBOUNDED PRECEDING) AS now_running,
        LEAD(at_time) OVER (PARTITION BY tenant_id, user_id ORDER BY at_time, step) AS until_time
    FROM steps
), double_booked AS NOT MATERIALIZED (
    SELECT tenant_id, user_id, week, SUM(((epoch_us(until_time) - epoch_us(at_time)) / 1e6)) AS seconds
    FROM running
    WHERE now_running >= 2 AND until_time > at_time
    GROUP BY tenant_id, user_id, week
), sums AS NOT MATERIALIZED (
    SELECT
        tenant_id, user_id, week, COUNT(*) AS meetings, SUM(((epoch_us(end_time) - epoch_us(start_time)) / 1e6)) AS seconds,
        SUM(CASE
            WHEN covered_until IS NULL OR covered_until <= start_time THEN ((epoch_us(end_time) - epoch_us(start_time)) / 1e6)
            WHEN covered_until < end_time THEN ((epoch_us(end_time) - epoch_us(covered_until)) / 1e6)
            ELSE 0
        END) AS union_seconds,
        SUM(CASE WHEN covered_until > start_time OR next_start < end_time THEN ((epoch_us(end_time) - epoch_us(start_time)) / 1e6) ELSE 0 END) AS conflicting_seconds
    FROM clashing
    GROUP BY tenant_id, user_id, week
)
SELECT
    s.tenant_id, s.user_id, s.week, s.meetings, s.seconds / 3600.0 AS meeting_hours, s.union_seconds / 3600.0 AS hours_without_overlap,
    s.conflicting_seconds / 3600.0 AS conflicting_hours, COALESCE(d.seconds, 0) / 3600.0 AS double_booked_hours
FROM sums AS s
LEFT JOIN double_booked AS d ON d.tenant_id = s.tenant_id AND d.user_id = s.user_id AND d.week = s.week;
-- @ original_messages
CREATE OR REPLACE VIEW original_messages AS
SELECT
    m.tenant_id, m.dt, m.from_user_id AS user_id, m.created_time, m.chat_id AS thread_id, m.message_id,
    CASE c.chat_type WHEN 'oneOnOne' THEN 'one_on_one' WHEN 'group' THEN 'group' WHEN 'meeting' THEN 'meeting' ELSE 'chat_unknown' END AS scope
FROM chat_messages AS m
LEFT JOIN chats_current AS c ON c.tenant_id = m.tenant_id AND c.chat_id = m.chat_id
WHERE m.message_type = 'message' AND m.from_user_id IS NOT NULL
UNION ALL
SELECT
    tenant_id, dt, from_user_id, created_time, CONCAT(team_id, '/', channel_id), message_id,
    CASE WHEN reply_to_id IS NULL THEN 'post' ELSE 'reply' END
FROM channel_messages
WHERE message_type = 'message' AND from_user_id IS NOT NULL;

-- @ original_messages_sent
CREATE OR REPLACE VIEW original_messages_sent AS
SELECT tenant_id, dt, user_id, scope, COUNT(*) AS messages, COUNT(DISTINCT thread_id) AS threads
FROM original_messages
GROUP BY tenant_id, dt, user_id, scope;

-- @ original_message_hours
CREATE OR REPLACE VIEW original_message_hours AS
WITH placed AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.user_id, m.scope, p.zone, p.working_days, p.day_start, p.day_end,
        (m.created_time AT TIME ZONE p.zone) AS local_time
    FROM original_messages AS m
    LEFT JOIN original_people AS p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id
), judged AS NOT MATERIALIZED (
    SELECT
        tenant_id, user_id, scope, COALESCE(CAST(local_time AS DATE), dt) AS local_date,
        CASE
            WHEN zone IS NULL OR working_days IS NULL OR day_start IS NULL OR day_end IS NULL THEN 'not_known'
            WHEN day_start < day_end AND (working_days LIKE CASE isodow(CAST(local_time AS DATE)) WHEN 1 THEN '%"monday"%' WHEN 2 THEN '%"tuesday"%' WHEN 3 THEN '%"wednesday"%' WHEN 4 THEN '%"thursday"%' WHEN 5 THEN '%"friday"%' WHEN 6 THEN '%"saturday"%' WHEN 7 THEN '%"sunday"%' END)
                AND CAST(local_time AS TIME) >= day_start AND CAST(local_time AS TIME) < day_end THEN 'inside'
            WHEN day_start >= day_end AND (working_days LIKE CASE isodow(CAST(local_time AS DATE)) WHEN 1 THEN '%"monday"%' WHEN 2 THEN '%"tuesday"%' WHEN 3 THEN '%"wednesday"%' WHEN 4 THEN '%"thursday"%' WHEN 5 THEN '%"friday"%' WHEN 6 THEN '%"saturday"%' WHEN 7 THEN '%"sunday"%' END)
                AND CAST(local_time AS TIME) >= day_start THEN 'inside'
            WHEN day_start >= day_end AND (working_days LIKE CASE isodow((CAST(local_time AS DATE) + CAST(-1 AS INTEGER))) WHEN 1 THEN '%"monday"%' WHEN 2 THEN '%"tuesday"%' WHEN 3 THEN '%"wednesday"%' WHEN 4 THEN '%"thursday"%' WHEN 5 THEN '%"friday"%' WHEN 6 THEN '%"saturday"%' WHEN 7 THEN '%"sunday"%' END)
                AND CAST(local_time AS TIME) < day_end THEN 'inside'
            ELSE 'outside'
        END AS place
    FROM placed
)
SELECT
    tenant_id, user_id, local_date, COUNT(*) AS messages,
    SUM(CASE WHEN place = 'outside' THEN 1 ELSE 0 END) AS outside,
    SUM(CASE WHEN place = 'inside' THEN 1 ELSE 0 END) AS inside,
    SUM(CASE WHEN place = 'not_known' THEN 1 ELSE 0 END) AS not_known,
    100 * CAST(SUM(CASE WHEN place = 'outside' THEN 1 ELSE 0 END) AS DOUBLE) / NULLIF(SUM(CASE WHEN place IN ('inside', 'outside') THEN 1 ELSE 0 END), 0) AS outside_percent
FROM judged
GROUP BY tenant_id, user_id, local_date;

-- @ original_response_times
CREATE OR REPLACE VIEW original_response_times AS
WITH ordered AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.thread_id AS chat_id, m.message_id, m.user_id, m.created_time,
        LAG(m.user_id) OVER (PARTITION BY m.tenant_id, m.thread_id ORDER BY m.created_time, m.message_id) AS user_before
    FROM original_messages AS m
    WHERE m.scope = 'one_on_one'
), turns AS NOT MATERIALIZED (
    SELECT
        ordered.*,
        SUM(CASE WHEN user_before IS NULL OR user_before <> user_id THEN 1 ELSE 0 END)
            OVER (PARTITION BY tenant_id, chat_id ORDER BY created_time, message_id ROWS UNBOUNDED PRECEDING) AS turn
    FROM ordered
), runs_of AS NOT MATERIALIZED (
    SELECT tenant_id, chat_id, turn, MIN(user_id) AS user_id, MIN(created_time) AS first_time, MIN(dt) AS dt
    FROM turns
    GROUP BY tenant_id, chat_id, turn
), exchanged AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, chat_id, turn, user_id, first_time AS answer_time,
        LAG(user_id) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_by,
        LAG(first_time) OVER (PARTITION BY tenant_id, chat_id ORDER BY turn) AS asked_time
    FROM runs_of
), answers AS NOT MATERIALIZED (
    SELECT
        e.tenant_id, e.dt, e.chat_id, e.turn, e.user_id, e.asked_by, e.asked_time, e.answer_time,
        p.zone, p.working_days, p.day_start, p.day_end,
        (e.asked_time AT TIME ZONE p.zone) AS asked_local, (e.answer_time AT TIME ZONE p.zone) AS answer_local
    FROM exchanged AS e
    LEFT JOIN original_people AS p ON p.tenant_id = e.tenant_id AND p.user_id = e.user_id
    WHERE e.asked_time IS NOT NULL
), windows AS NOT MATERIALIZED (
    SELECT
        a.tenant_id, a.chat_id, a.turn, a.asked_time, a.answer_time,
        (((CAST(a.asked_local AS DATE) + CAST(n.n - 1 AS INTEGER)) + a.day_start) AT TIME ZONE a.zone) AS work_from,
        (((CAST(a.asked_local AS DATE) + CAST(n.n - 1 + CASE WHEN a.day_end <= a.day_start THEN 1 ELSE 0 END AS INTEGER)) + a.day_end) AT TIME ZONE a.zone) AS work_to
    FROM answers AS a
    JOIN original_numbers AS n ON n.n <= date_diff('day', CAST(a.asked_local AS DATE), CAST(a.answer_local AS DATE)) + 1 AND n.n < 31
    WHERE a.zone IS NOT NULL AND a.day_start IS NOT NULL AND a.day_end IS NOT NULL AND a.working_days IS NOT NULL
        AND (a.working_days LIKE CASE isodow((CAST(a.asked_local AS DATE) + CAST(n.n - 1 AS INTEGER))) WHEN 1 THEN '%"monday"%' WHEN 2 THEN '%"tuesday"%' WHEN 3 THEN '%"wednesday"%' WHEN 4 THEN '%"thursday"%' WHEN 5 THEN '%"friday"%' WHEN 6 THEN '%"saturday"%' WHEN 7 THEN '%"sunday"%' END)
), worked AS NOT MATERIALIZED (
    SELECT
        tenant_id, chat_id, turn,
        SUM(CASE
            WHEN CASE WHEN work_to < answer_time THEN work_to ELSE answer_time END > CASE WHEN work_from > asked_time THEN work_from ELSE asked_time END
            THEN ((epoch_us(CASE WHEN work_to < answer_time THEN work_to ELSE answer_time END) - epoch_us(CASE WHEN work_from > asked_time THEN work_from ELSE asked_time END)) / 1e6)
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, chat_id, turn
)
SELECT
    a.tenant_id, a.dt, a.chat_id, a.turn, a.user_id, a.asked_by, a.asked_time, a.answer_time,
    ((epoch_us(a.answer_time) - epoch_us(a.asked_time)) / 1e6) AS elapsed_seconds,
    CASE WHEN a.zone IS NOT NULL AND a.day_start IS NOT NULL THEN COALESCE(w.seconds, 0) END AS working_seconds
FROM answers AS a
LEFT JOIN worked AS w ON w.tenant_id = a.tenant_id AND w.chat_id = a.chat_id AND w.turn = a.turn
WHERE ((epoch_us(a.answer_time) - epoch_us(a.asked_time)) / 1e6) <= 1209600;

-- @ original_call_hours
CREATE OR REPLACE VIEW original_call_hours AS
WITH spans AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.new_from AS from_time, s.end_time AS to_time, p.zone, p.working_days, p.day_start, p.day_end,
        (s.new_from AT TIME ZONE p.zone) AS local_from, (s.end_time AT TIME ZONE p.zone) AS local_to
    FROM original_talk_spans AS s
    LEFT JOIN original_people AS p ON p.tenant_id = s.tenant_id AND p.user_id = s.user_id
), windows AS NOT MATERIALIZED (
    SELECT
        s.tenant_id, s.dt, s.user_id, s.call_id, s.from_time, s.to_time,
        (((CAST(s.local_from AS DATE) + CAST(n.n - 1 AS INTEGER)) + s.day_start) AT TIME ZONE s.zone) AS work_from,
        (((CAST(s.local_from AS DATE) + CAST(n.n - 1 + CASE WHEN s.day_end <= s.day_start THEN 1 ELSE 0 END AS INTEGER)) + s.day_end) AT TIME ZONE s.zone) AS work_to
    FROM spans AS s
    JOIN original_numbers AS n ON n.n <= date_diff('day', CAST(s.local_from AS DATE), CAST(s.local_to AS DATE)) + 1 AND n.n < 31
    WHERE (s.working_days LIKE CASE isodow((CAST(s.local_from AS DATE) + CAST(n.n - 1 AS INTEGER))) WHEN 1 THEN '%"monday"%' WHEN 2 THEN '%"tuesday"%' WHEN 3 THEN '%"wednesday"%' WHEN 4 THEN '%"thursday"%' WHEN 5 THEN '%"friday"%' WHEN 6 THEN '%"saturday"%' WHEN 7 THEN '%"sunday"%' END)
), inside AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, call_id, from_time,
        SUM(CASE
            WHEN CASE WHEN work_to < to_time THEN work_to ELSE to_time END > CASE WHEN work_from > from_time THEN work_from ELSE from_time END
            THEN ((epoch_us(CASE WHEN work_to < to_time THEN work_to ELSE to_time END) - epoch_us(CASE WHEN work_from > from_time THEN work_from ELSE from_time END)) / 1e6)
            ELSE 0
        END) AS seconds
    FROM windows
    GROUP BY tenant_id, dt, user_id, call_id, from_time
)
SELECT
    s.tenant_id, s.dt, s.user_id, SUM(((epoch_us(s.to_time) - epoch_us(s.from_time)) / 1e6)) AS seconds,
    SUM(CASE WHEN s.zone IS NOT NULL AND s.day_start IS NOT NULL AND s.day_end IS NOT NULL AND s.working_days IS NOT NULL
        THEN ((epoch_us(s.to_time) - epoch_us(s.from_time)) / 1e6) - COALESCE(i.seconds, 0) END) AS outside_seconds
FROM spans AS s
LEFT JOIN inside AS i ON i.tenant_id = s.tenant_id AND i.dt = s.dt AND i.user_id = s.user_id AND i.call_id = s.call_id AND i.from_time = s.from_time
GROUP BY s.tenant_id, s.dt, s.user_id;

-- @ original_presence_shares
CREATE OR REPLACE VIEW original_presence_shares AS
WITH ordered AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, availability, observed_time,
        LEAD(observed_time) OVER (PARTITION BY tenant_id, dt, user_id ORDER BY observed_time) AS next_time,
        ((epoch_us((CAST((dt + CAST(1 AS INTEGER)) AS TIMESTAMP) AT TIME ZONE 'UTC')) - epoch_us(observed_time)) / 1e6) AS left_of_day
    FROM presence
), held AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, availability, observed_time,
        CASE
            WHEN next_time <= (observed_time + to_seconds(1800)) THEN ((epoch_us(next_time) - epoch_us(observed_time)) / 1e6)
            WHEN left_of_day < 1800 THEN left_of_day
            ELSE 1800
        END AS seconds
    FROM ordered
), whole AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, SUM(seconds) AS seconds, COUNT(*) AS observations FROM held GROUP BY tenant_id, dt, user_id
)
SELECT
    h.tenant_id, h.dt, h.user_id, COALESCE(h.availability, 'unknown') AS availability, SUM(h.seconds) AS seconds,
    100.0 * SUM(h.seconds) / NULLIF(MIN(w.seconds), 0) AS share_percent, MIN(w.observations) AS observations,
    100.0 * MIN(w.seconds) / 86400 AS seen_percent_of_day
FROM held AS h
JOIN whole AS w ON w.tenant_id = h.tenant_id AND w.dt = h.dt AND w.user_id = h.user_id
GROUP BY h.tenant_id, h.dt, h.user_id, COALESCE(h.availability, 'unknown');

-- @ original_team_owners
CREATE OR REPLACE VIEW original_team_owners AS
WITH owners AS NOT MATERIALIZED (
    SELECT
        o.tenant_id, o.group_id, COUNT(*) AS owners,
        SUM(CASE WHEN u.account_enabled THEN 1 ELSE 0 END) AS active_owners
    FROM group_owners_current AS o
    LEFT JOIN users_current AS u ON u.tenant_id = o.tenant_id AND u.user_id = o.owner_id
    GROUP BY o.tenant_id, o.group_id
)
SELECT
    t.tenant_id, t.team_id, COALESCE(o.owners, 0) AS owners, COALESCE(o.active_owners, 0) AS active_owners,
    CASE
        WHEN COALESCE(o.owners, 0) = 0 THEN 'none'
        WHEN COALESCE(o.active_owners, 0) = 0 THEN 'only_inactive'
        WHEN o.active_owners = 1 THEN 'one'
        ELSE 'several'
    END AS ownership
FROM teams_current AS t
LEFT JOIN owners AS o ON o.tenant_id = t.tenant_id AND o.group_id = t.team_id;

-- @ original_team_activity
CREATE OR REPLACE VIEW original_team_activity AS
WITH known AS NOT MATERIALIZED (
    SELECT tenant_id, MIN(dt) AS first_dt, MAX(dt) AS last_dt FROM channel_messages GROUP BY tenant_id
), said AS NOT MATERIALIZED (
    SELECT
        tenant_id, team_id, MAX(dt) AS last_message_dt, COUNT(*) AS messages, COUNT(DISTINCT from_user_id) AS writers,
        COUNT(DISTINCT channel_id) AS channels_used
    FROM channel_messages
    WHERE message_type = 'message'
    GROUP BY tenant_id, team_id
)
SELECT
    t.tenant_id, t.team_id, t.is_archived, k.first_dt, k.last_dt, s.last_message_dt,
    COALESCE(s.messages, 0) AS messages, COALESCE(s.writers, 0) AS writers, COALESCE(s.channels_used, 0) AS channels_used,
    CASE
        WHEN t.is_archived THEN 'archived'
        WHEN s.last_message_dt > (k.last_dt + CAST(-30 AS INTEGER)) THEN 'active'
        WHEN k.first_dt <= (k.last_dt + CAST(-30 AS INTEGER)) THEN 'dormant'
        ELSE 'not_known'
    END AS state
FROM teams_current AS t
LEFT JOIN known AS k ON k.tenant_id = t.tenant_id
LEFT JOIN said AS s ON s.tenant_id = t.tenant_id AND s.team_id = t.team_id;

-- @ original_departments
CREATE OR REPLACE VIEW original_departments AS
WITH written AS NOT MATERIALIZED (
    SELECT
        m.tenant_id, m.dt, m.user_id AS one_id, c.user_id AS two_id, COUNT(*) AS messages
    FROM original_messages AS m
    JOIN chat_members_current AS c ON c.tenant_id = m.tenant_id AND c.chat_id = m.thread_id AND c.user_id <> m.user_id
    WHERE m.scope = 'one_on_one'
    GROUP BY m.tenant_id, m.dt, m.user_id, c.user_id
), talked AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, caller_id AS user_id, start_time, end_time FROM original_call_legs WHERE caller_kind = 'user' AND talk_seconds > 0
    UNION ALL
    SELECT tenant_id, dt, call_id, callee_id, start_time, end_time FROM original_call_legs WHERE callee_kind = 'user' AND talk_seconds > 0
), present AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, user_id, MIN(start_time) AS first_join, MAX(end_time) AS last_leave
    FROM talked
    GROUP BY tenant_id, dt, call_id, user_id
), sizes AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, COUNT(*) AS people FROM present GROUP BY tenant_id, dt, call_id
), met AS NOT MATERIALIZED (
    SELECT
        a.tenant_id, a.dt, a.user_id AS one_id, b.user_id AS two_id, COUNT(*) AS calls,
        SUM(CASE
            WHEN CASE WHEN a.last_leave < b.last_leave THEN a.last_leave ELSE b.last_leave END > CASE WHEN a.first_join > b.first_join THEN a.first_join ELSE b.first_join END
            THEN ((epoch_us(CASE WHEN a.last_leave < b.last_leave THEN a.last_leave ELSE b.last_leave END) - epoch_us(CASE WHEN a.first_join > b.first_join THEN a.first_join ELSE b.first_join END)) / 1e6)
            ELSE 0
        END) AS seconds
    FROM present AS a
    JOIN present AS b ON b.tenant_id = a.tenant_id AND b.dt = a.dt AND b.call_id = a.call_id AND b.user_id <> a.user_id
    JOIN sizes AS z ON z.tenant_id = a.tenant_id AND z.dt = a.dt AND z.call_id = a.call_id AND z.people <= 20
    GROUP BY a.tenant_id, a.dt, a.user_id, b.user_id
), pairs AS NOT MATERIALIZED (
    SELECT tenant_id, dt, one_id, two_id, messages, 0 AS calls, 0 AS seconds FROM written
    UNION ALL
    SELECT tenant_id, dt, one_id, two_id, 0, calls, seconds FROM met
), senders AS NOT MATERIALIZED (
    SELECT
        p.tenant_id, p.dt, p.one_id, p.two_id, COALESCE(a.department, 'unknown') AS from_department,
        SUM(p.messages) AS messages, SUM(p.calls) AS calls, SUM(p.seconds) AS seconds
    FROM pairs AS p
    JOIN users_current AS a ON a.tenant_id = p.tenant_id AND a.user_id = p.one_id
    GROUP BY p.tenant_id, p.dt, p.one_id, p.two_id, COALESCE(a.department, 'unknown')
)
SELECT
    s.tenant_id, s.dt, s.from_department, COALESCE(b.department, 'unknown') AS to_department,
    SUM(s.messages) AS messages, SUM(s.calls) AS calls_together, SUM(s.seconds) AS seconds_together,
    COUNT(DISTINCT s.one_id) AS from_people, COUNT(DISTINCT s.two_id) AS to_people
FROM senders AS s
JOIN users_current AS b ON b.tenant_id = s.tenant_id AND b.user_id = s.two_id
GROUP BY s.tenant_id, s.dt, s.from_department, COALESCE(b.department, 'unknown');

-- @ original_active_users
CREATE OR REPLACE VIEW original_active_users AS
WITH acts AS NOT MATERIALIZED (
    SELECT tenant_id, dt, user_id, 1 AS chatted, 0 AS called, 0 AS met FROM original_messages
    UNION ALL
    SELECT tenant_id, dt, caller_id, 0, CASE WHEN callee_kind = 'conference' THEN 0 ELSE 1 END, CASE WHEN callee_kind = 'conference' THEN 1 ELSE 0 END
    FROM original_call_legs
    WHERE caller_kind = 'user' AND (callee_kind <> 'conference' OR outcome = 'joined')
    UNION ALL
    SELECT tenant_id, dt, callee_id, 0, 1, 0
    FROM original_call_legs
    WHERE callee_kind = 'user' AND outcome IN ('answered', 'declined')
), known AS NOT MATERIALIZED (
    SELECT tenant_id, user_id FROM users GROUP BY tenant_id, user_id
)
SELECT a.tenant_id, a.dt, a.user_id, MAX(a.chatted) AS chatted, MAX(a.called) AS called, MAX(a.met) AS met
FROM acts AS a
JOIN known AS u ON u.tenant_id = a.tenant_id AND u.user_id = a.user_id
GROUP BY a.tenant_id, a.dt, a.user_id;

-- @ original_active_counts
CREATE OR REPLACE VIEW original_active_counts AS
WITH days_seen AS NOT MATERIALIZED (
    SELECT tenant_id, dt FROM original_active_users GROUP BY tenant_id, dt
)
SELECT
    d.tenant_id, d.dt,
    COUNT(DISTINCT CASE WHEN a.dt = d.dt THEN a.user_id END) AS active_1_day,
    COUNT(DISTINCT CASE WHEN a.dt > (d.dt + CAST(-7 AS INTEGER)) THEN a.user_id END) AS active_7_days,
    COUNT(DISTINCT a.user_id) AS active_28_days,
    COUNT(DISTINCT a.dt) AS days_with_data
FROM days_seen AS d
JOIN original_active_users AS a ON a.tenant_id = d.tenant_id AND a.dt <= d.dt AND a.dt > (d.dt + CAST(-28 AS INTEGER))
GROUP BY d.tenant_id, d.dt;

-- @ original_licences
CREATE OR REPLACE VIEW original_licences AS
WITH last_seen AS NOT MATERIALIZED (
    SELECT tenant_id, user_id, MAX(dt) AS last_dt FROM original_active_users GROUP BY tenant_id, user_id
), reach AS NOT MATERIALIZED (
    SELECT tenant_id, MAX(dt) AS last_dt FROM original_active_users GROUP BY tenant_id
), given AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.sku_id, COUNT(*) AS assigned,
        SUM(CASE WHEN NOT u.account_enabled THEN 1 ELSE 0 END) AS on_disabled_accounts,
        SUM(CASE WHEN u.account_enabled AND (s.last_dt IS NULL OR s.last_dt <= (r.last_dt + CAST(-28 AS INTEGER))) THEN 1 ELSE 0 END) AS on_inactive_people
    FROM user_licenses_current AS l
    JOIN users_current AS u ON u.tenant_id = l.tenant_id AND u.user_id = l.user_id
    LEFT JOIN last_seen AS s ON s.tenant_id = l.tenant_id AND s.user_id = l.user_id
    LEFT JOIN reach AS r ON r.tenant_id = l.tenant_id
    GROUP BY l.tenant_id, l.sku_id
)
SELECT
    k.tenant_id, k.sku_id, k.sku_part_number, k.enabled_units, k.consumed_units, COALESCE(g.assigned, 0) AS assigned,
    COALESCE(g.on_disabled_accounts, 0) AS on_disabled_accounts, COALESCE(g.on_inactive_people, 0) AS on_inactive_people,
    k.enabled_units - k.consumed_units AS unassigned_units,
    100 * CAST(k.consumed_units AS DOUBLE) / NULLIF(k.enabled_units, 0) AS assigned_percent
FROM subscribed_skus_current AS k
LEFT JOIN given AS g ON g.tenant_id = k.tenant_id AND g.sku_id = k.sku_id
WHERE k.applies_to = 'User';
