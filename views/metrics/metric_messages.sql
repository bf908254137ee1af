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
WHERE message_type = 'message' AND from_user_id IS NOT NULL
