WITH people AS {{inline}}(
    SELECT
        r.tenant_id, r.dt, r.report_id, a.attendance_index, a.identity_tenant_id, a.role, a.total_seconds,
        CASE WHEN a.identity_id IS NULL OR {{nobody "a.identity_id"}} THEN CONCAT('#', a.attendance_index) ELSE a.identity_id END AS person_id
    FROM attendance_reports AS r
    JOIN attendance_records AS a ON a.tenant_id = r.tenant_id AND a.dt = r.dt AND a.report_id = r.report_id
), told AS {{inline}}(
    SELECT
        tenant_id, dt, report_id, person_id, MAX(identity_tenant_id) AS person_tenant_id, COUNT(*) AS records, SUM(total_seconds) AS told_seconds,
        CASE WHEN MAX(CASE WHEN role = 'Organizer' THEN 1 ELSE 0 END) = 1 THEN 'Organizer'
            WHEN MAX(CASE WHEN role = 'Presenter' THEN 1 ELSE 0 END) = 1 THEN 'Presenter' ELSE COALESCE(MIN(role), 'unknown') END AS role
    FROM people
    GROUP BY tenant_id, dt, report_id, person_id
), stays AS {{inline}}(
    SELECT
        p.tenant_id, p.dt, p.report_id, p.person_id, i.join_time, i.leave_time,
        MAX(i.leave_time) OVER (PARTITION BY p.tenant_id, p.dt, p.report_id, p.person_id
            ORDER BY i.join_time, i.leave_time, i.attendance_index, i.interval_index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
    FROM people AS p
    JOIN attendance_intervals AS i ON i.tenant_id = p.tenant_id AND i.dt = p.dt AND i.report_id = p.report_id AND i.attendance_index = p.attendance_index
    WHERE i.leave_time >= i.join_time
), present AS {{inline}}(
    SELECT
        tenant_id, dt, report_id, person_id, MIN(join_time) AS first_join, MAX(leave_time) AS last_leave,
        SUM(CASE WHEN covered_until IS NULL OR covered_until < join_time THEN 1 ELSE 0 END) AS stays,
        SUM(CASE
            WHEN covered_until IS NULL OR covered_until <= join_time THEN {{sec "join_time" "leave_time"}}
            WHEN covered_until < leave_time THEN {{sec "covered_until" "leave_time"}}
            ELSE 0
        END) AS seconds
    FROM stays
    GROUP BY tenant_id, dt, report_id, person_id
), planned AS {{inline}}(
    SELECT
        r.tenant_id, r.dt, r.report_id, e.start_time AS planned_start,
        ROW_NUMBER() OVER (PARTITION BY r.tenant_id, r.dt, r.report_id
            ORDER BY ABS({{sec "e.start_time" "r.meeting_start_time"}}), e.start_time, e.event_id) AS nearest
    FROM attendance_reports AS r
    JOIN calendar_events AS e ON e.tenant_id = r.tenant_id AND e.user_id = r.organizer_user_id AND e.join_url = r.join_web_url
    WHERE {{t "e.is_organizer"}} AND {{f "e.removed"}} AND {{f "e.is_cancelled"}}
        AND r.meeting_start_time < {{addsec "e.end_time" "900"}} AND COALESCE(r.meeting_end_time, r.meeting_start_time) > {{addsec "e.start_time" "-900"}}
), held AS {{inline}}(
    SELECT
        r.tenant_id, r.dt, r.report_id, c.call_id, c.dt AS call_dt,
        ROW_NUMBER() OVER (PARTITION BY r.tenant_id, r.dt, r.report_id
            ORDER BY ABS({{sec "c.start_time" "r.meeting_start_time"}}), c.start_time, c.call_id) AS nearest
    FROM attendance_reports AS r
    JOIN calls AS c ON c.tenant_id = r.tenant_id AND c.join_web_url = r.join_web_url
    WHERE c.start_time <= COALESCE(r.meeting_end_time, r.meeting_start_time) AND c.end_time >= r.meeting_start_time
)
SELECT
    t.tenant_id, t.dt, t.report_id, t.person_id, t.person_tenant_id, t.role, r.meeting_id, r.organizer_user_id, h.call_id, h.call_dt,
    r.meeting_start_time, r.meeting_end_time, p.planned_start, s.first_join, s.last_leave, COALESCE(s.stays, 0) AS stays, COALESCE(s.seconds, 0) AS seconds,
    t.records, t.told_seconds, {{sec "COALESCE(p.planned_start, r.meeting_start_time)" "s.first_join"}} AS join_delay_seconds,
    CASE WHEN {{sec "COALESCE(p.planned_start, r.meeting_start_time)" "s.first_join"}} > 300 THEN 1 ELSE 0 END AS late
FROM told AS t
JOIN attendance_reports AS r ON r.tenant_id = t.tenant_id AND r.dt = t.dt AND r.report_id = t.report_id
LEFT JOIN present AS s ON s.tenant_id = t.tenant_id AND s.dt = t.dt AND s.report_id = t.report_id AND s.person_id = t.person_id
LEFT JOIN planned AS p ON p.tenant_id = t.tenant_id AND p.dt = t.dt AND p.report_id = t.report_id AND p.nearest = 1
LEFT JOIN held AS h ON h.tenant_id = t.tenant_id AND h.dt = t.dt AND h.report_id = t.report_id AND h.nearest = 1
