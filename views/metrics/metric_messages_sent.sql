SELECT tenant_id, dt, user_id, scope, COUNT(*) AS messages, COUNT(DISTINCT thread_id) AS threads
FROM metric_messages
GROUP BY tenant_id, dt, user_id, scope
