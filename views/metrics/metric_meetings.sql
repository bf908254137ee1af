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
FROM metric_calls AS c
JOIN metric_meeting_attendance AS a ON a.tenant_id = c.tenant_id AND a.dt = c.dt AND a.call_id = c.call_id
GROUP BY c.tenant_id, c.dt, c.call_id, c.organizer_id, c.start_time, c.length_seconds
