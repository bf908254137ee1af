WITH ordered AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, availability, observed_time,
        LEAD(observed_time) OVER (PARTITION BY tenant_id, dt, user_id ORDER BY observed_time) AS next_time,
        ((epoch_us((CAST((dt + CAST(1 AS INTEGER)) AS TIMESTAMP) AT TIME ZONE 'UTC')) - epoch_us(observed_time)) / 1e6) AS left_of_day
    FROM {{ source('graphlake', 'presence') }} AS presence
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
GROUP BY h.tenant_id, h.dt, h.user_id, COALESCE(h.availability, 'unknown')
