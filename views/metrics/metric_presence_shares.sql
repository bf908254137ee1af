WITH ordered AS {{inline}}(
    SELECT
        tenant_id, dt, user_id, availability, observed_time,
        LEAD(observed_time) OVER (PARTITION BY tenant_id, dt, user_id ORDER BY observed_time) AS next_time,
        {{sec "observed_time" (midnight (adddays "dt" "1"))}} AS left_of_day
    FROM presence
), held AS {{inline}}(
    SELECT
        tenant_id, dt, user_id, availability, observed_time,
        CASE
            WHEN next_time <= {{addsec "observed_time" "1800"}} THEN {{sec "observed_time" "next_time"}}
            WHEN left_of_day < 1800 THEN left_of_day
            ELSE 1800
        END AS seconds
    FROM ordered
), whole AS {{inline}}(
    SELECT tenant_id, dt, user_id, SUM(seconds) AS seconds, COUNT(*) AS observations FROM held GROUP BY tenant_id, dt, user_id
)
SELECT
    h.tenant_id, h.dt, h.user_id, COALESCE(h.availability, 'unknown') AS availability, SUM(h.seconds) AS seconds,
    100.0 * SUM(h.seconds) / NULLIF(MIN(w.seconds), 0) AS share_percent, MIN(w.observations) AS observations,
    100.0 * MIN(w.seconds) / 86400 AS seen_percent_of_day
FROM held AS h
JOIN whole AS w ON w.tenant_id = h.tenant_id AND w.dt = h.dt AND w.user_id = h.user_id
GROUP BY h.tenant_id, h.dt, h.user_id, COALESCE(h.availability, 'unknown')
