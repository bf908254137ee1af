WITH invited AS {{inline}}(
    SELECT a.tenant_id, a.dt, a.user_id, a.event_id, COUNT(*) AS others
    FROM event_attendees AS a
    JOIN calendar_events AS o ON o.tenant_id = a.tenant_id AND o.dt = a.dt AND o.user_id = a.user_id AND o.event_id = a.event_id
    WHERE (a.attendee_type IS NULL OR a.attendee_type <> 'resource')
        AND (a.address IS NULL OR o.organizer_address IS NULL OR LOWER(a.address) <> LOWER(o.organizer_address))
    GROUP BY a.tenant_id, a.dt, a.user_id, a.event_id
), meetings AS {{inline}}(
    SELECT
        e.tenant_id, e.user_id, {{monday (date "e.start_time")}} AS week, e.event_id, e.start_time, e.end_time,
        MAX(e.end_time) OVER (PARTITION BY e.tenant_id, e.user_id ORDER BY e.start_time, e.end_time, e.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM calendar_events AS e
    LEFT JOIN invited AS i ON i.tenant_id = e.tenant_id AND i.dt = e.dt AND i.user_id = e.user_id AND i.event_id = e.event_id
    WHERE {{f "e.removed"}} AND {{f "e.is_cancelled"}} AND {{f "e.is_all_day"}}
        AND (e.response IS NULL OR e.response <> 'declined')
        AND (e.show_as IS NULL OR e.show_as NOT IN ('free', 'oof', 'workingElsewhere'))
        AND COALESCE(i.others, 0) > 0 AND e.end_time > e.start_time
), clashing AS {{inline}}(
    SELECT
        meetings.*,
        MIN(start_time) OVER (PARTITION BY tenant_id, user_id ORDER BY start_time, end_time, event_id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS next_start
    FROM meetings
), steps AS {{inline}}(
    SELECT tenant_id, user_id, week, start_time AS at_time, 1 AS step FROM meetings
    UNION ALL
    SELECT tenant_id, user_id, week, end_time, -1 FROM meetings
), running AS {{inline}}(
    SELECT
        tenant_id, user_id, week, at_time,
        SUM(step) OVER (PARTITION BY tenant_id, user_id ORDER BY at_time, step ROWS UNBOUNDED PRECEDING) AS now_running,
        LEAD(at_time) OVER (PARTITION BY tenant_id, user_id ORDER BY at_time, step) AS until_time
    FROM steps
), double_booked AS {{inline}}(
    SELECT tenant_id, user_id, week, SUM({{sec "at_time" "until_time"}}) AS seconds
    FROM running
    WHERE now_running >= 2 AND until_time > at_time
    GROUP BY tenant_id, user_id, week
), sums AS {{inline}}(
    SELECT
        tenant_id, user_id, week, COUNT(*) AS meetings, SUM({{sec "start_time" "end_time"}}) AS seconds,
        SUM(CASE
            WHEN covered_until IS NULL OR covered_until <= start_time THEN {{sec "start_time" "end_time"}}
            WHEN covered_until < end_time THEN {{sec "covered_until" "end_time"}}
            ELSE 0
        END) AS union_seconds,
        SUM(CASE WHEN covered_until > start_time OR next_start < end_time THEN {{sec "start_time" "end_time"}} ELSE 0 END) AS conflicting_seconds
    FROM clashing
    GROUP BY tenant_id, user_id, week
)
SELECT
    s.tenant_id, s.user_id, s.week, s.meetings, s.seconds / 3600.0 AS meeting_hours, s.union_seconds / 3600.0 AS hours_without_overlap,
    s.conflicting_seconds / 3600.0 AS conflicting_hours, COALESCE(d.seconds, 0) / 3600.0 AS double_booked_hours
FROM sums AS s
LEFT JOIN double_booked AS d ON d.tenant_id = s.tenant_id AND d.user_id = s.user_id AND d.week = s.week
