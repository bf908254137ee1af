SELECT
    m.tenant_id, m.dt, m.from_user_id AS user_id, m.created_time, m.chat_id AS thread_id, m.message_id,
    CASE c.chat_type WHEN 'oneOnOne' THEN 'one_on_one' WHEN 'group' THEN 'group' WHEN 'meeting' THEN 'meeting' ELSE 'chat_unknown' END AS scope
FROM {% if 'chat_messages' in var('datasets') %}{{ source('graphlake', 'chat_messages') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "chat_id", CAST(NULL AS VARCHAR) AS "message_id", CAST(NULL AS VARCHAR) AS "reply_to_id", CAST(NULL AS TIMESTAMPTZ) AS "created_time", CAST(NULL AS VARCHAR) AS "message_type", CAST(NULL AS VARCHAR) AS "from_user_id", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS m
LEFT JOIN {% if 'chats' in var('datasets') %}{{ ref('chats_current') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "chat_id", CAST(NULL AS TIMESTAMPTZ) AS "created_time", CAST(NULL AS VARCHAR) AS "chat_type", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS c ON c.tenant_id = m.tenant_id AND c.chat_id = m.chat_id
WHERE m.message_type = 'message' AND m.from_user_id IS NOT NULL
UNION ALL
SELECT
    tenant_id, dt, from_user_id, created_time, CONCAT(team_id, '/', channel_id), message_id,
    CASE WHEN reply_to_id IS NULL THEN 'post' ELSE 'reply' END
FROM {% if 'channel_messages' in var('datasets') %}{{ source('graphlake', 'channel_messages') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "team_id", CAST(NULL AS VARCHAR) AS "channel_id", CAST(NULL AS VARCHAR) AS "message_id", CAST(NULL AS VARCHAR) AS "reply_to_id", CAST(NULL AS TIMESTAMPTZ) AS "created_time", CAST(NULL AS VARCHAR) AS "message_type", CAST(NULL AS VARCHAR) AS "from_user_id", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS channel_messages
WHERE message_type = 'message' AND from_user_id IS NOT NULL
