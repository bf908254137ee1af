WITH named AS NOT MATERIALIZED (
    SELECT DISTINCT tenant_id, dt, call_id, COALESCE(account_name, account_id) AS name
    FROM {{ ref('metric_call_accounts') }} AS metric_call_accounts
    WHERE account_kind = 'attendant'
), attendants AS NOT MATERIALIZED (
    SELECT tenant_id, dt, call_id, string_agg(name, ',' ORDER BY name) AS attendant_name
    FROM named
    GROUP BY tenant_id, dt, call_id
)
SELECT
    j.tenant_id, j.dt, COALESCE(a.attendant_name, 'unknown') AS attendant_name, COUNT(*) AS calls,
    SUM(CASE WHEN j.result = 'transferred_queue' THEN 1 ELSE 0 END) AS transferred_queue,
    SUM(CASE WHEN j.result = 'transferred_user' THEN 1 ELSE 0 END) AS transferred_user,
    SUM(CASE WHEN j.result = 'transferred_external' THEN 1 ELSE 0 END) AS transferred_external,
    SUM(CASE WHEN j.result = 'transferred_voicemail' THEN 1 ELSE 0 END) AS transferred_voicemail,
    SUM(CASE WHEN j.result = 'other' THEN 1 ELSE 0 END) AS other,
    SUM(CASE WHEN j.result = 'terminated' THEN 1 ELSE 0 END) AS terminated,
    SUM(j.menu_seconds) AS menu_seconds
FROM {{ ref('metric_attendant_journeys') }} AS j
LEFT JOIN attendants AS a ON a.tenant_id = j.tenant_id AND a.dt = j.dt AND a.call_id = j.call_id
GROUP BY j.tenant_id, j.dt, COALESCE(a.attendant_name, 'unknown')
