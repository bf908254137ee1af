WITH missed AS {{inline}}(
    SELECT
        l.tenant_id, l.dt, l.call_id, 'user' AS target_kind, l.callee_id AS target_id, c.organizer_id AS other_id,
        CASE WHEN c.organizer_id IS NULL OR {{t "c.organizer_masked"}} THEN 0 ELSE 1 END AS can_match,
        MIN(l.start_time) AS missed_time, MAX(l.end_time) AS missed_end
    FROM metric_call_legs AS l
    JOIN metric_calls AS c ON c.tenant_id = l.tenant_id AND c.dt = l.dt AND c.call_id = l.call_id
    WHERE l.callee_kind = 'user' AND l.outcome IN ('missed', 'declined', 'busy', 'abandoned')
        AND c.kind = 'one_to_one' AND c.outcome <> 'answered'
    GROUP BY l.tenant_id, l.dt, l.call_id, l.callee_id, c.organizer_id, c.organizer_masked
    UNION ALL
    SELECT tenant_id, dt, call_id, 'queue', resource_accounts, caller_id,
        CASE WHEN caller_id IS NULL OR {{t "caller_masked"}} THEN 0 ELSE 1 END, queue_time, left_time
    FROM metric_queue_journeys
    WHERE result IN ('left', 'requeued_and_left', 'voicemail')
), connected AS {{inline}}(
    SELECT
        c.tenant_id, c.dt, c.call_id, c.start_time, p.user_id AS one_id, COALESCE(o.user_id, o.phone_id, o.participant_id) AS two_id,
        CASE WHEN p.user_id = c.organizer_id THEN 'called_back' ELSE 'called_again' END AS how
    FROM metric_calls AS c
    JOIN call_participants AS p ON p.tenant_id = c.tenant_id AND p.dt = c.dt AND p.call_id = c.call_id
        AND p.identity_kind = 'user' AND p.user_tenant_id = p.tenant_id
    JOIN call_participants AS o ON o.tenant_id = c.tenant_id AND o.dt = c.dt AND o.call_id = c.call_id
        AND o.participant_index <> p.participant_index AND o.identity_kind <> 'applicationInstance'
    WHERE c.kind IN ('one_to_one', 'voice_app') AND c.outcome = 'answered'
), later AS {{inline}}(
    SELECT
        m.tenant_id, m.dt, m.call_id, m.target_id, MIN(k.start_time) AS returned_time,
        MAX(CASE WHEN k.how = 'called_back' THEN 1 ELSE 0 END) AS called_back
    FROM missed AS m
    JOIN connected AS k ON k.tenant_id = m.tenant_id AND k.two_id = m.other_id AND m.can_match = 1
        AND (m.target_kind = 'queue' OR k.one_id = m.target_id)
        AND k.start_time >= m.missed_end AND k.start_time < {{addsec "m.missed_end" "86400"}}
    GROUP BY m.tenant_id, m.dt, m.call_id, m.target_id
)
SELECT
    m.tenant_id, m.dt, m.call_id, m.target_kind, m.target_id, m.other_id, m.missed_time, m.can_match,
    CASE
        WHEN m.other_id IS NULL THEN 1
        ELSE ROW_NUMBER() OVER (PARTITION BY m.tenant_id, m.dt, m.target_kind, m.target_id, m.other_id ORDER BY m.missed_time, m.call_id)
    END AS attempt_of_day,
    r.returned_time, {{sec "m.missed_end" "r.returned_time"}} AS return_seconds, COALESCE(r.called_back, 0) AS called_back
FROM missed AS m
LEFT JOIN later AS r ON r.tenant_id = m.tenant_id AND r.dt = m.dt AND r.call_id = m.call_id AND r.target_id = m.target_id
