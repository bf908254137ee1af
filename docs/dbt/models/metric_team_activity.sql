WITH known AS NOT MATERIALIZED (
    SELECT tenant_id, MIN(dt) AS first_dt, MAX(dt) AS last_dt FROM {{ source('graphlake', 'channel_messages') }} AS channel_messages GROUP BY tenant_id
), said AS NOT MATERIALIZED (
    SELECT
        tenant_id, team_id, MAX(dt) AS last_message_dt, COUNT(*) AS messages, COUNT(DISTINCT from_user_id) AS writers,
        COUNT(DISTINCT channel_id) AS channels_used
    FROM {{ source('graphlake', 'channel_messages') }} AS channel_messages
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
FROM {{ ref('teams_current') }} AS t
LEFT JOIN known AS k ON k.tenant_id = t.tenant_id
LEFT JOIN said AS s ON s.tenant_id = t.tenant_id AND s.team_id = t.team_id
